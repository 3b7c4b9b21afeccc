import { PACKED, paddedFactors, refuseNotFinite, SLICES } from './als.ts'
import { KernelMemory, type Region } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

/** Scores that are held at once. */
const SCORES = 1 << 21
const MOST_PEOPLE = 64
const ENTRIES = 1 << 14

/** Item factors that people are folded into. */
export interface FoldInShape {
  readonly items: number
  readonly factors: number
  /** items × factors */
  readonly itemFactors: Float32Array
  /** Weight of every pair, observed or not. */
  readonly unobserved: number
  /** The penalty of a person with so many items. */
  readonly penaltyOf: (entries: number) => number
}

/** Items of people, each item of a person once; all known. */
export interface FoldInRows {
  readonly start: Uint32Array
  readonly index: Int32Array
  readonly value: Float32Array
}

/**
 * Factors of people from their items, with the items' factors held fixed: one exact step of ALS (Hu, Koren,
 * Volinsky 2008), and the scores that follow. A person without items has factors and scores 0.
 * Cost of one person: entries · factors² / 2 + factors³ / 6 + items · factors multiplications.
 */
export class FoldIn {
  readonly items: number
  readonly #stride: number
  readonly #shape: FoldInShape
  readonly #team: KernelTeam
  readonly #control: Region<Int32Array>
  readonly #itemFactors: Region<Float32Array>
  readonly #gram: Region<Float32Array>
  readonly #start: Region<Int32Array>
  readonly #index: Region<Int32Array>
  readonly #value: Region<Float32Array>
  readonly #penalty: Region<Float32Array>
  readonly #people: Region<Float32Array>
  readonly #scores: Region<Float32Array>
  readonly #scratch: Region<Float32Array>
  /** Numbers from one person's scores to the next. */
  readonly #row: number
  readonly #most: number

  /** @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY, MATH_KERNEL_MISSING */
  constructor(shape: FoldInShape) {
    refuseNotFinite(shape.itemFactors, 'A factor of an item')
    const { items, factors } = shape
    const d = paddedFactors(factors)
    this.items = items
    this.#shape = shape
    this.#stride = d
    this.#row = Math.ceil(items / 8) * 8
    this.#most = Math.max(1, Math.min(MOST_PEOPLE, Math.floor(SCORES / Math.max(1, items))))
    const entries = Math.max(ENTRIES, items)
    const scratch = Math.max(d * d + 2 * PACKED * d, SLICES * d * d)
    const memory = new KernelMemory(
      4 * ((items + this.#most + 1) * d + 2 * d * d + 2 * entries + this.#most * (this.#row + 2)) +
        4 * (PACKED * d + scratch + 32),
    )
    this.#control = memory.i32(16)
    this.#itemFactors = memory.f32(items * d)
    this.#gram = memory.f32(2 * d * d)
    this.#start = memory.i32(this.#most + 1)
    this.#index = memory.i32(entries)
    this.#value = memory.f32(entries)
    this.#penalty = memory.f32(this.#most)
    this.#people = memory.f32(this.#most * d)
    this.#scores = memory.f32(this.#most * this.#row)
    this.#scratch = memory.f32(scratch)
    const panels = memory.f32(PACKED * d)
    this.#team = new KernelTeam('als', memory)
    for (let i = 0; i < items; i++) {
      const row = shape.itemFactors.subarray(i * factors, (i + 1) * factors)
      this.#itemFactors.view.set(row, i * d)
    }
    this.#run('gramSlices', this.#itemFactors.at, items, d, SLICES, this.#scratch.at, panels.at, 0)
    const { at } = this.#gram
    this.#run('sumSlices', this.#scratch.at, SLICES, d, shape.unobserved, at, at + 4 * d * d)
  }

  /** Row p of `scores` (people × items) becomes the scores of person p. */
  scores(rows: FoldInRows, scores: Float32Array): void {
    const people = rows.start.length - 1
    for (let from = 0; from < people;) {
      const count = this.#place(rows, from)
      this.#solve(count, false)
      this.#run(
        'productsOf',
        this.#itemFactors.at,
        this.items,
        this.#stride,
        this.#people.at,
        count,
        this.#scores.at,
        this.#row,
        this.#scratch.at,
        0,
      )
      for (let p = 0; p < count; p++) {
        const row = this.#scores.view.subarray(p * this.#row, p * this.#row + this.items)
        scores.set(row, (from + p) * this.items)
      }
      from += count
    }
  }

  /** The scores of some items for the only row; the cost falls with their number, but for the fold-in itself. */
  scoresOf(row: FoldInRows, items: Int32Array, scores: Float32Array): void {
    const d = this.#stride
    const factors = this.#itemFactors.view
    const person = this.#people.view
    this.#place(row, 0)
    this.#solve(1, false)
    for (let n = 0; n < items.length; n++) {
      const at = (items[n] as number) * d
      let sum = 0
      for (let k = 0; k < d; k++) sum += (factors[at + k] as number) * (person[k] as number)
      scores[n] = sum
    }
  }

  /**
   * How much each entry of the only row contributes to the score of an item: the score is
   * Σ value · y_entry · A⁻¹ y_item (Hu et al. 2008, section 5), so A is solved once for y_item.
   */
  contributions(row: FoldInRows, item: number): Float32Array {
    const d = this.#stride
    const factors = this.#itemFactors.view
    this.#place(row, 0)
    this.#people.view.set(factors.subarray(item * d, (item + 1) * d))
    this.#solve(1, true)
    return row.value.map((value, e) => {
      const at = (row.index[e] as number) * d
      let sum = 0
      for (let k = 0; k < d; k++) {
        sum += (factors[at + k] as number) * (this.#people.view[k] as number)
      }
      return value * sum
    })
  }

  /** Copies as many people from `from` on as fit, at least one; returns their number. */
  #place({ start, index, value }: FoldInRows, from: number): number {
    const first = start[from] as number
    const room = this.#index.view.length
    let count = 0
    while (
      count < this.#most &&
      from + count + 1 < start.length &&
      (start[from + count + 1] as number) - first <= room
    ) {
      const entries = (start[from + count + 1] as number) - (start[from + count] as number)
      this.#penalty.view[count] = this.#shape.penaltyOf(entries)
      count++
      this.#start.view[count] = (start[from + count] as number) - first
    }
    const end = start[from + count] as number
    this.#index.view.set(index.subarray(first, end))
    this.#value.view.set(value.subarray(first, end))
    return count
  }

  #solve(count: number, given: boolean): void {
    this.#run(
      'solveRowsExactly',
      count,
      this.#start.at,
      this.#index.at,
      this.#value.at,
      this.#itemFactors.at,
      this.#people.at,
      this.#stride,
      this.#gram.at,
      this.#penalty.at,
      0,
      given ? 1 : 0,
      this.#scratch.at,
      0,
    )
  }

  #run(name: string, ...values: readonly number[]): void {
    this.#control.view.fill(0)
    this.#team.run(name, this.#control.at, ...values)
  }
}
