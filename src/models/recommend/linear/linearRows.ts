import {
  type DenseMatrix,
  denseMatrix,
  KernelMemory,
  matrixBytes,
  RowSums,
  strideFor,
} from '../../../math/index.ts'
import { modelErrors } from '../../errors.ts'
import { type Histories, type History, historyOf } from '../histories.ts'
import type { Recommender, ScorePart } from '../recommender.ts'
import { type Section, SectionReader, sectionsOf } from '../savedState.ts'

/** Which rows of the matrix a history adds up: calls `term` with each, its weight and the item it comes from. */
export interface RowTerms {
  /** Most terms of a history. */
  readonly most: number
  readonly forEach: (
    history: History,
    term: (row: number, weight: number, item: number) => void,
  ) => void
}

/**
 * A model that is linear in the history: scores are a weighted sum of rows of a dense matrix with a column per
 * item. Cost of asking: terms × items multiplications, about 0.1 ns each.
 */
export class LinearRows implements Recommender {
  readonly name: string
  readonly #sums: RowSums
  readonly #terms: RowTerms

  constructor(name: string, sums: RowSums, terms: RowTerms) {
    this.name = name
    this.#sums = sums
    this.#terms = terms
  }

  get items(): number {
    return this.#sums.matrix.columns
  }

  score(history: History, scores: Float32Array): void {
    this.#gather(history)
    this.#sums.flush(scores)
  }

  scoreAll(histories: Histories, scores: Float32Array): void {
    let done = 0
    for (let p = 0; p < histories.people; p++) {
      const full = this.#gather(historyOf(histories, p))
      if (full || p === histories.people - 1) {
        done += this.#sums.flush(scores.subarray(done * this.items))
      }
    }
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const { view, stride } = this.#sums.matrix
    const sums = new Map<number, number>()
    this.#terms.forEach(history, (row, weight, from) => {
      const score = weight * (view[row * stride + item] as number)
      if (score !== 0) sums.set(from, (sums.get(from) ?? 0) + score)
    })
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    const { rows, columns, view } = this.#sums.matrix
    return sectionsOf(Int32Array.of(rows, columns), view)
  }

  #gather(history: History): boolean {
    this.#terms.forEach(history, (row, weight) => this.#sums.term(row, weight))
    return this.#sums.next()
  }
}

/** Bytes of kernel memory that asking takes beside the matrix. */
export function askingBytes(items: number, most: number): number {
  return RowSums.bytes(items, most)
}

/**
 * The matrix and the sums of a saved model.
 * @param most terms of a history for a model of so many items
 * @throws MODELS_CORRUPT_STATE
 */
export function readRows(
  sections: readonly Uint8Array[],
  most: (items: number) => number,
): RowSums {
  const reader = new SectionReader(sections)
  const [rows = -1, columns = -1] = reader.int32()
  const saved = reader.float32()
  if (rows < 0 || columns < 0 || saved.length !== rows * strideFor(columns)) {
    throw modelErrors.MODELS_CORRUPT_STATE('a matrix that does not fit its size')
  }
  const bytes = matrixBytes(rows, columns) + RowSums.bytes(columns, most(columns))
  const memory = new KernelMemory(bytes)
  const matrix: DenseMatrix = denseMatrix(memory, rows, columns)
  matrix.view.set(saved)
  return new RowSums(memory, matrix, most(columns))
}
