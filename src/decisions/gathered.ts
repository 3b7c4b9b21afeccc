import type { SparseScores } from '../math/index.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope } from './decisionScope.ts'
import type { SourceName } from './placement.ts'
import { plainReason } from './reasons.ts'

/** What stood in for an item of the context that is not known, and why. */
export interface StandIn {
  readonly used: string
  readonly why: string
}

/** What a source found for one placement, best first, without barred items. */
export interface Gathered {
  readonly ids: Int32Array
  /** In the source's own units, above 0. */
  readonly scores: Float64Array
  /** How many there may be at the most. */
  readonly found: number
  /** Why there is none, when there is none. */
  readonly why: string
  readonly standIn?: StandIn | undefined
  /** The one thing that all items of the list are about. */
  readonly about?: Reason | undefined
  /** Reasons for each of the items, strongest first; their shares are parts of this source's score. */
  explain(items: readonly number[]): readonly (readonly Reason[])[]
}

/** The ids and scores of what a source found. */
export type Found = Pick<Gathered, 'ids' | 'scores' | 'found'>

/** The best positive sums that may be shown. `found` is how many there may be at the most. */
export function best(scope: DecisionScope, sums: SparseScores, limit: number): Found {
  const { heap } = scope
  const { touched, scores, count } = sums
  heap.reset(Math.min(limit, count))
  let worst = 0
  for (let k = 0; k < count; k++) {
    const n = touched[k] as number
    const score = scores[n] as number
    if (score <= 0 || score < worst || scope.isBarred(n)) continue
    heap.offer(n, score)
    worst = heap.floor
  }
  const ranked = heap.ranked()
  return { ids: ranked.ids.slice(), scores: ranked.scores.slice(), found: count }
}

/** The greatest of some sums; 0 when there are none. */
export function highestOf(sums: SparseScores): number {
  let highest = 0
  for (let k = 0; k < sums.count; k++) {
    highest = Math.max(highest, sums.get(sums.touched[k] as number))
  }
  return highest
}

/** Sources that only order their items: 1, 0.91, 0.83 … 0.5 at the eleventh place. */
export function byRank(rank: number): number {
  return 10 / (10 + rank)
}

export function taken(
  scope: DecisionScope,
  items: ArrayLike<number>,
  scoreAt: (place: number) => number,
  limit: number,
  source: SourceName,
  why: string,
): Gathered {
  const ids: number[] = []
  const scores: number[] = []
  let place = 0
  for (; place < items.length && ids.length < limit; place++) {
    const n = items[place] as number
    if (scope.isBarred(n)) continue
    ids.push(n)
    scores.push(scoreAt(place))
  }
  const reasons = [plainReason(source)]
  return {
    ids: Int32Array.from(ids),
    scores: Float64Array.from(scores),
    found: ids.length + items.length - place,
    why,
    explain: (chosen) => chosen.map(() => reasons),
  }
}
