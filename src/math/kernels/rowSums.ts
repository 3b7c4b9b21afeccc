import { type DenseMatrix, denseMatrix, matrixBytes } from './denseMatrix.ts'
import type { KernelMemory } from './kernelMemory.ts'
import { SparseAlgebra } from './sparseAlgebra.ts'

/** Sums that are made in one call. */
const MOST_SUMS = 64

/**
 * Weighted sums of rows of a dense matrix: Σ weight · row. Terms are gathered with `term`, sums are ended with
 * `next`, and `flush` hands them out; so many sums share one call of the kernel.
 * Cost: terms × columns multiplications, about 0.1 ns each while the rows are in cache.
 */
export class RowSums {
  readonly matrix: DenseMatrix
  readonly #algebra: SparseAlgebra
  readonly #out: DenseMatrix
  readonly #start: { readonly at: number; readonly view: Int32Array }
  readonly #index: { readonly at: number; readonly view: Int32Array }
  readonly #weight: { readonly at: number; readonly view: Float32Array }
  readonly #most: number
  #sums = 0
  #terms = 0

  /** Bytes that `new RowSums` takes beside the matrix, for sums of at most `most` terms. */
  static bytes(columns: number, most: number): number {
    return matrixBytes(MOST_SUMS, columns) + 8 * termsFor(most) + 4 * (MOST_SUMS + 2)
  }

  /**
   * @param most terms of one sum at most
   * @throws MATH_OUT_OF_MEMORY, MATH_KERNEL_MISSING
   */
  constructor(memory: KernelMemory, matrix: DenseMatrix, most: number) {
    this.matrix = matrix
    this.#most = most
    this.#algebra = new SparseAlgebra(memory)
    this.#out = denseMatrix(memory, MOST_SUMS, matrix.columns)
    this.#start = memory.i32(MOST_SUMS + 1)
    this.#index = memory.i32(termsFor(most))
    this.#weight = memory.f32(termsFor(most))
  }

  /** Adds a term to the current sum. */
  term(row: number, weight: number): void {
    this.#index.view[this.#terms] = row
    this.#weight.view[this.#terms++] = weight
  }

  /** Ends the current sum. True: there is no room for another one before `flush`. */
  next(): boolean {
    this.#start.view[++this.#sums] = this.#terms
    return this.#sums === MOST_SUMS || this.#terms + this.#most > this.#index.view.length
  }

  /** Makes the sums since the last flush; `out` has a row of `columns` numbers for each. Returns how many. */
  flush(out: Float32Array): number {
    const { columns } = this.matrix
    const { view, stride } = this.#out
    const rows = this.#sums
    const sparse = { rows, columns: this.matrix.rows, start: this.#start.at, index: this.#index.at }
    this.#algebra.timesDense(this.#out, { ...sparse, value: this.#weight.at }, this.matrix)
    for (let r = 0; r < rows; r++) {
      out.set(view.subarray(r * stride, r * stride + columns), r * columns)
    }
    this.#sums = 0
    this.#terms = 0
    return rows
  }
}

/** Room for a longest sum, and for many usual ones. */
function termsFor(most: number): number {
  return most + 16_384
}
