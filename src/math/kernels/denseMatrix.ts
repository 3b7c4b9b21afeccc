import type { KernelMemory } from './kernelMemory.ts'

/** Single-precision numbers in a kernel memory, as a matrix: also a block, or the transpose, of another one. */
export interface MatrixView {
  /** Address of the first number. */
  readonly at: number
  readonly rows: number
  readonly columns: number
  /** Bytes from a row to the next, and from a column to the next. */
  readonly rowStep: number
  readonly columnStep: number
}

/** A matrix that holds its numbers row by row, row r from `view[r · stride]` on. */
export interface DenseMatrix extends MatrixView {
  readonly view: Float32Array
  /** Numbers from a row to the next: a multiple of 8; those beyond `columns` may hold anything. */
  readonly stride: number
}

/**
 * Numbers from row to row that suit the kernels: whole cache lines, and an odd number of them, so that rows
 * one below the other do not fall into the same cache sets.
 */
export function strideFor(columns: number): number {
  return (Math.ceil(columns / 16) | 1) * 16
}

/** Bytes of a matrix in a kernel memory. */
export function matrixBytes(rows: number, columns: number): number {
  return 4 * rows * strideFor(columns)
}

/**
 * A matrix of zeros.
 * @throws MATH_OUT_OF_MEMORY
 */
export function denseMatrix(memory: KernelMemory, rows: number, columns: number): DenseMatrix {
  const stride = strideFor(columns)
  const { at, view } = memory.f32(rows * stride)
  return { at, view, rows, columns, stride, rowStep: 4 * stride, columnStep: 4 }
}

/** Rows and columns side by side of a matrix, without a copy. */
export function blockOf(
  matrix: MatrixView,
  row: number,
  column: number,
  rows: number,
  columns: number,
): MatrixView {
  const { at, rowStep, columnStep } = matrix
  return { at: at + row * rowStep + column * columnStep, rows, columns, rowStep, columnStep }
}

/** Rows and columns change places, without a copy. */
export function transposeOf(matrix: MatrixView): MatrixView {
  const { at, rows, columns, rowStep, columnStep } = matrix
  return { at, rows: columns, columns: rows, rowStep: columnStep, columnStep: rowStep }
}
