import type { CsrMatrix } from '../../../math/index.ts'
import type { History } from '../histories.ts'
import type { Recommender, ScorePart } from '../recommender.ts'
import type { Section } from '../savedState.ts'
import { addRow, entryOf, matrixSections } from './sparseRows.ts'

export interface RecentRowsOptions {
  /** The newest event counts 1, the n-th before it historyDecay^n. */
  readonly historyDecay: number
  /** Newest events that are looked at. */
  readonly historyLength: number
}

/**
 * Scores by the rows of a sparse item × item matrix: the sum of the rows of the newest items of the history,
 * older ones decayed. Items that were not there at fit time are passed over.
 * Cost of asking: one addition per entry of these rows.
 */
export class RecentRows implements Recommender {
  readonly name: string
  readonly #matrix: CsrMatrix
  readonly #options: RecentRowsOptions

  constructor(name: string, matrix: CsrMatrix, options: RecentRowsOptions) {
    this.name = name
    this.#matrix = matrix
    this.#options = options
  }

  get items(): number {
    return this.#matrix.columns
  }

  score(history: History, scores: Float32Array): void {
    scores.fill(0)
    this.#forEachRecent(history, (row, weight) => addRow(this.#matrix, row, weight, scores))
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const sums = new Map<number, number>()
    this.#forEachRecent(history, (row, weight) => {
      const score = weight * entryOf(this.#matrix, row, item)
      if (score !== 0) sums.set(row, (sums.get(row) ?? 0) + score)
    })
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    return matrixSections(this.#matrix)
  }

  #forEachRecent(history: History, visit: (item: number, weight: number) => void): void {
    const { historyDecay, historyLength } = this.#options
    let seen = 0
    let decay = 1
    for (let e = history.item.length - 1; e >= 0 && seen < historyLength; e--) {
      const item = history.item[e] as number
      if (item >= this.items) continue
      visit(item, decay * (history.weight?.[e] ?? 1))
      decay *= historyDecay
      seen++
    }
  }
}
