/**
 * A sparse matrix by rows (compressed sparse rows). Row r holds the entries start[r] .. start[r+1]-1 of
 * `index` (columns, rising, no column twice) and `value`.
 */
export interface CsrMatrix {
  readonly rows: number
  readonly columns: number
  /** Length rows + 1, rising from 0. */
  readonly start: Uint32Array
  readonly index: Int32Array
  readonly value: Float32Array
}

/** The same matrix by columns: rows and columns change places. Cost: linear in entries, rows and columns. */
export function transposed(matrix: CsrMatrix): CsrMatrix {
  const { rows, columns } = matrix
  const entries = matrix.start[rows] ?? 0
  const start = new Uint32Array(columns + 1)
  for (let e = 0; e < entries; e++) {
    const at = (matrix.index[e] as number) + 1
    start[at] = (start[at] as number) + 1
  }
  for (let c = 0; c < columns; c++) start[c + 1] = (start[c + 1] as number) + (start[c] as number)
  const next = start.slice(0, columns)
  const index = new Int32Array(entries)
  const value = new Float32Array(entries)
  for (let r = 0; r < rows; r++) {
    const to = matrix.start[r + 1] as number
    for (let e = matrix.start[r] as number; e < to; e++) {
      const c = matrix.index[e] as number
      const place = next[c] as number
      next[c] = place + 1
      index[place] = r
      value[place] = matrix.value[e] as number
    }
  }
  return { rows: columns, columns: rows, start, index, value }
}
