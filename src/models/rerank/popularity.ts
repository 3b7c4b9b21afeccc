import type { ItemAttributes } from '../recommend/recommender.ts'

/** How much of the favour that popular items enjoy is taken back from the scores. */
export interface PopularityControl {
  /** `minus`: relevance less strength · log-popularity; `over`: relevance over popularity^strength. */
  readonly method: 'minus' | 'over'
  /** 0: nothing changes. At most 10. */
  readonly strength: number
  /** How often each candidate was taken up (owners, purchases); none below 0; an item of nobody counts as one of one. */
  readonly popularity: ArrayLike<number>
}

/**
 * Takes popularity out of relevance in place, and brings it back to 0 .. 1 with `scaleRelevance`.
 * `minus` subtracts strength · log(popularity) / log(greatest popularity), `over` divides by popularity^strength.
 */
export function controlPopularity(
  relevance: Float64Array,
  candidates: number,
  { method, strength, popularity }: PopularityControl,
): void {
  let most = 1
  for (let k = 0; k < candidates; k++) most = Math.max(most, popularity[k] as number)
  if (strength === 0 || most === 1) return
  const ofMost = Math.log(most)
  for (let k = 0; k < candidates; k++) {
    const own = Math.log(Math.max(1, popularity[k] as number))
    const before = relevance[k] as number
    relevance[k] =
      method === 'minus'
        ? before - (strength * own) / ofMost
        : before * Math.exp(strength * (ofMost - own))
  }
  scaleRelevance(relevance, candidates)
}

/** Brings values to 0 .. 1 in place: the least becomes 0, the greatest 1; all 1 when they are equal. */
export function scaleRelevance(values: Float64Array, count: number): void {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) {
    const value = values[k] as number
    if (value < least) least = value
    if (value > most) most = value
  }
  const range = most - least
  for (let k = 0; k < count; k++) {
    values[k] = range === 0 ? 1 : ((values[k] as number) - least) / range
  }
}

/** Share of all interactions that the head holds, and the tail. */
const HEAD = 0.2
const TAIL = 0.2

/**
 * The popularity of each item as an attribute with one of three values, 0 head, 1 middle, 2 tail: the head are the fewest
 * items that hold a fifth of all interactions, the tail the most items that hold no more than a fifth (Abdollahpouri et
 * al., "User-centered Evaluation of Popularity Bias in Recommender Systems", UMAP 2021). Calibrated to a history's
 * shares of these, a list has as many popular items as the person likes. Equal ones by number.
 * Cost: sorting the items.
 */
export function popularityBuckets(popularity: ArrayLike<number>): ItemAttributes {
  const items = popularity.length
  const order = Uint32Array.from({ length: items }, (_, i) => i).sort(
    (a, b) => (popularity[b] as number) - (popularity[a] as number) || a - b,
  )
  const all = order.reduce((sum, i) => sum + (popularity[i] as number), 0)
  const index = new Int32Array(items)
  let before = 0
  for (const item of order) {
    const own = popularity[item] as number
    const inHead = before < HEAD * all
    index[item] = inHead ? 0 : all - before <= TAIL * all ? 2 : 1
    before += own
  }
  const start = Uint32Array.from({ length: items + 1 }, (_, i) => i)
  const names = ['popularity=head', 'popularity=middle', 'popularity=tail']
  return { values: 3, start, index, names }
}
