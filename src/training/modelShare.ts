import {
  AutoModel,
  type Histories,
  type History,
  historyOf,
  type Recommender,
  selectPeople,
} from '../models/index.ts'
import { type SparseScores, TopK } from '../math/index.ts'

/** Candidates that a model brings in for a person, beside the person's own items. */
export const MODEL_CANDIDATES = 150

/** The leading items of a model for one person. */
export interface ModelCandidates {
  readonly items: Int32Array
  /** By how much each item's score is above that of the best item left out, in units of `scaleOf`. 0 or more. */
  readonly scores: Float32Array
}

/** Catalogues up to this size are ranked whole; larger ones above a mark that a sample gives. */
const RANKED_WHOLE = 4_096
/** Every so many-th item is in the sample. */
const STRIDE = 17
/** The mark is set for so many times the wanted items: with fewer, a sample of a fifth below would leave too few. */
const SPARE = 1.4

/** People who are scored together: kernels make the products of six at the price of one's. */
export const SCORED_TOGETHER = 6

/** Finds the leading items of a model; keeps its arrays from person to person. */
export class ModelReader {
  readonly #recommender: Recommender
  #rows: Float32Array
  readonly #best = new TopK()

  constructor(recommender: Recommender) {
    this.#recommender = recommender
    this.#rows = new Float32Array(recommender.items)
  }

  /** Cost: that of scoring, and about 3 ns an item. */
  candidates(history: History): ModelCandidates {
    const row = this.#rows.subarray(0, this.#recommender.items)
    scoresToAdd(this.#recommender, history, row)
    return this.#leading(row, history.item.length)
  }

  /** The same for several people, scored in blocks: up to a third of the cost of one by one. */
  candidatesOfAll(histories: Histories): readonly ModelCandidates[] {
    const { items } = this.#recommender
    const found: ModelCandidates[] = []
    for (let from = 0; from < histories.people; from += SCORED_TOGETHER) {
      const count = Math.min(SCORED_TOGETHER, histories.people - from)
      const block = selectPeople(
        histories,
        Array.from({ length: count }, (_, k) => from + k),
      )
      if (this.#rows.length < block.people * items) {
        this.#rows = new Float32Array(SCORED_TOGETHER * items)
      }
      scoresToAddOfAll(this.#recommender, block, this.#rows)
      for (let p = 0; p < block.people; p++) {
        const row = this.#rows.subarray(p * items, (p + 1) * items)
        const events = (block.start[p + 1] as number) - (block.start[p] as number)
        found.push(this.#leading(row, events))
      }
    }
    return found
  }

  #leading(row: Float32Array, events: number): ModelCandidates {
    const best = this.#best
    const wanted = Math.min(row.length, MODEL_CANDIDATES + events + 1)
    const mark = row.length > RANKED_WHOLE ? this.#markFor(row, wanted) : Number.NEGATIVE_INFINITY
    best.reset(wanted)
    let floor = mark
    for (let item = 0; item < row.length; item++) {
      const score = row[item] as number
      if (!(score > floor)) continue
      best.offer(item, score)
      if (best.size === wanted) floor = best.floor
    }
    const { ids, scores } = best.ranked()
    return aboveTheRest(ids, scores, row.length, mark)
  }

  /** A score that somewhat more than the wanted items exceed, as far as every 17th item tells. */
  #markFor(row: Float32Array, wanted: number): number {
    const best = this.#best
    const kept = Math.ceil((SPARE * wanted) / STRIDE)
    best.reset(kept)
    let floor = Number.NEGATIVE_INFINITY
    for (let item = 0; item < row.length; item += STRIDE) {
      const score = row[item] as number
      if (!(score > floor)) continue
      best.offer(item, score)
      if (best.size === kept) floor = best.floor
    }
    return floor
  }
}

/**
 * Scores that stand in proportion to each other. The automatic model's own say an order only, far above the rest: added to
 * those of the live counts they left these to decide among the first 150 (NDCG@10 on a shop's orders at weight .8: .060 of
 * the model's .105). Its chances do not.
 */
function scoresToAdd(recommender: Recommender, history: History, row: Float32Array): void {
  if (recommender instanceof AutoModel && recommender.chances !== undefined) {
    recommender.probabilities(history, row)
  } else recommender.score(history, row)
}

/** The same for a block of people; row p of `rows` is person p. */
function scoresToAddOfAll(
  recommender: Recommender,
  histories: Histories,
  rows: Float32Array,
): void {
  const { items } = recommender
  if (recommender instanceof AutoModel && recommender.chances !== undefined) {
    recommender.probabilitiesAll(histories, rows)
  } else if (recommender.scoreAll !== undefined) recommender.scoreAll(histories, rows)
  else {
    for (let p = 0; p < histories.people; p++) {
      recommender.score(historyOf(histories, p), rows.subarray(p * items, (p + 1) * items))
    }
  }
}

/** The last one of a list that leaves items out is what the others stand above; else nothing (0) is. */
function aboveTheRest(
  ids: Int32Array,
  scores: Float64Array,
  items: number,
  mark: number,
): ModelCandidates {
  const lowest = scores.at(-1) ?? 0
  const rest = Number.isFinite(mark) ? mark : scores.length < items ? lowest : Math.min(0, lowest)
  let count = scores.length
  while (count > 0 && (scores[count - 1] as number) <= rest) count--
  const above = new Float32Array(count)
  for (let k = 0; k < count; k++) above[k] = (scores[k] as number) - rest
  const scale = scaleOf(above)
  for (let k = 0; k < count; k++) above[k] = (above[k] as number) * scale
  return { items: ids.slice(0, count), scores: above }
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
