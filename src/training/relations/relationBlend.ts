import { SparseScores } from '../../math/index.ts'
import type { ItemRelation } from '../../models/index.ts'
import type { RelationRows } from './relationRows.ts'

/** Neighbours of a seed that are visited in the live counts: whole rows, since there are few seeds. */
const WHOLE_ROW = 1_024

/** Rows of a training, and how much they count beside the live ones: above 0 and below 1. */
export interface WeightedRows {
  readonly rows: RelationRows
  readonly weight: number
}

/** What the scores of live and trained rows were multiplied by, so that the parts of a sum can be told. */
export interface BlendFactors {
  readonly live: number
  readonly trained: number
}

const LIVE_ALONE: BlendFactors = { live: 1, trained: 0 }

/**
 * What goes with some items: (1 − weight) · live rows + weight · trained rows, each in units of its own root mean square,
 * as the two opinions of "for you" are. Keeps its arrays between calls.
 */
export class RelationBlend {
  readonly #live = new SparseScores()
  readonly #trained = new SparseScores()

  /**
   * Adds the rows of all seeds into `into`, which is cleared first.
   * @param trained undefined: the live rows as they are
   * Cost: about 5 ns a neighbour, and as much again for blending.
   */
  score(
    live: ItemRelation,
    trained: WeightedRows | undefined,
    seeds: readonly number[],
    into: SparseScores,
  ): BlendFactors {
    into.clear()
    if (trained === undefined) {
      into.reserve(live.items)
      for (const seed of seeds) live.scoreRow(seed, 1, WHOLE_ROW, into)
      return LIVE_ALONE
    }
    const { rows, weight } = trained
    this.#live.reserve(live.items)
    this.#trained.reserve(rows.items)
    into.reserve(Math.max(live.items, rows.items))
    for (const seed of seeds) {
      live.scoreRow(seed, 1, WHOLE_ROW, this.#live)
      rows.addRow(seed, 1, this.#trained)
    }
    const factors = {
      live: addInUnits(this.#live, 1 - weight, into),
      trained: addInUnits(this.#trained, weight, into),
    }
    this.#live.clear()
    this.#trained.clear()
    return factors
  }
}

/** Adds weight · scores / their root mean square. @returns the factor */
function addInUnits(scores: SparseScores, weight: number, into: SparseScores): number {
  let squares = 0
  for (let k = 0; k < scores.count; k++) squares += scores.get(scores.touched[k] as number) ** 2
  const factor = squares > 0 ? weight * Math.sqrt(scores.count / squares) : 0
  for (let k = 0; k < scores.count; k++) {
    const item = scores.touched[k] as number
    into.add(item, factor * scores.get(item))
  }
  return factor
}
