const ROOM = 4_096

/**
 * Room for the lists of items and scores of one decision, one after the other. Arrays of their own for each list cost about
 * two microseconds: typed arrays of that size lie outside the heap.
 */
export class ListRoom {
  #ids = new Int32Array(ROOM)
  #scores = new Float64Array(ROOM)
  #from = 0
  /** Items of the list that was begun. */
  count = 0

  /** The lists that were given out may be written over from now on. */
  clear(): void {
    this.#from = 0
    this.count = 0
  }

  /** Begins a list of at most so many items. */
  begin(most: number): void {
    this.count = 0
    if (this.#from + most <= this.#ids.length) return
    this.#from = 0
    this.#ids = new Int32Array(Math.max(ROOM, most))
    this.#scores = new Float64Array(Math.max(ROOM, most))
  }

  add(item: number, score: number): void {
    const at = this.#from + this.count++
    this.#ids[at] = item
    this.#scores[at] = score
  }

  /** The list that was begun; it holds until the next `clear`. */
  end(): { readonly ids: Int32Array; readonly scores: Float64Array } {
    const from = this.#from
    const to = from + this.count
    this.#from = to
    return { ids: this.#ids.subarray(from, to), scores: this.#scores.subarray(from, to) }
  }
}
