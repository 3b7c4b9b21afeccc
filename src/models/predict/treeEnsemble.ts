import { type FlatTrees, scoreOfRow, TreeScorer } from '../../math/index.ts'
import { SectionReader, type Section, sectionsOf } from '../recommend/savedState.ts'
import { modelErrors } from '../errors.ts'
import type { TreeParameters } from './treeParameters.ts'

/** Raised when the saved form changes. */
export const TREES_FORMAT = 1

const OBJECTIVES = ['log-loss', 'squared-error'] as const

/** The arrays of an ensemble. */
export interface TreeArrays extends FlatTrees {
  readonly objective: TreeParameters['objective']
  /** What the splits by each column gained together. */
  readonly gain: Float64Array
}

/** Gradient-boosted trees that were fitted. Immutable. */
export class Trees {
  readonly arrays: TreeArrays
  /** Made when a block of rows is first asked for. */
  #scorer: TreeScorer | 'walk' | undefined

  constructor(arrays: TreeArrays) {
    this.arrays = arrays
  }

  get columns(): number {
    return this.arrays.columns
  }

  get trees(): number {
    return this.arrays.root.length
  }

  /** Gain of the splits by each column, summed over all trees. */
  get importance(): Float64Array {
    return this.arrays.gain
  }

  /** The same trees for rows of no more than the first columns, which are the only ones that split. */
  leading(columns: number): Trees {
    return new Trees({ ...this.arrays, columns, gain: this.arrays.gain.slice(0, columns) })
  }

  /** The raw score of one row, which begins at `at` in `values`: a logit, or the predicted value. */
  score(values: Float32Array, at = 0): number {
    return scoreOfRow(this.arrays, values, at)
  }

  /** The prediction of one row: a probability for log-loss, the value itself for squared error. */
  predict(values: Float32Array, at = 0): number {
    return this.#predictionOf(this.score(values, at))
  }

  /**
   * The raw scores of `rows` rows, given row by row. Cost: about 3 ns a row and tree of 15 leaves; trees of more than
   * 32 leaves are walked one row after the other.
   */
  scores(
    values: Float32Array,
    rows = Math.floor(values.length / Math.max(1, this.columns)),
    out: Float32Array = new Float32Array(rows),
  ): Float32Array {
    this.#scorer ??= TreeScorer.of(this.arrays) ?? 'walk'
    if (this.#scorer !== 'walk') this.#scorer.score(values, rows, out)
    else for (let row = 0; row < rows; row++) out[row] = this.score(values, row * this.columns)
    return out
  }

  /** The predictions of `rows` rows, given row by row. */
  predictions(values: Float32Array, rows?: number, out?: Float32Array): Float32Array {
    const scores = this.scores(values, rows, out)
    scores.forEach((score, row) => (scores[row] = this.#predictionOf(score)))
    return scores
  }

  #predictionOf(score: number): number {
    return this.arrays.objective === 'log-loss' ? 1 / (1 + Math.exp(-score)) : score
  }

  /** Everything that loadTrees needs. */
  save(): readonly Section[] {
    const { columns, objective, base, root, column, threshold } = this.arrays
    const { missingLeft, left, right, value, gain } = this.arrays
    const head = Float64Array.of(TREES_FORMAT, columns, OBJECTIVES.indexOf(objective), base)
    return sectionsOf(head, root, column, threshold, missingLeft, left, right, value, gain)
  }
}

/**
 * The trees that were saved.
 * @throws MODELS_CORRUPT_STATE when the sections do not fit together, or are of another format
 */
export function loadTrees(sections: readonly Uint8Array[]): Trees {
  const reader = new SectionReader(sections)
  const [format, columns = -1, objectiveNumber = -1, base = Number.NaN] = reader.float64()
  if (format !== TREES_FORMAT) {
    throw modelErrors.MODELS_CORRUPT_STATE(
      `trees of format ${format}; this version reads ${TREES_FORMAT}`,
    )
  }
  const objective = OBJECTIVES[objectiveNumber]
  const root = reader.int32()
  const column = reader.int32()
  const threshold = reader.float32()
  const missingLeft = reader.uint8()
  const left = reader.int32()
  const right = reader.int32()
  const value = reader.float32()
  const gain = reader.float64()
  const nodes = column.length
  const even = [threshold, missingLeft, left, right].every(({ length }) => length === nodes)
  const leads = (child: number): boolean => child < nodes && ~child < value.length
  const inside = column.every((c) => c >= 0 && c < columns)
  // Children come after their parents, so that no walk can go in circles.
  const falls = (child: number, node: number): boolean => child < 0 || child > node
  const whole =
    [root, left, right].every((children) => children.every(leads)) &&
    left.every(falls) &&
    right.every(falls)
  if (objective === undefined || !even || !inside || !whole || gain.length !== columns) {
    throw modelErrors.MODELS_CORRUPT_STATE('trees that lead nowhere')
  }
  const split = { column, threshold, missingLeft, left, right }
  return new Trees({ columns, objective, base, root, ...split, value, gain })
}
