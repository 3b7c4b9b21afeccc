import { FoldIn, type FoldInRows } from '../../../math/index.ts'
import { modelErrors } from '../../errors.ts'
import { type Histories, type History, historyOf } from '../histories.ts'
import { HistoryItems } from '../neighbours/historyItems.ts'
import type { Recommender, ScorePart } from '../recommender.ts'
import { type Section, SectionReader, sectionsOf } from '../savedState.ts'

/** What a person is folded in with. */
export interface IalsSettings {
  readonly factors: number
  readonly unobserved: number
  readonly regularization: number
  readonly power: number
  readonly weighted: boolean
}

/**
 * Item factors, and people as they are folded into them: whoever asks gets the vector that is best for their
 * history with the items' vectors held fixed, the same for those who were there at fit time and those who came
 * later. A score is linear in the history once the history is given, so its parts are exact (Hu, Koren,
 * Volinsky 2008, section 5).
 */
export class FoldedFactors implements Recommender {
  readonly name: string
  readonly items: number
  readonly #settings: IalsSettings
  readonly #itemFactors: Float32Array
  readonly #foldIn: FoldIn
  readonly #known: HistoryItems

  /** @param itemFactors items × factors */
  constructor(name: string, settings: IalsSettings, itemFactors: Float32Array) {
    const { factors, unobserved, regularization, power, weighted } = settings
    this.name = name
    this.items = itemFactors.length / factors
    this.#settings = settings
    this.#itemFactors = itemFactors
    this.#known = new HistoryItems(this.items, { binary: !weighted, newest: 0 })
    this.#foldIn = new FoldIn({
      items: this.items,
      factors,
      itemFactors,
      unobserved,
      penaltyOf: (count) => regularization * (count + unobserved * this.items) ** power,
    })
  }

  score(history: History, scores: Float32Array): void {
    this.#foldIn.scores(this.#rowsOf([history]), scores)
  }

  scoreAll(histories: Histories, scores: Float32Array): void {
    const each = Array.from({ length: histories.people }, (_, p) => historyOf(histories, p))
    this.#foldIn.scores(this.#rowsOf(each), scores)
  }

  scoreItems(history: History, items: Int32Array, scores: Float32Array): void {
    this.#foldIn.scoresOf(this.#rowsOf([history]), items, scores)
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const rows = this.#rowsOf([history])
    const scores = this.#foldIn.contributions(rows, item)
    return Array.from(scores, (score, e) => ({ item: rows.index[e] as number, score }))
  }

  save(): readonly Section[] {
    const { factors, unobserved, regularization, power, weighted } = this.#settings
    const settings = [factors, unobserved, regularization, power, weighted ? 1 : 0]
    return sectionsOf(Float64Array.from(settings), this.#itemFactors)
  }

  /** The distinct known items of each history. */
  #rowsOf(histories: readonly History[]): FoldInRows {
    const events = histories.reduce((sum, { item }) => sum + item.length, 0)
    const start = new Uint32Array(histories.length + 1)
    const index = new Int32Array(events)
    const value = new Float32Array(events)
    let at = 0
    histories.forEach((history, p) => {
      this.#known.read(history)
      const { count } = this.#known
      index.set(this.#known.item.subarray(0, count), at)
      value.set(this.#known.value.subarray(0, count), at)
      at += count
      start[p + 1] = at
    })
    return { start, index: index.subarray(0, at), value: value.subarray(0, at) }
  }
}

/** @throws MODELS_CORRUPT_STATE */
export function loadFoldedFactors(name: string, sections: readonly Uint8Array[]): FoldedFactors {
  const reader = new SectionReader(sections)
  const [factors = 0, unobserved = 0, regularization = 0, power = 0, weighted] = reader.float64()
  const itemFactors = reader.float32()
  if (!(factors >= 1) || itemFactors.length % factors !== 0) {
    throw modelErrors.MODELS_CORRUPT_STATE(`${itemFactors.length} numbers in rows of ${factors}`)
  }
  const settings = { factors, unobserved, regularization, power, weighted: weighted === 1 }
  return new FoldedFactors(name, settings, itemFactors)
}
