import type { Histories, History } from '../histories.ts'
import { spectral } from '../linear/spectral.ts'
import type { Recommender, RecommenderKind, ScorePart } from '../recommender.ts'
import type { Section } from '../savedState.ts'
import { linearFilter } from './linearFilter.ts'

export type GfCfParameters = {
  /** Weight of the ideal low-pass filter beside the linear one; 0: none, and no decomposition is made. */
  readonly lowPass: number
  /** Frequencies that the low-pass filter lets through. */
  readonly rank: number
  /** Entries of the linear filter kept per item. */
  readonly keep: number
}

const NAME = 'gf-cf'
/** Of the randomised decomposition; see `spectral`. */
const PASSES = 4

/** The sum of a linear filter and of a weighted low-pass filter. */
class GraphFilters implements Recommender {
  readonly name = NAME
  readonly #linear: Recommender
  readonly #lowPass: Recommender | undefined
  readonly #weight: number
  #low = new Float32Array(0)
  #all = new Float32Array(0)

  constructor(linear: Recommender, lowPass: Recommender | undefined, weight: number) {
    this.#linear = linear
    this.#lowPass = lowPass
    this.#weight = weight
  }

  get items(): number {
    return this.#linear.items
  }

  score(history: History, scores: Float32Array): void {
    this.#linear.score(history, scores)
    this.#addLowPass(scores, (low) => this.#lowPass?.score(history, low))
  }

  scoreAll(histories: Histories, scores: Float32Array): void {
    const { items } = this
    const { people, start, item } = histories
    for (let p = 0; p < people; p++) {
      const history = { item: item.subarray(start[p], start[p + 1]) }
      this.#linear.score(history, scores.subarray(p * items, (p + 1) * items))
    }
    const all = scores.subarray(0, people * items)
    this.#addLowPass(all, (low) => this.#lowPass?.scoreAll?.(histories, low))
  }

  scoreItems(history: History, items: Int32Array, scores: Float32Array): void {
    if (this.#all.length < this.items) this.#all = new Float32Array(this.items)
    this.#linear.score(history, this.#all)
    for (let n = 0; n < items.length; n++) scores[n] = this.#all[items[n] as number] as number
    const some = scores.subarray(0, items.length)
    this.#addLowPass(some, (low) => this.#lowPass?.scoreItems?.(history, items, low))
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const sums = new Map<number, number>()
    const add = (parts: readonly ScorePart[], weight: number): void => {
      for (const part of parts) {
        sums.set(part.item, (sums.get(part.item) ?? 0) + weight * part.score)
      }
    }
    add(this.#linear.parts(history, item), 1)
    if (this.#lowPass !== undefined) add(this.#lowPass.parts(history, item), this.#weight)
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    return [...this.#linear.save(), ...(this.#lowPass?.save() ?? [])]
  }

  #addLowPass(scores: Float32Array, write: (low: Float32Array) => void): void {
    if (this.#lowPass === undefined) return
    if (this.#low.length < scores.length) this.#low = new Float32Array(scores.length)
    const low = this.#low.subarray(0, scores.length)
    write(low)
    const weight = this.#weight
    for (let i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] as number) + weight * (low[i] as number)
    }
  }
}

/** Sections that the linear filter takes: a sparse matrix. */
const LINEAR_SECTIONS = 4

export const gfCf: RecommenderKind<GfCfParameters> = {
  name: NAME,
  title: 'GF-CF: linear and low-pass graph filters',
  source:
    'Shen et al., "How powerful is graph convolution for recommendation?", CIKM 2021, equation 14.',
  format: 1,
  defaults: { lowPass: 0.3, rank: 256, keep: 1_000 },
  bounds: { lowPass: [0, 100], rank: [1, 480], keep: [1, 100_000] },
  candidates: () => [{ lowPass: 0.1 }, { lowPass: 0.3 }, { lowPass: 1, rank: 128 }],
  async fit(data, { lowPass, rank, keep }, context) {
    const linear = await linearFilter.fit(data, { keep }, context)
    if (lowPass === 0) return new GraphFilters(linear, undefined, 0)
    const low = await spectral.fit(data, { rank, passes: PASSES }, context)
    return new GraphFilters(linear, low, lowPass)
  },
  load(sections, { lowPass, rank, keep }) {
    const linear = linearFilter.load(sections.slice(0, LINEAR_SECTIONS), { keep })
    if (lowPass === 0) return new GraphFilters(linear, undefined, 0)
    const low = spectral.load(sections.slice(LINEAR_SECTIONS), { rank, passes: PASSES })
    return new GraphFilters(linear, low, lowPass)
  },
}
