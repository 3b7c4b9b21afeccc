import type { CsrMatrix } from '../../../math/index.ts'
import type { History } from '../histories.ts'
import type { Recommender, ScorePart } from '../recommender.ts'
import type { Section } from '../savedState.ts'
import { addRow, entryOf, matrixSections } from '../sequences/sparseRows.ts'
import { HistoryItems, type HistoryOptions } from './historyItems.ts'

/**
 * Scores by the rows of a sparse item × item matrix: the sum of the rows of the distinct items of the
 * history, each times what it counts. Items that were not there at fit time are passed over.
 * Cost of asking: one addition per entry of these rows (1 to 2 ns), and clearing the scores.
 */
export class ItemRows implements Recommender {
  readonly name: string
  readonly #matrix: CsrMatrix
  readonly #history: HistoryItems

  constructor(name: string, matrix: CsrMatrix, options: HistoryOptions) {
    this.name = name
    this.#matrix = matrix
    this.#history = new HistoryItems(matrix.columns, options)
  }

  get items(): number {
    return this.#matrix.columns
  }

  score(history: History, scores: Float32Array): void {
    scores.fill(0)
    const known = this.#history
    known.read(history)
    for (let k = 0; k < known.count; k++) {
      addRow(this.#matrix, known.item[k] as number, known.value[k] as number, scores)
    }
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const parts: ScorePart[] = []
    const known = this.#history
    known.read(history)
    for (let k = 0; k < known.count; k++) {
      const row = known.item[k] as number
      const score = (known.value[k] as number) * entryOf(this.#matrix, row, item)
      if (score !== 0) parts.push({ item: row, score })
    }
    return parts
  }

  save(): readonly Section[] {
    return matrixSections(this.#matrix)
  }
}
