import type { ItemAttributes } from '../recommend/recommender.ts'

/**
 * Attribute values of the candidates, packed, rising and each once: the lists of the catalogue are read once, so that the greedy
 * steps work on one short array. Reused between decisions.
 */
export class CandidateValues {
  start = new Uint32Array(1)
  index = new Int32Array(0)

  /** Rows outside the attributes have no values. */
  read({ start, index }: ItemAttributes, rows: Int32Array): void {
    const known = start.length - 1
    if (this.start.length <= rows.length) this.start = new Uint32Array(rows.length + 1)
    let at = 0
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number
      if (row >= 0 && row < known) {
        const to = start[row + 1] as number
        const from = start[row] as number
        if (at + to - from > this.index.length) this.#grow(at + to - from)
        at = this.#copy(index, from, to, at)
      }
      this.start[k + 1] = at
    }
  }

  /** Values that two candidates share. Cost: both lists. */
  shared(a: number, b: number): number {
    const { start, index } = this
    const endA = start[a + 1] as number
    const endB = start[b + 1] as number
    let atA = start[a] as number
    let atB = start[b] as number
    let shared = 0
    while (atA < endA && atB < endB) {
      const difference = (index[atA] as number) - (index[atB] as number)
      if (difference === 0) shared++
      if (difference <= 0) atA++
      if (difference >= 0) atB++
    }
    return shared
  }

  size(k: number): number {
    return (this.start[k + 1] as number) - (this.start[k] as number)
  }

  /** @returns the place after the copy */
  #copy(from: Int32Array, first: number, end: number, at: number): number {
    const { index } = this
    let rising = true
    let to = at
    for (let e = first; e < end; e++) {
      const value = from[e] as number
      if (e > first && value <= (index[to - 1] as number)) rising = false
      index[to++] = value
    }
    return rising ? to : this.#sort(at, to)
  }

  /** Puts a list in order, each value once. */
  #sort(at: number, end: number): number {
    const list = this.index.subarray(at, end).sort()
    let kept = 1
    for (let e = 1; e < list.length; e++) {
      if (list[e] !== list[e - 1]) list[kept++] = list[e] as number
    }
    return at + kept
  }

  #grow(size: number): void {
    const index = new Int32Array(2 * size)
    index.set(this.index)
    this.index = index
  }
}
