import type { CsrMatrix } from '../../../math/index.ts'
import { interactionMatrix } from '../histories.ts'
import type { RecommenderKind } from '../recommender.ts'
import { SectionReader } from '../savedState.ts'
import { readMatrix } from '../sequences/sparseRows.ts'
import { ItemRows } from './itemRows.ts'
import { checkNeighbourMemory } from './neighbourMemory.ts'
import { powerSimilarity } from './powerSimilarity.ts'

export type Rp3betaParameters = {
  /** Neighbours kept per item. */
  readonly keep: number
  /** Exponent of the transition probabilities. */
  readonly alpha: number
  /** How much popular items are held down. */
  readonly beta: number
}

const NAME = 'rp3beta'

export const rp3beta: RecommenderKind<Rp3betaParameters> = {
  name: NAME,
  title: 'RP3beta: walks of three steps',
  source:
    'Paudel et al., "Updatable, accurate, diverse, and scalable recommendations for interactive applications", 2016; Christoffel et al. 2015.',
  format: 1,
  defaults: { keep: 500, alpha: 0.6, beta: 0.2 },
  bounds: { keep: [1, 100_000], alpha: [0, 3], beta: [0, 3] },
  candidates: () => [
    { alpha: 0.6, beta: 0.1 },
    { alpha: 0.6, beta: 0.4 },
    { alpha: 0.8, beta: 0.4 },
    { alpha: 1, beta: 0.6 },
  ],
  async fit({ histories }, { keep, alpha, beta }, context) {
    checkNeighbourMemory(histories, keep, context)
    // The factor of the row, d_i^−alpha, falls out when rows are made to sum to 1.
    const powers = { personPower: alpha, power: 1, rowPower: 0, columnPower: beta, keep }
    const matrix = await powerSimilarity(interactionMatrix(histories), powers, context)
    scaleRowsToOne(matrix)
    return new ItemRows(NAME, matrix, HISTORY)
  },
  load: (sections) => new ItemRows(NAME, readMatrix(new SectionReader(sections)), HISTORY),
}

const HISTORY = { binary: true, newest: 0 }

function scaleRowsToOne({ rows, start, value }: CsrMatrix): void {
  for (let i = 0; i < rows; i++) {
    const row = value.subarray(start[i], start[i + 1])
    const sum = row.reduce((total, entry) => total + entry, 0)
    if (sum > 0) for (let e = 0; e < row.length; e++) row[e] = (row[e] as number) / sum
  }
}
