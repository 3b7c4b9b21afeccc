import type { CsrMatrix } from '../csrMatrix.ts'
import { transposed } from '../csrMatrix.ts'
import { mathErrors } from '../errors.ts'
import type { DenseMatrix, MatrixView } from './denseMatrix.ts'
import type { KernelMemory } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

/** A sparse matrix in kernel memory: addresses. A `value` of 0 says that all values are 1. */
export interface PlacedMatrix {
  readonly rows: number
  readonly columns: number
  readonly start: number
  readonly index: number
  readonly value: number
}

/** Bytes that `placeSparse` takes. */
export function sparseBytes(rows: number, entries: number, binary: boolean): number {
  return 4 * (rows + 1 + entries * (binary ? 1 : 2))
}

/**
 * Copies a sparse matrix into kernel memory; with `binary` all values count as 1.
 * @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY
 */
export function placeSparse(
  memory: KernelMemory,
  matrix: CsrMatrix,
  binary: boolean,
): PlacedMatrix {
  const { rows, columns, index, value } = matrix
  const start = memory.i32(rows + 1)
  start.view.set(matrix.start)
  const places = memory.i32(index.length)
  places.view.set(index)
  if (binary) return { rows, columns, start: start.at, index: places.at, value: 0 }
  if (!value.every(Number.isFinite)) throw mathErrors.MATH_NOT_FINITE('In a sparse matrix.')
  const values = memory.f32(value.length)
  values.view.set(value)
  return { rows, columns, start: start.at, index: places.at, value: values.at }
}

/** Products of sparse matrices in one kernel memory. */
export class SparseAlgebra {
  readonly #team: KernelTeam
  readonly #next: { readonly at: number; readonly view: Int32Array }

  /** @throws MATH_OUT_OF_MEMORY, MATH_KERNEL_MISSING */
  constructor(memory: KernelMemory, threads = 1) {
    this.#team = new KernelTeam('sparse', memory, threads)
    this.#next = memory.i32(1)
  }

  /**
   * The lower triangle of Rᵀ·diag(weight)·R, for a binary R and its transpose. `weight` is an address.
   * Cost: half of Σ n² additions for rows with n entries, about 1 ns each.
   */
  gram(out: MatrixView, r: PlacedMatrix, turned: PlacedMatrix, weight: number): void {
    const byItem = [turned.start, turned.index]
    this.#run('gram', r.columns, ...byItem, r.start, r.index, weight, out.at, out.rowStep)
  }

  /**
   * out = diag(scale) · S · X, a dense matrix. `scale` is the address of a number per row, or 0.
   * Cost: entries × columns multiplications, four at a time.
   */
  timesDense(out: MatrixView, s: PlacedMatrix, x: MatrixView, scale = 0): void {
    const sparse = [s.rows, s.start, s.index, s.value, scale]
    this.#run('timesDense', ...sparse, x.at, x.rowStep, x.columns, out.at, out.rowStep)
  }

  /** Ends the threads. The memory stays. */
  close(): Promise<void> {
    return this.#team.close()
  }

  #run(name: string, ...values: readonly number[]): void {
    this.#next.view[0] = 0
    this.#team.run(name, this.#next.at, ...values)
  }
}

/** Bytes of kernel memory that `gramInto` takes beside its result. */
export function gramBytes(matrix: CsrMatrix): number {
  const entries = matrix.index.length
  const sparse =
    sparseBytes(matrix.rows, entries, true) + sparseBytes(matrix.columns, entries, true)
  return sparse + 4 * matrix.rows + 4
}

/**
 * The lower triangle of Rᵀ·diag(weight)·R; all entries of R count as 1, columns rise within a row.
 * @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY
 */
export async function gramInto(
  memory: KernelMemory,
  out: DenseMatrix,
  matrix: CsrMatrix,
  weight: Float32Array,
  threads = 1,
): Promise<void> {
  if (!weight.every(Number.isFinite)) throw mathErrors.MATH_NOT_FINITE('In the weights of rows.')
  const algebra = new SparseAlgebra(memory, threads)
  const rows = placeSparse(memory, matrix, true)
  const turned = placeSparse(memory, transposed(matrix), true)
  const weights = memory.f32(weight.length)
  weights.view.set(weight)
  algebra.gram(out, rows, turned, weights.at)
  await algebra.close()
}
