import { interactionMatrix } from '../histories.ts'
import { ItemRows } from '../neighbours/itemRows.ts'
import { checkNeighbourMemory } from '../neighbours/neighbourMemory.ts'
import { powerSimilarity } from '../neighbours/powerSimilarity.ts'
import type { RecommenderKind } from '../recommender.ts'
import { SectionReader } from '../savedState.ts'
import { readMatrix } from '../sequences/sparseRows.ts'

export type LinearFilterParameters = {
  /** Entries kept per item. */
  readonly keep: number
}

const NAME = 'linear-filter'
const HISTORY = { binary: true, newest: 0 }

/** The normalised item graph NᵀN with N = D_u^−½ R D_i^−½, as a matrix whose rows are summed over a history. */
const NORMALISED = { personPower: 1, power: 1, rowPower: 0.5, columnPower: 0.5 }

export const linearFilter: RecommenderKind<LinearFilterParameters> = {
  name: NAME,
  title: 'Linear graph filter',
  source:
    'The linear part of Shen et al., "How powerful is graph convolution for recommendation?", CIKM 2021.',
  format: 1,
  defaults: { keep: 1_000 },
  bounds: { keep: [1, 100_000] },
  async fit({ histories }, { keep }, context) {
    checkNeighbourMemory(histories, keep, context)
    const graph = await powerSimilarity(
      interactionMatrix(histories),
      { ...NORMALISED, keep },
      context,
    )
    return new ItemRows(NAME, graph, HISTORY)
  },
  load: (sections) => new ItemRows(NAME, readMatrix(new SectionReader(sections)), HISTORY),
}
