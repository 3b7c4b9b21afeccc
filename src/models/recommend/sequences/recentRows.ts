import type { CsrMatrix } from '../../../math/index.ts'
import { modelErrors } from '../../errors.ts'
import type { History } from '../histories.ts'
import type { Recommender, ScorePart } from '../recommender.ts'
import { type Section, type SectionReader, sectionsOf } from '../savedState.ts'

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
    this.addTo(history, 1, scores)
  }

  /** Adds the scores, each times `factor`. */
  addTo(history: History, factor: number, scores: Float32Array): void {
    const { start, index, value } = this.#matrix
    this.#forEachRecent(history, (row, weight) => {
      const by = weight * factor
      const to = start[row + 1] as number
      for (let e = start[row] as number; e < to; e++) {
        const i = index[e] as number
        scores[i] = (scores[i] as number) + by * (value[e] as number)
      }
    })
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const sums = new Map<number, number>()
    this.#forEachRecent(history, (row, weight) => {
      const score = weight * this.#entry(row, item)
      if (score !== 0) sums.set(row, (sums.get(row) ?? 0) + score)
    })
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    return matrixSections(this.#matrix)
  }

  #entry(row: number, column: number): number {
    const { start, index, value } = this.#matrix
    let low = start[row] as number
    let high = start[row + 1] as number
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((index[middle] as number) < column) low = middle + 1
      else high = middle
    }
    const found = low < (start[row + 1] as number) && index[low] === column
    return found ? (value[low] as number) : 0
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

/** A square sparse matrix as sections of a saved state. */
export function matrixSections(matrix: CsrMatrix): readonly Section[] {
  return sectionsOf(matrix.start, matrix.index, matrix.value)
}

/** @throws MODELS_CORRUPT_STATE when the parts do not fit together */
export function readMatrix(reader: SectionReader): CsrMatrix {
  const start = Uint32Array.from(reader.int32())
  const index = reader.int32()
  const value = reader.float32()
  const rows = start.length - 1
  if (rows < 0 || start[rows] !== index.length || index.length !== value.length) {
    throw modelErrors.MODELS_CORRUPT_STATE('a sparse matrix whose rows do not fit its entries')
  }
  return { rows, columns: rows, start, index, value }
}
