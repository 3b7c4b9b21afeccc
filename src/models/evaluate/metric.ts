import { modelErrors } from '../errors.ts'

const KINDS = ['recall', 'hr', 'ndcg', 'mrr', 'phr', 'revenue_ndcg'] as const
type MetricKind = (typeof KINDS)[number]

/** A measure of one list against what was right, cut off at rank k. */
export interface Metric {
  /** As in `ndcg@20`. */
  readonly name: string
  readonly kind: MetricKind
  readonly k: number
}

/**
 * Reads `recall@20` and the like.
 * @throws MODELS_UNKNOWN_METRIC
 */
export function metricOf(name: string): Metric {
  const [text = '', cut = ''] = name.split('@')
  const kind = KINDS.find((known) => known === text)
  const k = Number(cut)
  if (kind === undefined || !Number.isInteger(k) || k < 1) {
    throw modelErrors.MODELS_UNKNOWN_METRIC(`"${name}" is none of ${KINDS.join(', ')} at a rank.`)
  }
  return { name, kind, k }
}

/** Sum of 1/log2(r + 1) over the ranks r = 1 .. n. */
export function idealGain(n: number): number {
  let sum = 0
  for (let r = 1; r <= n; r++) sum += 1 / Math.log2(r + 1)
  return sum
}

/** What the one right item is worth at a rank from 1, as a metric counts it when it lies within k. */
function worthAt(kind: MetricKind, rank: number): number {
  if (kind === 'ndcg') return 1 / Math.log2(rank + 1)
  return kind === 'mrr' ? 1 / rank : 1
}

/**
 * Value of a metric where one item is right: `higher` candidates scored above it and `equal` others the same.
 * Equal scores count as if in random order: the mean over the ranks higher + 1 .. higher + equal + 1, so that a
 * model that gives everything the same score gets exactly chance. Cost: at most k.
 */
export function oneRelevantValue({ kind, k }: Metric, higher: number, equal: number): number {
  const last = Math.min(k, higher + equal + 1)
  let sum = 0
  for (let rank = higher + 1; rank <= last; rank++) sum += worthAt(kind, rank)
  return sum / (equal + 1)
}

/**
 * Value of a metric where several items are right.
 * @param gains of the places of the list in their order: 0 for a wrong item, else the item's gain
 * @param relevant number of right items, also of those that could not be recommended
 * @param ideal the largest gains in falling order, as many as there are, at least k of them if there are so many
 */
export function severalRelevantValue(
  { kind, k }: Metric,
  gains: ArrayLike<number>,
  relevant: number,
  ideal: ArrayLike<number>,
): number {
  const places = Math.min(k, gains.length)
  let hits = 0
  let first = 0
  let plain = 0
  let weighted = 0
  for (let rank = 1; rank <= places; rank++) {
    const gain = gains[rank - 1] as number
    if (gain === 0) continue
    hits++
    if (first === 0) first = rank
    plain += 1 / Math.log2(rank + 1)
    weighted += gain / Math.log2(rank + 1)
  }
  if (hits === 0) return 0
  switch (kind) {
    case 'recall':
      return hits / relevant
    case 'hr':
    case 'phr':
      return 1
    case 'mrr':
      return 1 / first
    case 'ndcg':
      return plain / idealGain(Math.min(k, relevant))
    case 'revenue_ndcg':
      return weighted / weightedIdeal(ideal, k)
  }
}

function weightedIdeal(ideal: ArrayLike<number>, k: number): number {
  let sum = 0
  for (let r = 1; r <= Math.min(k, ideal.length); r++) {
    sum += (ideal[r - 1] as number) / Math.log2(r + 1)
  }
  return sum
}
