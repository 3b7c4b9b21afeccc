import { type History, type Recommender } from '../models/index.ts'
import { type SparseScores, TopK } from '../math/index.ts'

/** Candidates that a model brings in for a person, beside the person's own items. */
export const MODEL_CANDIDATES = 200

/** The leading items of a model for one person. */
export interface ModelCandidates {
  readonly items: Int32Array
  /** By how much each item's score is above that of the best item left out, in units of `scaleOf`. 0 or more. */
  readonly scores: Float32Array
}

/** Finds the leading items of a model; keeps its arrays from person to person. */
export class ModelReader {
  readonly #recommender: Recommender
  readonly #row: Float32Array
  readonly #best = new TopK()

  constructor(recommender: Recommender) {
    this.#recommender = recommender
    this.#row = new Float32Array(recommender.items)
  }

  /** Cost: that of scoring, and about a nanosecond an item. */
  candidates(history: History): ModelCandidates {
    const row = this.#row
    this.#recommender.score(history, row)
    const best = this.#best
    const wanted = Math.min(row.length, MODEL_CANDIDATES + history.item.length + 1)
    best.reset(wanted)
    let floor = Number.NEGATIVE_INFINITY
    for (let item = 0; item < row.length; item++) {
      const score = row[item] as number
      if (!(score > floor)) continue
      best.offer(item, score)
      if (best.size === wanted) floor = best.floor
    }
    const { ids, scores } = best.ranked()
    return aboveTheRest(ids, scores, row.length)
  }
}

/** The last one of a list that leaves items out is the mark that the others stand above; else nothing (0) is. */
function aboveTheRest(ids: Int32Array, scores: Float64Array, items: number): ModelCandidates {
  const lowest = scores.at(-1) ?? 0
  const mark = scores.length < items ? lowest : Math.min(0, lowest)
  const above = Float32Array.from(scores, (score) => score - mark)
  const kept = above.findIndex((score) => score <= 0)
  const count = kept === -1 ? above.length : kept
  const leading = above.subarray(0, count)
  const scale = scaleOf(leading)
  return { items: ids.slice(0, count), scores: leading.map((score) => score * scale) }
}

/** Brings scores of different models to one size: 1 / root mean square. 0 of nothing. */
function scaleOf(scores: Float32Array): number {
  let squares = 0
  for (const score of scores) squares += score * score
  return squares > 0 ? Math.sqrt(scores.length / squares) : 0
}

/**
 * Adds the two opinions on a person: (1 − weight) · live + weight · model, each in units of its own root mean square.
 * As both are sums of parts, so is the result.
 * @param live scores of the live models; not changed
 * @param into cleared, with room for all items
 * @returns the factor by which `live` was multiplied, so that its parts can be told
 */
export function addOpinions(
  live: SparseScores,
  model: ModelCandidates,
  weight: number,
  into: SparseScores,
): number {
  let squares = 0
  for (let k = 0; k < live.count; k++) squares += live.get(live.touched[k] as number) ** 2
  const factor = squares > 0 ? (1 - weight) * Math.sqrt(live.count / squares) : 0
  if (factor > 0) {
    for (let k = 0; k < live.count; k++) {
      const item = live.touched[k] as number
      into.add(item, factor * live.get(item))
    }
  }
  const { items, scores } = model
  for (let k = 0; k < items.length; k++) {
    into.add(items[k] as number, weight * (scores[k] as number))
  }
  return factor
}
