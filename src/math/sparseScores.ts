/** Stands for a sum that came out as exactly zero, so that the id still counts as touched. */
const NEARLY_ZERO = 1e-30

/**
 * Sums of scores over few of many ids: a dense array, and the list of the ids that were touched, so
 * that clearing costs only what was used. Single precision, and no array of marks beside it: adding
 * touches one random cache line, which is what it costs. The arrays grow to the largest id.
 */
export class SparseScores {
  /** Sum by id; 0 for ids that were not touched. */
  scores = new Float32Array(0)
  /** The first `count` entries are the touched ids, in the order in which they appeared. */
  touched = new Int32Array(0)
  count = 0

  /** Makes room for the ids 0 .. ids-1. Call before `add`. */
  reserve(ids: number): void {
    if (ids <= this.scores.length) return
    const length = Math.max(1_024, ids + (ids >> 1))
    const scores = new Float32Array(length)
    scores.set(this.scores)
    const touched = new Int32Array(length)
    touched.set(this.touched)
    this.scores = scores
    this.touched = touched
  }

  /** Adds to the sum of an id below the reserved number of ids; not zero. */
  add(id: number, score: number): void {
    const before = this.scores[id] as number
    if (before === 0) this.touched[this.count++] = id
    this.scores[id] = sumOf(before, score)
  }

  get(id: number): number {
    return this.scores[id] ?? 0
  }

  clear(): void {
    for (let k = 0; k < this.count; k++) this.scores[this.touched[k] as number] = 0
    this.count = 0
  }
}

/** The sum as it is stored: never zero. */
export function sumOf(before: number, score: number): number {
  const sum = before + score
  return sum > NEARLY_ZERO || sum < -NEARLY_ZERO ? sum : NEARLY_ZERO
}
