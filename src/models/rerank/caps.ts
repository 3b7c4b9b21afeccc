import type { ItemAttributes } from '../recommend/recommender.ts'
import { CandidateValues } from './candidateValues.ts'

/** At most so many items with the same attribute value. Items without a value are not capped. */
export interface Cap {
  readonly attributes: ItemAttributes
  /** At least 1. */
  readonly most: number
  /** Counted among so many places in a row; absent: in the whole list. */
  readonly window?: number
}

/** Counts what a cap counts while a list grows. Cost: the values of the items that come up. */
export class CapCounter {
  readonly #values = new CandidateValues()
  #counts = new Int32Array(0)
  /** Candidates on the list, in its order; the first `#left` have left the window. */
  readonly #list: number[] = []
  #left = 0
  #most = 0
  #window = Number.POSITIVE_INFINITY

  begin({ attributes, most, window }: Cap, rows: Int32Array): void {
    this.#forget()
    this.#values.read(attributes, rows)
    if (this.#counts.length < attributes.values) this.#counts = new Int32Array(attributes.values)
    this.#most = most
    this.#window = window ?? Number.POSITIVE_INFINITY
  }

  allows(k: number): boolean {
    const { start, index } = this.#values
    const to = start[k + 1] as number
    for (let e = start[k] as number; e < to; e++) {
      if ((this.#counts[index[e] as number] as number) >= this.#most) return false
    }
    return true
  }

  take(k: number): void {
    this.#count(k, 1)
    this.#list.push(k)
    // The next place sees itself and the window - 1 places before it.
    if (this.#list.length - this.#left >= this.#window) {
      this.#count(this.#list[this.#left++] as number, -1)
    }
  }

  #forget(): void {
    for (; this.#left < this.#list.length; this.#left++) {
      this.#count(this.#list[this.#left] as number, -1)
    }
    this.#list.length = 0
    this.#left = 0
  }

  #count(k: number, by: 1 | -1): void {
    const { start, index } = this.#values
    const to = start[k + 1] as number
    for (let e = start[k] as number; e < to; e++) {
      const v = index[e] as number
      this.#counts[v] = (this.#counts[v] as number) + by
    }
  }
}
