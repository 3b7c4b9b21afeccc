/** A set of small whole numbers that is filled and emptied often: a byte per number, and the list of members. */
export class ItemSet {
  #marks = new Uint8Array(1_024)
  #members: number[] = []

  add(n: number): void {
    if (n >= this.#marks.length) this.#grow(n)
    if (this.#marks[n] === 1) return
    this.#marks[n] = 1
    this.#members.push(n)
  }

  has(n: number): boolean {
    return this.#marks[n] === 1
  }

  /** Cost: in proportion to the members. */
  clear(): void {
    for (const n of this.#members) this.#marks[n] = 0
    this.#members.length = 0
  }

  #grow(n: number): void {
    const marks = new Uint8Array(n + 1 + (n >> 1))
    marks.set(this.#marks)
    this.#marks = marks
  }
}
