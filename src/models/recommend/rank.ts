import { TopK } from '../../math/index.ts'
import { type Histories, type History, historyOf, selectPeople } from './histories.ts'
import type { Recommender } from './recommender.ts'

export interface RankOptions {
  /** Length of the lists; at least 1. */
  readonly n: number
  /**
   * What may not be recommended: `history`, the items of each person's own history; or for each person a
   * list of items. Absent: nothing is left out.
   */
  readonly exclude?: 'history' | readonly Int32Array[]
  /** The only items that may be recommended, to anyone. Absent: all. */
  readonly only?: Int32Array
}

/** Lists of n items for each person, best first; equal scores by the smaller item. Short lists end in item -1. */
export interface RankedLists {
  readonly people: number
  readonly n: number
  /** people × n */
  readonly ids: Int32Array
  /** people × n */
  readonly scores: Float32Array
}

/** Scores that are held at once, so that a block of people stays in the caches and needs no large memory. */
const BLOCK_SCORES = 1 << 22
const MOST_PEOPLE = 256

/**
 * The n best items for each of many people.
 * Cost: that of scoring, plus one comparison per item and person.
 */
export function recommend(
  recommender: Recommender,
  histories: Histories,
  options: RankOptions,
): RankedLists {
  const { n } = options
  const { people } = histories
  const ids = new Int32Array(people * n).fill(-1)
  const scores = new Float32Array(people * n)
  const best = new TopK()
  const masked = new Uint8Array(recommender.items)
  forEachScored(recommender, histories, (person, history, row) => {
    const excluded = options.exclude === 'history' ? history.item : options.exclude?.[person]
    if (excluded !== undefined) mark(masked, excluded, 1)
    const ranked = bestOf(best, row, masked, n, options.only)
    if (excluded !== undefined) mark(masked, excluded, 0)
    ids.set(ranked.ids, person * n)
    scores.set(ranked.scores, person * n)
  })
  return { people, n, ids, scores }
}

/**
 * Scores all items for one person after the other; the row is valid until the callback returns.
 * Uses the recommender's way for blocks of people where it has one.
 */
export function forEachScored(
  recommender: Recommender,
  histories: Histories,
  visit: (person: number, history: History, scores: Float32Array) => void,
): void {
  const { items } = recommender
  const size = Math.max(1, Math.min(MOST_PEOPLE, Math.floor(BLOCK_SCORES / Math.max(1, items))))
  if (recommender.scoreAll === undefined || histories.people < 2 || size < 2) {
    const row = new Float32Array(items)
    for (let p = 0; p < histories.people; p++) {
      const history = historyOf(histories, p)
      recommender.score(history, row)
      visit(p, history, row)
    }
    return
  }
  const block = new Float32Array(size * items)
  for (let from = 0; from < histories.people; from += size) {
    const count = Math.min(size, histories.people - from)
    const part = selectPeople(
      histories,
      Array.from({ length: count }, (_, k) => from + k),
    )
    recommender.scoreAll(part, block.subarray(0, count * items))
    for (let k = 0; k < count; k++) {
      visit(from + k, historyOf(part, k), block.subarray(k * items, (k + 1) * items))
    }
  }
}

function mark(masked: Uint8Array, items: Int32Array, value: 0 | 1): void {
  for (const item of items) if (item < masked.length) masked[item] = value
}

function bestOf(
  best: TopK,
  scores: Float32Array,
  masked: Uint8Array,
  n: number,
  only: Int32Array | undefined,
): { readonly ids: Int32Array; readonly scores: Float64Array } {
  best.reset(n)
  if (only !== undefined) {
    for (const item of only) {
      if (masked[item] === 0) best.offer(item, scores[item] as number)
    }
    return best.ranked()
  }
  // Most items are worse than the worst kept one: they cost this comparison and nothing else.
  let floor = Number.NEGATIVE_INFINITY
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item] as number
    if (score > floor && masked[item] === 0) {
      best.offer(item, score)
      if (best.size === n) floor = best.floor
    }
  }
  return best.ranked()
}
