import type { CsrMatrix } from '../../../math/index.ts'
import { modelErrors } from '../../errors.ts'
import { type Section, type SectionReader, sectionsOf } from '../savedState.ts'

/** Adds a row, times `weight`, to dense sums. */
export function addRow(
  matrix: CsrMatrix,
  row: number,
  weight: number,
  sums: Float32Array | Float64Array,
): void {
  const { start, index, value } = matrix
  const to = start[row + 1] as number
  for (let e = start[row] as number; e < to; e++) {
    const column = index[e] as number
    sums[column] = (sums[column] as number) + weight * (value[e] as number)
  }
}

/** One entry; 0 when it is not there. Cost: a binary search in the row. */
export function entryOf({ start, index, value }: CsrMatrix, row: number, column: number): number {
  const end = start[row + 1] as number
  let low = start[row] as number
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((index[middle] as number) < column) low = middle + 1
    else high = middle
  }
  return low < end && index[low] === column ? (value[low] as number) : 0
}

/** How many sections a matrix has. */
export const MATRIX_SECTIONS = 4

/** A sparse matrix as sections of a saved state. */
export function matrixSections(matrix: CsrMatrix): readonly Section[] {
  return sectionsOf(Uint32Array.of(matrix.columns), matrix.start, matrix.index, matrix.value)
}

/** @throws MODELS_CORRUPT_STATE when the parts do not fit together */
export function readMatrix(reader: SectionReader): CsrMatrix {
  const columns = reader.int32()[0] ?? 0
  const start = Uint32Array.from(reader.int32())
  const index = reader.int32()
  const value = reader.float32()
  const rows = start.length - 1
  if (rows < 0 || start[rows] !== index.length || index.length !== value.length) {
    throw modelErrors.MODELS_CORRUPT_STATE('a sparse matrix whose rows do not fit its entries')
  }
  return { rows, columns, start, index, value }
}
