import type { ItemAttributes } from '../recommend/recommender.ts'

/** Sets of attribute values as the packed form. */
export function attributesOf(values: number, sets: readonly (readonly number[])[]): ItemAttributes {
  const start = new Uint32Array(sets.length + 1)
  sets.forEach((set, i) => (start[i + 1] = (start[i] ?? 0) + set.length))
  return { values, start, index: Int32Array.from(sets.flat()) }
}

export function jaccard(a: readonly number[], b: readonly number[]): number {
  const shared = a.filter((value) => b.includes(value)).length
  return shared === 0 ? 0 : shared / (a.length + b.length - shared)
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, d) => sum + value * (y[d] ?? 0), 0)
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths === 0 ? 0 : dot(a, b) / lengths
}

/** To 0 .. 1, all 1 when equal. */
export function scaled(scores: readonly number[]): number[] {
  const least = Math.min(...scores)
  const range = Math.max(...scores) - least
  return scores.map((score) => (range === 0 ? 1 : (score - least) / range))
}

/** Determinant by the sum over permutations of rows (Leibniz), expanded by the first row. */
export function determinant(matrix: readonly (readonly number[])[]): number {
  const [first, ...rest] = matrix
  if (first === undefined) return 1
  return first.reduce((sum, entry, column) => {
    if (entry === 0) return sum
    const minor = rest.map((row) => row.filter((_, j) => j !== column))
    return sum + (column % 2 === 0 ? entry : -entry) * determinant(minor)
  }, 0)
}

/**
 * By how much the worst step of a list fell short of the best step that could have been taken, each step valued from
 * nothing; 0 for a greedy list.
 */
export function shortfall(
  list: readonly number[],
  count: number,
  valueOf: (before: readonly number[], next: number) => number,
): number {
  let worst = 0
  list.forEach((taken, place) => {
    const before = list.slice(0, place)
    const own = valueOf(before, taken)
    for (let k = 0; k < count; k++) {
      const other = before.includes(k) ? own : valueOf(before, k)
      if (other > own) worst = Math.max(worst, other - own)
    }
  })
  return worst
}

/** The greatest value of any list of n out of `count`. */
export function bestSubset(
  count: number,
  n: number,
  valueOf: (list: readonly number[]) => number,
): number {
  const grow = (list: readonly number[], from: number): number => {
    if (list.length === Math.min(n, count)) return valueOf(list)
    let most = Number.NEGATIVE_INFINITY
    for (let k = from; k < count; k++) most = Math.max(most, grow([...list, k], k + 1))
    return most
  }
  return grow([], 0)
}
