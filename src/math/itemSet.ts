/** A set of small whole numbers that is filled and emptied often: a byte per number, and the list of members. */
export class ItemSet {
  #marks = new Uint8Array(1_024)
  #members = new Int32Array(256)
  #count = 0

  add(n: number): void {
    if (n >= this.#marks.length) this.#grow(n)
    if (this.#marks[n] === 1) return
    this.#marks[n] = 1
    if (this.#count === this.#members.length) this.#growMembers()
    this.#members[this.#count++] = n
  }

  has(n: number): boolean {
    return this.#marks[n] === 1
  }

  /** Cost: in proportion to the members. */
  clear(): void {
    for (let k = 0; k < this.#count; k++) this.#marks[this.#members[k] as number] = 0
    this.#count = 0
  }

  #growMembers(): void {
    const members = new Int32Array(2 * this.#count)
    members.set(this.#members)
    this.#members = members
  }

  #grow(n: number): void {
    const marks = new Uint8Array(n + 1 + (n >> 1))
    marks.set(this.#marks)
    this.#marks = marks
  }
}
