import { SectionReader, type Section, sectionsOf } from '../recommend/savedState.ts'
import { modelErrors } from '../errors.ts'
import type { TreeParameters } from './treeParameters.ts'

/** Raised when the saved form changes. */
export const TREES_FORMAT = 1

const OBJECTIVES = ['log-loss', 'squared-error'] as const

/** An ensemble as flat arrays over all of its trees. A child of 0 and above is a node, one below 0 is leaf ~child. */
export interface TreeArrays {
  readonly columns: number
  readonly objective: TreeParameters['objective']
  /** What every score starts from. */
  readonly base: number
  /** Of each tree: the number of its root, as a child. */
  readonly root: Int32Array
  readonly column: Int32Array
  /** Rows whose value is at most this go left. */
  readonly threshold: Float32Array
  /** 1 where missing values go left. */
  readonly missingLeft: Uint8Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly value: Float32Array
  /** What the splits by each column gained together. */
  readonly gain: Float64Array
}

/** Gradient-boosted trees that were fitted. Immutable. */
export class Trees {
  readonly arrays: TreeArrays

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

  /** The raw score of one row, which begins at `at` in `values`: a logit, or the predicted value. */
  score(values: Float32Array, at = 0): number {
    const { root, column, threshold, missingLeft, left, right, value, base } = this.arrays
    let sum = base
    for (let tree = 0; tree < root.length; tree++) {
      let node = root[tree] as number
      while (node >= 0) {
        const x = values[at + (column[node] as number)] as number
        const limit = threshold[node] as number
        // A missing value fails every comparison.
        const goesLeft = missingLeft[node] === 1 ? !(x > limit) : x <= limit
        node = (goesLeft ? left[node] : right[node]) as number
      }
      sum += value[~node] as number
    }
    return sum
  }

  /** The prediction of one row: a probability for log-loss, the value itself for squared error. */
  predict(values: Float32Array, at = 0): number {
    const score = this.score(values, at)
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
