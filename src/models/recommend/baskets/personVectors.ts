import { type CsrMatrix, transposed } from '../../../math/index.ts'

/**
 * People as sparse vectors over items, with each item's people, to find those who are like an asked person.
 * `dots` visits the people of the items of the asked one: some tens of thousands of additions.
 */
export class PersonVectors {
  readonly rows: CsrMatrix
  readonly #byItem: CsrMatrix
  /** Product of each person's vector with the asked one, until the next call. */
  readonly dots: Float32Array

  constructor(rows: CsrMatrix) {
    this.rows = rows
    this.#byItem = transposed(rows)
    this.dots = new Float32Array(rows.rows)
  }

  get people(): number {
    return this.rows.rows
  }

  /** Sets `dots` for a vector of few items. */
  multiply(items: readonly number[], values: Float32Array): void {
    const { start, index, value } = this.#byItem
    const { dots } = this
    dots.fill(0)
    for (const i of items) {
      const by = values[i] as number
      const to = start[i + 1] as number
      for (let e = start[i] as number; e < to; e++) {
        const p = index[e] as number
        dots[p] = (dots[p] as number) + by * (value[e] as number)
      }
    }
  }
}

/** The sum of the squares of each row. */
export function squaredLengths({ rows, start, value }: CsrMatrix): Float32Array {
  return Float32Array.from({ length: rows }, (_, r) => {
    let sum = 0
    for (let e = start[r] as number; e < (start[r + 1] as number); e++)
      sum += (value[e] as number) ** 2
    return sum
  })
}
