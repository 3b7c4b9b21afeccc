/**
 * Sums of scores over few of many ids: a dense array, and the list of the ids that were touched, so
 * that clearing costs only what was used. Ids are 0 .. 2^31-1; the arrays grow to the largest one.
 */
export class SparseScores {
  /** Sum by id; meaningful for touched ids only (0 elsewhere). */
  scores = new Float64Array(0)
  /** 1 for touched ids. */
  marks = new Uint8Array(0)
  /** The first `count` entries are the touched ids, in the order in which they appeared. */
  touched = new Int32Array(0)
  count = 0

  /** Makes room for the ids 0 .. ids-1. Call before `add`. */
  reserve(ids: number): void {
    if (ids <= this.scores.length) return
    const length = Math.max(1_024, ids + (ids >> 1))
    const scores = new Float64Array(length)
    scores.set(this.scores)
    const marks = new Uint8Array(length)
    marks.set(this.marks)
    const touched = new Int32Array(length)
    touched.set(this.touched)
    this.scores = scores
    this.marks = marks
    this.touched = touched
  }

  /** Adds to the sum of an id below the reserved number of ids. */
  add(id: number, score: number): void {
    if (this.marks[id] === 0) {
      this.marks[id] = 1
      this.touched[this.count++] = id
      this.scores[id] = score
    } else {
      this.scores[id] = (this.scores[id] ?? 0) + score
    }
  }

  has(id: number): boolean {
    return this.marks[id] === 1
  }

  get(id: number): number {
    return this.scores[id] ?? 0
  }

  clear(): void {
    for (let k = 0; k < this.count; k++) {
      const id = this.touched[k] ?? 0
      this.scores[id] = 0
      this.marks[id] = 0
    }
    this.count = 0
  }
}
