import { type Section, type SectionReader, sectionsOf } from './savedState.ts'

/** Beyond this many half-lives after the landmark the counts are scaled down (a double holds 1023). */
const FAR = 512

/**
 * Exponentially decayed counts per item by forward decay (Cormode, Shkapenyuk, Srivastava, Xu:
 * "Forward Decay", ICDE 2009): an observation at time t adds w · 2^((t − L) / halfLife) for a fixed
 * landmark L, and a reading at time T divides by 2^((T − L) / halfLife). Observations may arrive in
 * any order, nothing has to be aged, and the ranking does not depend on the time of reading.
 *
 * Since a count only grows, the ranking of the first `top` items is kept exactly: only an item that
 * was just counted can move, and only upwards. Times are milliseconds.
 * Cost: `add` about 50 ns plus the places that the item climbs.
 */
export class DecayedCounts {
  readonly #halfLife: number
  #counts = new Float64Array(0)
  /** 1-based place of an item in `#ranked`; 0 = not there. */
  #places = new Int32Array(0)
  #ranked: Int32Array
  #rankedCount = 0
  #landmark = Number.NaN
  #latest = Number.NEGATIVE_INFINITY

  constructor(options: { readonly halfLife: number; readonly top: number }) {
    this.#halfLife = options.halfLife
    this.#ranked = new Int32Array(options.top)
  }

  /** Newest time observed so far; -Infinity before the first. */
  get latest(): number {
    return this.#latest
  }

  /** Items 0 .. items-1 have a count (maybe 0). */
  get items(): number {
    return this.#counts.length
  }

  add(item: number, time: number, weight: number): void {
    if (item >= this.#counts.length) this.#grow(item + 1)
    if (Number.isNaN(this.#landmark)) this.#landmark = time
    if (time > this.#latest) this.#latest = time
    let age = (time - this.#landmark) / this.#halfLife
    if (age > FAR) {
      this.#moveLandmark(Math.floor(age))
      age = (time - this.#landmark) / this.#halfLife
    }
    this.#counts[item] = (this.#counts[item] ?? 0) + weight * 2 ** age
    this.#climb(item)
  }

  /** Decayed count of an item as of `time`. */
  at(item: number, time: number): number {
    return this.raw(item) * this.factor(time)
  }

  /** Count without the common factor of the time of reading: enough for comparing items. */
  raw(item: number): number {
    return this.#counts[item] ?? 0
  }

  /** What turns a raw count into the decayed count as of `time`. */
  factor(time: number): number {
    return Number.isNaN(this.#landmark) ? 0 : 2 ** ((this.#landmark - time) / this.#halfLife)
  }

  /** The best items, best first; equal counts by item number. A view that the next `add` may change. */
  ranked(): Int32Array {
    return this.#ranked.subarray(0, this.#rankedCount)
  }

  save(): Section[] {
    const numbers = Float64Array.of(this.#landmark, this.#latest, this.#rankedCount)
    return sectionsOf(numbers, this.#counts, this.#places, this.#ranked)
  }

  load(reader: SectionReader): void {
    const [landmark = Number.NaN, latest = Number.NaN, rankedCount = 0] = reader.float64()
    this.#landmark = landmark
    this.#latest = latest
    this.#rankedCount = rankedCount
    this.#counts = reader.float64()
    this.#places = reader.int32()
    this.#ranked = reader.int32()
  }

  #grow(items: number): void {
    const length = Math.max(1_024, items + (items >> 1))
    const counts = new Float64Array(length)
    counts.set(this.#counts)
    const places = new Int32Array(length)
    places.set(this.#places)
    this.#counts = counts
    this.#places = places
  }

  /** Multiplies by a power of two, which is exact unless a count falls below the smallest double. */
  #moveLandmark(halfLives: number): void {
    const scale = 2 ** -halfLives
    for (let i = 0; i < this.#counts.length; i++) this.#counts[i] = (this.#counts[i] ?? 0) * scale
    this.#landmark += halfLives * this.#halfLife
  }

  #climb(item: number): void {
    const ranked = this.#ranked
    let place = (this.#places[item] ?? 0) - 1
    if (place < 0) {
      place = this.#rankedCount
      if (place === ranked.length) {
        const last = ranked[--place] ?? 0
        if (!this.#better(item, last)) return
        this.#places[last] = 0
      } else {
        this.#rankedCount = place + 1
      }
    }
    for (; place > 0; place--) {
      const above = ranked[place - 1] ?? 0
      if (!this.#better(item, above)) break
      ranked[place] = above
      this.#places[above] = place + 1
    }
    ranked[place] = item
    this.#places[item] = place + 1
  }

  #better(a: number, b: number): boolean {
    const countA = this.#counts[a] ?? 0
    const countB = this.#counts[b] ?? 0
    return countA > countB || (countA === countB && a < b)
  }
}
