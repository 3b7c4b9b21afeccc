import type { CsrMatrix } from '../csrMatrix.ts'

/** A matrix of rows of numbers, in double precision. */
export type Rows = number[][]

export interface PlainObjective {
  readonly unobserved: number
  readonly shift: number
  readonly steps: number
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0)
}

/** Solves a x = b for a symmetric positive definite a, by Gauss. */
function solved(a: Rows, b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i] ?? 0])
  rows.forEach((pivot, k) => {
    for (const row of rows.slice(k + 1)) {
      const scale = (row[k] ?? 0) / (pivot[k] ?? 1)
      pivot.forEach((value, j) => (row[j] = (row[j] ?? 0) - scale * value))
    }
  })
  const x = b.map(() => 0)
  for (let k = x.length - 1; k >= 0; k--) {
    const row = rows[k] ?? []
    x[k] = ((row[x.length] ?? 0) - dot(row.slice(0, x.length), x)) / (row[k] ?? 1)
  }
  return x
}

/** `steps` steps of conjugate gradients for a x = b from x. */
function descended(a: Rows, b: readonly number[], x: readonly number[], steps: number): number[] {
  let at = [...x]
  let residual = b.map((value, k) => value - dot(a[k] ?? [], x))
  let direction = residual
  for (let step = 0; step < steps; step++) {
    const square = dot(residual, residual)
    if (square < 1e-20) break
    const product = a.map((row) => dot(row, direction))
    const length = square / dot(direction, product)
    at = at.map((value, k) => value + length * (direction[k] ?? 0))
    residual = residual.map((value, k) => value - length * (product[k] ?? 0))
    const ratio = dot(residual, residual) / square
    direction = residual.map((value, k) => value + ratio * (direction[k] ?? 0))
  }
  return at
}

/** One half of ALS, slow and plain: the oracle of the kernel. Row u of the result is the new row u of `target`. */
export function plainHalf(
  matrix: CsrMatrix,
  source: Rows,
  target: Rows,
  penalty: ArrayLike<number>,
  { unobserved, shift, steps }: PlainObjective,
): Rows {
  const d = source[0]?.length ?? 0
  const pairs = Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_unused, j) => [i, j]),
  )
  return target.map((x, u) => {
    const entries = Array.from(
      matrix.index.subarray(matrix.start[u], matrix.start[u + 1]),
      (i, k) => ({
        y: source[i] ?? [],
        weight: matrix.value[(matrix.start[u] ?? 0) + k] ?? 1,
      }),
    )
    if (entries.length === 0) return x.map(() => 0)
    const sumOver = (i: number, j: number) =>
      unobserved * source.reduce((sum, y) => sum + (y[i] ?? 0) * (y[j] ?? 0), 0) +
      entries.reduce((sum, { y, weight }) => sum + (weight - shift) * (y[i] ?? 0) * (y[j] ?? 0), 0)
    const a = pairs.map((row, i) =>
      row.map((_, j) => sumOver(i, j) + (i === j ? (penalty[u] ?? 0) : 0)),
    )
    const b = x.map((_, k) => entries.reduce((sum, { y, weight }) => sum + weight * (y[k] ?? 0), 0))
    return steps === 0 ? solved(a, b) : descended(a, b, x, steps)
  })
}
