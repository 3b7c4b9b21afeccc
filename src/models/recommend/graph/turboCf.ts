import type { CsrMatrix } from '../../../math/index.ts'
import { interactionMatrix } from '../histories.ts'
import { ItemRows } from '../neighbours/itemRows.ts'
import { checkNeighbourMemory } from '../neighbours/neighbourMemory.ts'
import { powerSimilarity, sumsOf } from '../neighbours/powerSimilarity.ts'
import type { RecommenderKind } from '../recommender.ts'
import { SectionReader } from '../savedState.ts'
import { readMatrix } from '../sequences/sparseRows.ts'
import { plusDiagonal, polynomialFilter } from './polynomialFilter.ts'

export type TurboCfParameters = {
  /** Asymmetric normalisation: R̃ = D_u^−alpha R D_i^(alpha − 1). */
  readonly alpha: number
  /** Power of each entry of R̃ᵀR̃. */
  readonly power: number
  /** Degree of the low-pass filter: 1: P, 2: 2P − P², 3: P + .01 (−P³ + 10P² − 29P). */
  readonly filter: number
  /** Entries kept per item. */
  readonly keep: number
}

const NAME = 'turbo-cf'

/** Equations 9 to 11 of the paper: c₁P + c₂P² + c₃P³. */
const FILTERS: readonly (readonly number[])[] = [[1], [2, -1], [0.71, 0.1, -0.01]]

/** Rows of P are cut to so many entries before they are multiplied: 500 would take 6 times as long. */
const MOST_MULTIPLIED = 200

export const turboCf: RecommenderKind<TurboCfParameters> = {
  name: NAME,
  title: 'Turbo-CF: polynomial graph filter',
  source:
    'Park, Shin and Shin, "Turbo-CF: Matrix decomposition-free graph filtering for fast recommendation", SIGIR 2024.',
  format: 1,
  defaults: { alpha: 0.6, power: 0.7, filter: 1, keep: 1_000 },
  bounds: { alpha: [0, 1], power: [0.05, 4], filter: [1, 3], keep: [1, 100_000] },
  candidates: () => [
    { alpha: 0.6, power: 0.7 },
    { alpha: 0.6, power: 1 },
    { alpha: 0.5, power: 1.4 },
    { alpha: 0.6, power: 1, filter: 2 },
  ],
  async fit({ histories }, parameters, context) {
    const { alpha, power, keep } = parameters
    const degree = Math.round(parameters.filter)
    const multiplied = degree > 1 ? Math.min(keep, MOST_MULTIPLIED) : keep
    checkNeighbourMemory(histories, keep, context)
    const matrix = interactionMatrix(histories)
    const side = power * (1 - alpha)
    const powers = { personPower: 2 * alpha, power, rowPower: side, columnPower: side }
    const graph = await powerSimilarity(matrix, { ...powers, keep: multiplied }, context)
    if (degree === 1) return new ItemRows(NAME, graph, HISTORY)
    const whole = plusDiagonal(graph, diagonalOf(matrix, parameters))
    const filtered = await polynomialFilter(whole, FILTERS[degree - 1] ?? [1], keep, context)
    return new ItemRows(NAME, filtered, HISTORY)
  },
  load: (sections) => new ItemRows(NAME, readMatrix(new SectionReader(sections)), HISTORY),
}

const HISTORY = { binary: true, newest: 0 }

/** The diagonal of P, which neighbour lists leave out: (Σ_u r_ui² d_u^−2 alpha)^power · d_i^(−2 power (1 − alpha)). */
function diagonalOf(matrix: CsrMatrix, { alpha, power }: TurboCfParameters): Float32Array {
  const { people, items } = sumsOf(matrix)
  const sums = new Float64Array(matrix.columns)
  for (let u = 0; u < matrix.rows; u++) {
    const weight = (people[u] as number) ** (-2 * alpha)
    const to = matrix.start[u + 1] as number
    for (let e = matrix.start[u] as number; e < to; e++) {
      const i = matrix.index[e] as number
      sums[i] = (sums[i] as number) + weight
    }
  }
  return Float32Array.from(sums, (sum, i) =>
    sum === 0 ? 0 : sum ** power * (items[i] as number) ** (-2 * power * (1 - alpha)),
  )
}
