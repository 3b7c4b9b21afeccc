/**
 * Keeps the k best of many scored ids without sorting the rest: a binary heap with the worst kept
 * entry at its root, so that most offers end after one comparison.
 * Order: higher score first, then the smaller id, so that equal scores always come out alike.
 * Reusable: `reset` keeps the memory. Cost: O(1) for a refused offer, O(log k) for a taken one.
 */
export class TopK {
  #ids = new Int32Array(64)
  #scores = new Float64Array(64)
  #size = 0
  #k = 0

  /** Forgets everything; from now on the best `k` offers are kept. */
  reset(k: number): void {
    this.#k = k
    this.#size = 0
    if (k > this.#ids.length) {
      this.#ids = new Int32Array(k)
      this.#scores = new Float64Array(k)
    }
  }

  get size(): number {
    return this.#size
  }

  /** A lower score has no chance any more; 0 while there is room. */
  get floor(): number {
    return this.#size < this.#k ? 0 : (this.#scores[0] ?? 0)
  }

  offer(id: number, score: number): void {
    const size = this.#size
    if (size < this.#k) {
      this.#size = size + 1
      this.#rise(size, id, score)
      return
    }
    const worst = this.#scores[0] ?? Number.POSITIVE_INFINITY
    if (score < worst || size === 0) return
    if (score === worst && id > (this.#ids[0] ?? 0)) return
    this.#sink(0, size, id, score)
  }

  /**
   * Ends the collection: ids and scores, best first, as views that the next `reset` makes invalid.
   * Cost: O(k log k).
   */
  ranked(): { readonly ids: Int32Array; readonly scores: Float64Array } {
    const ids = this.#ids
    const scores = this.#scores
    const size = this.#size
    for (let end = size - 1; end > 0; end--) {
      const id = ids[end] ?? 0
      const score = scores[end] ?? 0
      ids[end] = ids[0] ?? 0
      scores[end] = scores[0] ?? 0
      this.#sink(0, end, id, score)
    }
    this.#size = 0
    return { ids: ids.subarray(0, size), scores: scores.subarray(0, size) }
  }

  /** True when entry a = (id, score) is worse than the kept entry at place b. */
  #worse(id: number, score: number, b: number): boolean {
    const other = this.#scores[b] ?? 0
    return score < other || (score === other && id > (this.#ids[b] ?? 0))
  }

  #rise(start: number, id: number, score: number): void {
    const ids = this.#ids
    const scores = this.#scores
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#worse(id, score, parent)) break
      ids[at] = ids[parent] ?? 0
      scores[at] = scores[parent] ?? 0
      at = parent
    }
    ids[at] = id
    scores[at] = score
  }

  #sink(start: number, size: number, id: number, score: number): void {
    const ids = this.#ids
    const scores = this.#scores
    let at = start
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && this.#worse(ids[child + 1] ?? 0, scores[child + 1] ?? 0, child))
        child++
      if (this.#worse(id, score, child)) break
      ids[at] = ids[child] ?? 0
      scores[at] = scores[child] ?? 0
      at = child
    }
    ids[at] = id
    scores[at] = score
  }
}
