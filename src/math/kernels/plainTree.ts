import type { TreeBins } from './treeBins.ts'
import { BOUNDS } from './treeBins.ts'
import type { GrownTree, TreePlan } from './treeGrower.ts'

/** What a tree is grown on. */
export interface PlainTreeData {
  readonly weights: Float32Array
  readonly bins: TreeBins
  /** The bin of each value, row by row. */
  readonly binned: Uint8Array
  /** Gradient and hessian of each row in turn, as whole numbers, and what one of them stands for. */
  readonly gradients: Int32Array
  readonly gradientUnit: number
  readonly hessianUnit: number
  readonly monotone?: Int8Array
}

interface PlainLeaf {
  readonly rows: readonly number[]
  readonly lower: number
  readonly upper: number
}

interface PlainSplit {
  readonly gain: number
  readonly column: number
  readonly bin: number
  readonly missingLeft: boolean
}

/** The bins of rows, found by looking at every bound. */
export function plainBins({ bounds, columns }: TreeBins, values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value, k) => {
    if (Number.isNaN(value)) return 0
    const first = (k % columns) * BOUNDS
    return 1 + bounds.subarray(first, first + BOUNDS).filter((bound) => bound < value).length
  })
}

/** The rows drawn for a tree. */
export function plainDraw(plan: TreePlan, weights: Float32Array): number[] {
  const limit = Math.ceil(plan.rowFraction * 2 ** 32) - 1
  return [...weights.keys()].filter((row) => {
    let z = (Math.imul(row, 0x9e3779b9) + plan.seed) | 0
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0 <= limit && (weights[row] as number) > 0
  })
}

/** TreeGrower's twin: tries every split of every leaf by going through its rows. */
export function plainTree(plan: TreePlan, data: PlainTreeData): GrownTree {
  const leaves: PlainLeaf[] = [
    { rows: plainDraw(plan, data.weights), lower: -Infinity, upper: Infinity },
  ]
  const nodes: (PlainSplit & { left: number; right: number })[] = []
  while (leaves.length < plan.leaves) {
    const splits = leaves.map((leaf) => bestPlainSplit(leaf, plan, data))
    const most = Math.max(...splits.map((split) => split?.gain ?? -Infinity))
    const k = splits.findIndex((split) => split?.gain === most)
    const split = splits[k]
    const leaf = leaves[k]
    if (split === undefined || leaf === undefined) break
    for (const node of nodes) {
      if (node.left === ~k) node.left = nodes.length
      if (node.right === ~k) node.right = nodes.length
    }
    nodes.push({ ...split, left: ~k, right: ~leaves.length })
    const [left, right] = childrenOf(leaf, split, plan.l2, data)
    leaves[k] = left
    leaves.push(right)
  }
  return {
    column: Int32Array.from(nodes, ({ column }) => column),
    bin: Uint8Array.from(nodes, ({ bin }) => bin),
    missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => Number(missingLeft)),
    gain: Float64Array.from(nodes, ({ gain }) => gain),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    value: Float32Array.from(leaves, (leaf) => {
      return plan.learningRate * outputOf(sumOf(leaf.rows, data), leaf, plan.l2, data)
    }),
  }
}

function bestPlainSplit(leaf: PlainLeaf, plan: TreePlan, data: PlainTreeData) {
  let best: PlainSplit | undefined
  for (const column of plan.columns) {
    const split = bestOfColumn(leaf, column, plan, data)
    if (split !== undefined && split.gain > (best?.gain ?? 0)) best = split
  }
  return best
}

function bestOfColumn(
  leaf: PlainLeaf,
  column: number,
  plan: TreePlan,
  data: PlainTreeData,
): PlainSplit | undefined {
  const all = sumOf(leaf.rows, data)
  const before = isBounded(data)
    ? boundedGain(all, leaf, plan.l2, data)
    : ratio(all.g * data.gradientUnit, all.h * data.hessianUnit + plan.l2)
  const last = data.bins.counts[column] as number
  const missing = leaf.rows.filter((row) => binOf(data, row, column) === 0).length
  let most = plan.minGain + before
  let best: PlainSplit | undefined
  for (const missingLeft of missing > 0 ? [false, true] : [false]) {
    for (let bin = 1; bin <= last; bin++) {
      const [left, right] = partedRows(leaf.rows, { column, bin, missingLeft }, data)
      const sums = [sumOf(left, data), sumOf(right, data)] as const
      if (Math.min(left.length, right.length) < plan.minLeafRows) continue
      const least = Math.min(sums[0].h, sums[1].h) * data.hessianUnit
      if (least < plan.minLeafHessian) continue
      // Missing values alone are put on the right only.
      const partsMissing = missing > 0 && right.length === missing && !missingLeft
      if (missingLeft && left.length === missing) continue
      const sign = partsMissing ? 0 : (data.monotone?.[column] ?? 0)
      const gain = splitGain(...sums, leaf, sign, plan.l2, data)
      if (!(gain > most)) continue
      most = gain
      const side = missing > 0 ? missingLeft : left.length >= right.length
      best = { gain: gain - before, column, bin: partsMissing ? last : bin, missingLeft: side }
    }
  }
  return best
}

/** Of gradients and of hessians, in units. */
interface PlainSum {
  readonly g: number
  readonly h: number
}

function sumOf(rows: readonly number[], { gradients }: PlainTreeData): PlainSum {
  let g = 0
  let h = 0
  for (const row of rows) {
    g += gradients[2 * row] as number
    h += gradients[2 * row + 1] as number
  }
  return { g, h }
}

function binOf({ binned, bins }: PlainTreeData, row: number, column: number): number {
  return binned[row * bins.columns + column] as number
}

function partedRows(
  rows: readonly number[],
  { column, bin, missingLeft }: Omit<PlainSplit, 'gain'>,
  data: PlainTreeData,
): [left: number[], right: number[]] {
  const left: number[] = []
  const right: number[] = []
  for (const row of rows) {
    const own = binOf(data, row, column)
    if (own === 0 ? missingLeft : own <= bin) left.push(row)
    else right.push(row)
  }
  return [left, right]
}

const isBounded = ({ monotone }: PlainTreeData): boolean =>
  monotone?.some((sign) => sign !== 0) ?? false

const ratio = (g: number, h: number): number => (g * g) / h

function splitGain(
  left: PlainSum,
  right: PlainSum,
  leaf: PlainLeaf,
  sign: number,
  l2: number,
  data: PlainTreeData,
): number {
  if (isBounded(data)) {
    const rise = outputOf(right, leaf, l2, data) - outputOf(left, leaf, l2, data)
    if (rise * sign < 0) return -1
    return boundedGain(left, leaf, l2, data) + boundedGain(right, leaf, l2, data)
  }
  const gl = left.g * data.gradientUnit
  const gr = right.g * data.gradientUnit
  const hl = left.h * data.hessianUnit + l2
  const hr = right.h * data.hessianUnit + l2
  return (gl * gl * hr + gr * gr * hl) / (hl * hr)
}

function boundedGain(sum: PlainSum, leaf: PlainLeaf, l2: number, data: PlainTreeData): number {
  const output = outputOf(sum, leaf, l2, data)
  const g = sum.g * data.gradientUnit
  const h = sum.h * data.hessianUnit + l2
  return -(2 * g * output + h * output * output)
}

function outputOf(sum: PlainSum, leaf: PlainLeaf, l2: number, data: PlainTreeData): number {
  const h = sum.h * data.hessianUnit + l2
  const output = h > 0 ? -(sum.g * data.gradientUnit) / h : 0
  return Math.min(Math.max(output, leaf.lower), leaf.upper)
}

function childrenOf(
  leaf: PlainLeaf,
  split: PlainSplit,
  l2: number,
  data: PlainTreeData,
): [PlainLeaf, PlainLeaf] {
  const [left, right] = partedRows(leaf.rows, split, data)
  const freed = !split.missingLeft && split.bin === data.bins.counts[split.column]
  const sign = freed ? 0 : (data.monotone?.[split.column] ?? 0)
  const outputs = [left, right].map((rows) => outputOf(sumOf(rows, data), leaf, l2, data))
  const middle = ((outputs[0] ?? 0) + (outputs[1] ?? 0)) / 2
  const { lower, upper } = leaf
  if (sign > 0)
    return [
      { rows: left, lower, upper: middle },
      { rows: right, lower: middle, upper },
    ]
  if (sign < 0)
    return [
      { rows: left, lower: middle, upper },
      { rows: right, lower, upper: middle },
    ]
  return [
    { rows: left, lower, upper },
    { rows: right, lower, upper },
  ]
}
