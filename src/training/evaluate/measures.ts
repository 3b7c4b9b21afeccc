import type { Dataset } from '../../imports/index.ts'

/** What is measured under a protocol. */
export interface Measures {
  /** Names as in `recall@20`; those that the data sets are compared by come first. */
  readonly metrics: readonly string[]
  /** The metric that a choice goes by. */
  readonly main: string
  /** Length of the lists whose coverage, novelty and so on are told. */
  readonly k: number
}

/** Protocol → what is measured. A `ratings` data set has no test part. */
export const MEASURES: Readonly<Record<Exclude<Dataset['protocol'], 'ratings'>, Measures>> = {
  ranking: {
    metrics: ['recall@20', 'ndcg@20', 'recall@10', 'ndcg@10'],
    main: 'ndcg@20',
    k: 20,
  },
  'sampled-leave-one-out': {
    metrics: ['hr@10', 'ndcg@10', 'mrr@10'],
    main: 'ndcg@10',
    k: 10,
  },
  'next-item': {
    metrics: ['recall@10', 'ndcg@10', 'mrr@10', 'hr@10', 'recall@20', 'ndcg@20'],
    main: 'ndcg@10',
    k: 10,
  },
  session: {
    metrics: ['hr@20', 'mrr@20', 'ndcg@20', 'hr@10', 'mrr@10'],
    main: 'mrr@20',
    k: 20,
  },
  'next-basket': {
    metrics: ['recall@10', 'ndcg@10', 'phr@10', 'recall@20', 'ndcg@20'],
    main: 'recall@10',
    k: 10,
  },
  transactions: {
    metrics: ['recall@10', 'ndcg@10', 'revenue_ndcg@10', 'phr@10'],
    main: 'ndcg@10',
    k: 10,
  },
}
