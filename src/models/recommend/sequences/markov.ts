import type { RecommenderKind } from '../recommender.ts'
import { SectionReader } from '../savedState.ts'
import { RecentRows } from './recentRows.ts'
import { readMatrix } from './sparseRows.ts'
import { transitionMatrix } from './transitionMatrix.ts'

type MarkovParameters = {
  /** Followers that are kept per item; 0: all. */
  readonly keep: number
}

const NAME = 'markov'
const LAST_ITEM_ONLY = { historyDecay: 1, historyLength: 1 }
const SHARE_OF_ROW = { window: 1, decay: 1, rowPower: 1, columnPower: 0 }

/** The share of the times that an item was followed by another one directly. */
export const markov: RecommenderKind<MarkovParameters> = {
  name: NAME,
  title: 'First-order Markov chain',
  source:
    'The maximum-likelihood chain over the last item, the baseline of Rendle, Freudenthaler and Schmidt-Thieme, "Factorizing personalized Markov chains", WWW 2010.',
  format: 1,
  defaults: { keep: 500 },
  bounds: { keep: [0, 1_000_000] },
  fit: ({ histories }, { keep }) =>
    Promise.resolve(
      new RecentRows(NAME, transitionMatrix(histories, { ...SHARE_OF_ROW, keep }), LAST_ITEM_ONLY),
    ),
  load: (sections) => new RecentRows(NAME, readMatrix(new SectionReader(sections)), LAST_ITEM_ONLY),
}
