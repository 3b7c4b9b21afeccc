import { modelErrors } from '../errors.ts'

export interface TreeParameters {
  /** `log-loss`: labels from 0 to 1 and the logit as score; `squared-error`: any labels. */
  readonly objective: 'log-loss' | 'squared-error'
  /** Most trees. */
  readonly trees: number
  /** Most leaves of a tree. */
  readonly leaves: number
  /** What each tree adds is multiplied by this. */
  readonly learningRate: number
  /** L2 penalty on the values of the leaves. */
  readonly l2: number
  /** Fewest rows of a leaf, of those drawn for the tree. */
  readonly minLeafRows: number
  /** Least sum of the second derivatives of the loss in a leaf (log-loss: Σ w p (1 - p)). */
  readonly minLeafHessian: number
  /** A split must gain more than this. */
  readonly minGain: number
  /** Share of the rows that each tree sees, drawn anew. */
  readonly rowFraction: number
  /** Share of the columns that each tree may use, drawn anew. */
  readonly featureFraction: number
  /** Stop after so many trees without a better loss on the rows that were held back; 0: never. */
  readonly earlyStopping: number
  /** Share of the rows (of the groups, where there are any) to hold back for that, unless the table says which. */
  readonly validation: number
  /** Only so many columns, the first ones, may split. Absent: all. */
  readonly leadingColumns?: number
  /** For each column 1 where the score may only rise with its value, -1 where it may only fall, else 0. */
  readonly monotone?: readonly number[]
}

export const TREE_DEFAULTS = {
  objective: 'log-loss',
  trees: 150,
  leaves: 15,
  learningRate: 0.05,
  l2: 5,
  minLeafRows: 20,
  minLeafHessian: 1e-3,
  minGain: 0,
  rowFraction: 0.8,
  featureFraction: 0.8,
  earlyStopping: 0,
  validation: 0.15,
} as const satisfies TreeParameters

/** Bounds, both included; whole numbers only where the third entry says so. */
const BOUNDS = {
  trees: [1, 100_000, true],
  leaves: [2, 4_096, true],
  learningRate: [1e-6, 1, false],
  l2: [0, 1e9, false],
  minLeafRows: [1, 1e9, true],
  minLeafHessian: [0, 1e9, false],
  minGain: [0, 1e30, false],
  rowFraction: [1e-4, 1, false],
  featureFraction: [1e-4, 1, false],
  earlyStopping: [0, 100_000, true],
  validation: [0, 0.9, false],
} as const satisfies Record<
  Exclude<keyof TreeParameters, 'objective' | 'monotone' | 'leadingColumns'>,
  readonly [number, number, boolean]
>

/**
 * The defaults with what is given in their place.
 * @throws MODELS_BAD_PARAMETER
 */
export function treeParameters(given: Partial<TreeParameters>): TreeParameters {
  const known = [...Object.keys(TREE_DEFAULTS), 'leadingColumns', 'monotone']
  const unknown = Object.keys(given).filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const names = known.join(', ')
    throw modelErrors.MODELS_BAD_PARAMETER(`"${unknown[0]}" is none of ${names}`)
  }
  const all: TreeParameters = { ...TREE_DEFAULTS, ...given }
  if (all.objective !== 'log-loss' && all.objective !== 'squared-error') {
    throw modelErrors.MODELS_BAD_PARAMETER('objective may be log-loss or squared-error')
  }
  if (all.monotone?.some((sign) => sign !== 0 && sign !== 1 && sign !== -1) === true) {
    throw modelErrors.MODELS_BAD_PARAMETER('monotone has one of -1, 0 and 1 for each column')
  }
  const { leadingColumns } = all
  if (leadingColumns !== undefined && !(Number.isInteger(leadingColumns) && leadingColumns > 0)) {
    throw modelErrors.MODELS_BAD_PARAMETER('leadingColumns is a whole number above 0')
  }
  for (const name of Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]) {
    const [least, most, whole] = BOUNDS[name]
    const value = all[name]
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) continue
    throw modelErrors.MODELS_BAD_PARAMETER(
      `${name} is ${value}; it may be ${whole ? 'a whole number ' : ''}from ${least} to ${most}`,
    )
  }
  return all
}
