const ROOM = 2048

/**
 * The newest items, in order of (time, number): two sorted arrays of at most 2,048 places.
 * Placing costs a comparison for old items and a move of at most 24 KB for new ones, so that a stream of a million
 * new items costs under a second; sorting all items at each question would cost 30 ms for 100,000.
 */
export class NewestBoard {
  readonly #times = new Float64Array(ROOM + 1)
  readonly #numbers = new Int32Array(ROOM + 1)
  #length = 0
  /** Are there items that are not on the board? */
  #overflow = false

  /** Places are missing that items off the board should fill: call `clear` and `place` all items again. */
  get isThin(): boolean {
    return this.#overflow && this.#length < ROOM / 2
  }

  /** Do items exist that are older than all on the board? */
  get overflow(): boolean {
    return this.#overflow
  }

  clear(): void {
    this.#length = 0
    this.#overflow = false
  }

  /** Adds an item that is not on the board. */
  place(n: number, time: number): void {
    const at = this.#search(n, time)
    if (this.#length === ROOM) this.#overflow = true
    // Below the oldest place there may be others off the board that are newer than this one.
    if (at === 0 && this.#overflow) return
    this.#times.copyWithin(at + 1, at, this.#length)
    this.#numbers.copyWithin(at + 1, at, this.#length)
    this.#times[at] = time
    this.#numbers[at] = n
    this.#length++
    if (this.#length > ROOM) this.#dropFirst()
  }

  /** Takes an item off, if it is there with this time. */
  remove(n: number, time: number): void {
    const at = this.#search(n, time)
    if (at >= this.#length || this.#numbers[at] !== n || this.#times[at] !== time) return
    this.#times.copyWithin(at, at + 1, this.#length)
    this.#numbers.copyWithin(at, at + 1, this.#length)
    this.#length--
  }

  /** Calls for each item from the newest to the oldest until told to stop (false). */
  walk(visit: (n: number, time: number) => boolean): void {
    for (let i = this.#length - 1; i >= 0; i--) {
      if (!visit(this.#numbers[i] ?? 0, this.#times[i] ?? 0)) return
    }
  }

  #dropFirst(): void {
    this.#times.copyWithin(0, 1, this.#length)
    this.#numbers.copyWithin(0, 1, this.#length)
    this.#length--
    this.#overflow = true
  }

  /** First place whose item is not older. */
  #search(n: number, time: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#times[middle] ?? 0
      if (other < time || (other === time && (this.#numbers[middle] ?? 0) < n)) low = middle + 1
      else high = middle
    }
    return low
  }
}
