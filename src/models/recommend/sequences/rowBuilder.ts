import type { CsrMatrix } from '../../../math/index.ts'

/**
 * Builds a sparse matrix row after row: entries are added in any order and as often as they come, into one
 * dense row of sums that is cleared at the cost of what was touched.
 */
export class RowBuilder {
  readonly #rows: number
  readonly #columns: number
  readonly #keep: number
  readonly #sums: Float64Array
  readonly #touched: Int32Array
  readonly #start: Uint32Array
  #count = 0
  #row = 0
  #size = 0
  #index = new Int32Array(1_024)
  #value = new Float32Array(1_024)

  /** Of each row the `keep` largest entries stay; 0: all. */
  constructor(rows: number, columns: number, keep: number) {
    this.#rows = rows
    this.#columns = columns
    this.#keep = keep
    this.#sums = new Float64Array(columns)
    this.#touched = new Int32Array(columns)
    this.#start = new Uint32Array(rows + 1)
  }

  /** Adds a value above 0 to an entry of the current row. */
  add(column: number, value: number): void {
    const before = this.#sums[column] as number
    if (before === 0) this.#touched[this.#count++] = column
    this.#sums[column] = before + value
  }

  /** Closes the current row, its entries times `factor`, and begins the next one. */
  endRow(factor: number): void {
    const count = this.#keepLargest()
    const columns = this.#touched.subarray(0, count).sort()
    this.#reserve(this.#size + count)
    for (let k = 0; k < count; k++) {
      const column = columns[k] as number
      this.#index[this.#size] = column
      this.#value[this.#size++] = (this.#sums[column] as number) * factor
      this.#sums[column] = 0
    }
    this.#count = 0
    this.#start[++this.#row] = this.#size
  }

  /** The matrix of all closed rows. */
  matrix(): CsrMatrix {
    return {
      rows: this.#rows,
      columns: this.#columns,
      start: this.#start,
      index: this.#index.slice(0, this.#size),
      value: this.#value.slice(0, this.#size),
    }
  }

  /** Moves the entries that stay to the front of the touched ones and clears the others. */
  #keepLargest(): number {
    const count = this.#count
    const keep = this.#keep
    if (keep === 0 || count <= keep) return count
    const sums = this.#sums
    const touched = this.#touched
    const ranked = Float64Array.from(touched.subarray(0, count), (c) => sums[c] as number).sort()
    const least = ranked[count - keep] as number
    // Entries equal to the least kept one fill the places that the larger ones leave.
    let equal = keep
    for (let k = count - 1; k >= 0 && (ranked[k] as number) > least; k--) equal--
    let kept = 0
    for (let k = 0; k < count; k++) {
      const column = touched[k] as number
      const sum = sums[column] as number
      if (sum > least || (sum === least && equal-- > 0)) touched[kept++] = column
      else sums[column] = 0
    }
    return kept
  }

  #reserve(size: number): void {
    if (size <= this.#index.length) return
    const length = Math.max(size, 2 * this.#index.length)
    const index = new Int32Array(length)
    index.set(this.#index)
    const value = new Float32Array(length)
    value.set(this.#value)
    this.#index = index
    this.#value = value
  }
}
