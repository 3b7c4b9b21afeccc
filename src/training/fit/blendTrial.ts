import { SparseScores, TopK } from '../../math/index.ts'
import { historyOfQuestion, type Recommender } from '../../models/index.ts'
import type { LiveModels } from '../liveModels.ts'
import { addOpinions, type ModelCandidates, ModelReader } from '../modelShare.ts'
import { entriesOf } from './replay.ts'
import type { Asked } from './timeCut.ts'
import type { TrainingSet } from './trainingSet.ts'

/**
 * Weights of the model beside the live counts that are tried. Not 1: items and people that are newer than the model come
 * through the live counts, which a cut cannot show.
 */
export const WEIGHTS: readonly number[] = [0.2, 0.4, 0.6, 0.8, 0.9, 0.95]
const K = 10
const DISCOUNTS = Float64Array.from({ length: K }, (_, place) => 1 / Math.log2(place + 2))
const NOTHING: ModelCandidates = { items: new Int32Array(0), scores: new Float32Array(0) }

/** ndcg@10 of each person, by the weight of the model: the mean of what the person was asked. */
export type BlendValues = ReadonlyMap<number, Float64Array>

/** Asks for some people what would be served, a model blended with the live counts. */
export class BlendTrial {
  readonly asked: Asked
  readonly #items: number
  readonly #live: LiveLists

  /** What the live counts say is the same for all models: it is asked for once and kept, 8 bytes an item they reach. */
  constructor(set: TrainingSet, asked: Asked, live: LiveModels) {
    this.asked = asked
    this.#items = set.items
    this.#live = new LiveLists(set, asked, live)
  }

  /**
   * ndcg@10 of each person at each weight of the model (0: the live counts alone, 1: the model alone); what the person
   * knows is left out of the lists. Cost: that of scoring, and at each weight that of adding up
   * what both say.
   */
  values(model: Recommender, weights: readonly number[]): BlendValues {
    const { questions } = this.asked
    const reader = new ModelReader(model)
    const { people, who } = this.asked
    const values = new Map(weights.map((weight) => [weight, new Float64Array(people)]))
    const times = new Uint32Array(people)
    for (const p of who) times[p] = (times[p] as number) + 1
    const list = new ListJudge(this.#items)
    const blended = new SparseScores()
    blended.reserve(this.#items)
    for (let q = 0; q < questions.count; q++) {
      const person = who[q] as number
      const live = this.#live.scoresOf(q)
      const history = historyOfQuestion(questions, q)
      const candidates = history.item.length === 0 ? NOTHING : reader.candidates(history)
      list.begin(history.item, questions.relevant, q)
      for (const [weight, of] of values) {
        blended.clear()
        addOpinions(live, candidates, weight, blended)
        of[person] = (of[person] as number) + list.ndcg(blended) / (times[person] as number)
      }
      list.end()
    }
    return values
  }
}

/** What the live counts say for each question, kept. */
class LiveLists {
  readonly #items: Int32Array[] = []
  readonly #scores: Float32Array[] = []
  readonly #current = new SparseScores()

  constructor(set: TrainingSet, { first, last }: Asked, live: LiveModels) {
    const scores = this.#current
    for (let q = 0; q < first.length; q++) {
      scores.clear()
      live.forPerson(entriesOf(set, first[q] as number, last[q] as number)).score(scores)
      const items = scores.touched.slice(0, scores.count)
      this.#items.push(items)
      this.#scores.push(Float32Array.from(items, (item) => scores.get(item)))
    }
    scores.reserve(set.items)
  }

  /** Valid until the next call. */
  scoresOf(q: number): SparseScores {
    const scores = this.#current
    scores.clear()
    const items = this.#items[q] ?? NOTHING.items
    const values = this.#scores[q] ?? NOTHING.scores
    for (let k = 0; k < items.length; k++) scores.add(items[k] as number, values[k] as number)
    return scores
  }
}

/** Measures lists of one question after the other. */
class ListJudge {
  readonly #best = new TopK()
  readonly #known: Uint8Array
  readonly #right: Uint8Array
  #knownItems: Int32Array = NOTHING.items
  #rightItems: Int32Array = NOTHING.items

  constructor(items: number) {
    this.#known = new Uint8Array(items)
    this.#right = new Uint8Array(items)
  }

  begin(
    known: Int32Array,
    relevant: { readonly start: Uint32Array; readonly item: Int32Array },
    q: number,
  ): void {
    this.#knownItems = known
    this.#rightItems = relevant.item.subarray(relevant.start[q], relevant.start[q + 1])
    this.#mark(1)
  }

  end(): void {
    this.#mark(0)
  }

  /** Of the ten best that are new to the person; equal scores by the smaller number. */
  ndcg(scores: SparseScores): number {
    this.#best.reset(K)
    for (let k = 0; k < scores.count; k++) {
      const item = scores.touched[k] as number
      const score = scores.get(item)
      if (score > 0 && this.#known[item] === 0) this.#best.offer(item, score)
    }
    let gain = 0
    this.#best.ranked().ids.forEach((item, place) => {
      if (this.#right[item] === 1) gain += DISCOUNTS[place] as number
    })
    let ideal = 0
    const most = Math.min(K, this.#rightItems.length)
    for (let place = 0; place < most; place++) ideal += DISCOUNTS[place] as number
    return gain / ideal
  }

  #mark(value: 0 | 1): void {
    for (const item of this.#knownItems) this.#known[item] = value
    for (const item of this.#rightItems) this.#right[item] = value
  }
}
