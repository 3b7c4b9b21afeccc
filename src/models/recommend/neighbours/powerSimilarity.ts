import { type CsrMatrix, nearestItems } from '../../../math/index.ts'
import type { FitContext } from '../recommender.ts'

/** W_ij = (Σ_u r_ui r_uj d_u^−personPower)^power · d_i^−rowPower · d_j^−columnPower, d = sums of rows and columns. */
export interface PowerOptions {
  readonly personPower: number
  /** Above 0. */
  readonly power: number
  readonly rowPower: number
  readonly columnPower: number
  /** Entries kept per row: the largest. */
  readonly keep: number
}

/**
 * The item × item matrix of the generalised similarity, its diagonal left out.
 *
 * Cosine (personPower 0, power 1, others ½), RP3beta and the normalised filters of graph models are all of
 * this form. The power is taken of the kept entries only: within a row, S^p · c orders as S · c^(1/p).
 */
export async function powerSimilarity(
  matrix: CsrMatrix,
  options: PowerOptions,
  context: FitContext,
): Promise<CsrMatrix> {
  const { personPower, power, rowPower, columnPower, keep } = options
  const { people, items } = sumsOf(matrix)
  const lists = await nearestItems(matrix, {
    form: 'scaled',
    personWeight: powersOf(people, -personPower),
    x: powersOf(items, -columnPower / power),
    keep,
    ranked: false,
    threads: context.threads,
    ...(context.progress && { progress: context.progress }),
  })
  const { start, index, score: value } = lists
  for (let i = 0; i < matrix.columns; i++) {
    const factor = (items[i] as number) ** -rowPower
    const to = start[i + 1] as number
    for (let e = start[i] as number; e < to; e++) {
      const score = value[e] as number
      value[e] = (power === 1 ? score : score ** power) * factor
    }
  }
  return { rows: matrix.columns, columns: matrix.columns, start, index, value }
}

/** Sums of the rows (people) and of the columns (items). */
export function sumsOf(matrix: CsrMatrix): { people: Float64Array; items: Float64Array } {
  const { rows, columns, start, index, value } = matrix
  const people = new Float64Array(rows)
  const items = new Float64Array(columns)
  for (let u = 0; u < rows; u++) {
    const to = start[u + 1] as number
    for (let e = start[u] as number; e < to; e++) {
      const i = index[e] as number
      people[u] = (people[u] as number) + (value[e] as number)
      items[i] = (items[i] as number) + (value[e] as number)
    }
  }
  return { people, items }
}

/** Each number to a power; 0 stays 0. */
export function powersOf(numbers: Float64Array, power: number): Float32Array {
  return Float32Array.from(numbers, (n) => (n > 0 ? n ** power : 0))
}
