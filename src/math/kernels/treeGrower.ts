import type { Region } from './kernelMemory.ts'
import { KernelMemory } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'
import { BOUNDS, type TreeBins } from './treeBins.ts'

/** Rows that TreeGrower takes at most: a histogram counts them in 24 bits. */
export const MOST_TREE_ROWS = 2 ** 24 - 1
/** As in assembly/shared/treeHistogram.ts. */
const SLOT = 4_096
const GATHERED = 512
/** As in assembly/shared/treeSplit.ts, in numbers. */
const RECORD = 8
/** Rows that are binned at once. */
const BINNED = 1_024
/** Below so many rows, waking the other threads takes longer than the work. */
const ALONE = 8_192
/** Sums of gradients stay below 2^53 and those of hessians below 2^39, each row's below 2^31. */
const MOST = { gradients: 2 ** 50, hessians: 2 ** 38, one: 2 ** 30 }

/** When a leaf may be split. */
export interface SplitLimits {
  /** L2 penalty on the value of a leaf, in units of the hessian. */
  readonly l2: number
  /** Every leaf has at least so many of the rows drawn for its tree; at least 1. */
  readonly minLeafRows: number
  /** Every leaf has at least this sum of hessians. */
  readonly minLeafHessian: number
  /** A split must lower twice the penalised loss by more than this. */
  readonly minGain: number
}

/** What is to be grown. */
export interface TreePlan extends SplitLimits {
  /** At most so many leaves; at least 1. */
  readonly leaves: number
  /** The columns that the tree may use, rising. */
  readonly columns: Int32Array
  /** Seeds the drawing of rows. */
  readonly seed: number
  /** Share of the rows that are drawn, each by itself. */
  readonly rowFraction: number
  /** Factor of the values of the leaves. */
  readonly learningRate: number
}

/**
 * A tree by its inner nodes in the order in which they were made; node 0 is the root. A child of 0 and above is a
 * node, one below 0 is leaf ~child. A tree without nodes is leaf 0.
 */
export interface GrownTree {
  readonly column: Int32Array
  /** Rows whose bin is at most this go left. */
  readonly bin: Uint8Array
  /** 1 where missing values go left. */
  readonly missingLeft: Uint8Array
  readonly gain: Float64Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** Of the leaves, in single precision. */
  readonly value: Float32Array
}

export interface GrowerShape {
  readonly rows: number
  /** Most leaves of a tree. */
  readonly leaves: number
  /** For each column 1 where scores may only rise with its value, -1 where they may only fall, else 0. */
  readonly monotone?: Int8Array
  readonly threads: number
}

interface Split {
  readonly gain: number
  readonly slot: number
  readonly bin: number
  readonly missingLeft: boolean
  /** Of the left side, in units. */
  readonly gradients: number
  readonly hessians: number
}

interface Leaf {
  readonly start: number
  readonly rows: number
  readonly outsideStart: number
  readonly outsideRows: number
  readonly gradients: number
  readonly hessians: number
  readonly lower: number
  readonly upper: number
  /** Which histogram is its own. */
  readonly histogram: number
  readonly split: Split | undefined
}

/**
 * Grows regression trees on binned rows, leaf by leaf, the best split first (histograms: Ke et al., LightGBM,
 * NeurIPS 2017; gain: Chen and Guestrin, XGBoost, KDD 2016), and keeps the scores of all rows up to date.
 * Gradients are rounded to whole numbers of up to 31 bits, so that every sum is exact and the result does not depend
 * on the number of threads. Memory: 2 bytes a value and 32 bytes a row beside the histograms of all leaves
 * (4 KiB for each leaf and column).
 */
export class TreeGrower {
  readonly scores: Float32Array
  readonly labels: Float32Array
  /** Weight of each row; rows of weight 0 are scored, and nothing is learned from them. */
  readonly weights: Float32Array
  readonly #bins: TreeBins
  readonly #shape: GrowerShape
  readonly #team: KernelTeam
  readonly #alone: KernelTeam
  readonly #place: ReturnType<typeof regionsOf>
  #gradientUnit = 0
  #hessianUnit = 0

  /** @throws MATH_OUT_OF_MEMORY, MATH_KERNEL_MISSING */
  constructor(shape: GrowerShape, bins: TreeBins) {
    this.#shape = shape
    this.#bins = bins
    const place = regionsOf(shape, bins)
    const { memory } = place
    this.#place = place
    this.scores = place.scores.view.subarray(0, shape.rows)
    this.labels = place.labels.view.subarray(0, shape.rows)
    this.weights = place.weights.view.subarray(0, shape.rows)
    this.#alone = new KernelTeam('trees', memory, 1)
    this.#team = shape.threads > 1 ? new KernelTeam('trees', memory, shape.threads) : this.#alone
  }

  /** Bins all rows, given row by row. Cost: about 12 ns a value. */
  bin(values: Float32Array): void {
    const { rows } = this.#shape
    const { columns, bounds } = this.#bins
    const { block, byRow, byColumn, table } = this.#place
    table.view.set(bounds)
    for (let first = 0; first < rows; first += BINNED) {
      const n = Math.min(BINNED, rows - first)
      block.view.set(values.subarray(first * columns, (first + n) * columns))
      const to = [strideOf(columns), byRow.at, byColumn.at] as const
      this.#alone.run('binRows', block.at, n, columns, table.at, first, rows, ...to)
    }
  }

  /**
   * Computes the gradients of all rows from their scores, labels and weights.
   * @returns false where they are too large for single precision
   */
  prepare(logistic: boolean): boolean {
    const { scores, labels, weights, gradients, sums } = this.#place
    const padded = gradients.view.length / 2
    const from = [scores.at, labels.at, weights.at] as const
    this.#alone.run('gradients', Number(logistic), padded, ...from, gradients.at, sums.at)
    const [gSum = 0, gMost = 0, hSum = 0, hMost = 0] = sums.view
    if (!Number.isFinite(gSum + hSum)) return false
    const gScale = scaleOf(MOST.gradients / gSum, MOST.one / gMost)
    const hScale = scaleOf(MOST.hessians / hSum, MOST.one / hMost)
    this.#gradientUnit = 1 / gScale
    this.#hessianUnit = 1 / hScale
    this.#alone.run('roundGradients', gradients.at, padded, gScale, hScale)
    return true
  }

  /** The gradients of the last `prepare`: of each row gradient and hessian in turn, and what one unit stands for. */
  get gradients(): { values: Int32Array; gradientUnit: number; hessianUnit: number } {
    const values = this.#place.gradients.view.subarray(0, 2 * this.#shape.rows)
    return { values, gradientUnit: this.#gradientUnit, hessianUnit: this.#hessianUnit }
  }

  /** Grows a tree on the gradients of the last `prepare` and adds its values to the scores. */
  grow(plan: TreePlan): GrownTree {
    const growth = this.#plant(plan)
    while (growth.leaves.length < plan.leaves && this.#splitBest(growth)) {}
    const value = Float32Array.from(growth.leaves, (leaf) => {
      return plan.learningRate * this.#outputOf(leaf, plan.l2)
    })
    growth.leaves.forEach((leaf, k) => {
      const { order, outside, scores } = this.#place
      const added = value[k] as number
      this.#alone.run('addToRows', order.at + 4 * leaf.start, leaf.rows, added, scores.at)
      const at = outside.at + 4 * leaf.outsideStart
      this.#alone.run('addToRows', at, leaf.outsideRows, added, scores.at)
    })
    return {
      column: Int32Array.from(growth.nodes, ({ column }) => column),
      bin: Uint8Array.from(growth.nodes, ({ split }) => split.bin),
      missingLeft: Uint8Array.from(growth.nodes, ({ split }) => Number(split.missingLeft)),
      gain: Float64Array.from(growth.nodes, ({ split }) => split.gain),
      left: Int32Array.from(growth.nodes, ({ left }) => left),
      right: Int32Array.from(growth.nodes, ({ right }) => right),
      value,
    }
  }

  /** Ends the threads, which may still be ending when this returns. */
  close(): void {
    if (this.#team !== this.#alone) void this.#team.close()
  }

  /** Draws the rows and makes the root. */
  #plant(plan: TreePlan): Growth {
    const { rows } = this.#shape
    const { order, outside, weights, result, sums, gradients, settings, columns, shape } =
      this.#place
    const limit = Math.ceil(plan.rowFraction * 2 ** 32) - 1
    const to = [order.at, outside.at, result.at] as const
    this.#alone.run('drawRows', rows, weights.at, plan.seed, limit, ...to)
    const drawn = result.view[0] as number
    this.#alone.run('sumGradients', order.at, drawn, gradients.at, sums.at)
    const bounded = Number(this.#shape.monotone?.some((sign) => sign !== 0) ?? false)
    const { l2, minLeafRows, minLeafHessian, minGain } = plan
    const units = [this.#gradientUnit, this.#hessianUnit]
    settings.view.set([...units, l2, minLeafRows, minLeafHessian, bounded, minGain])
    columns.view.fill(plan.columns.at(-1) ?? 0)
    columns.view.set(plan.columns)
    plan.columns.forEach((column, slot) => {
      shape.view[2 * slot] = this.#bins.counts[column] as number
      shape.view[2 * slot + 1] = this.#shape.monotone?.[column] ?? 0
    })
    const root: Leaf = {
      start: 0,
      rows: drawn,
      outsideStart: 0,
      outsideRows: rows - drawn,
      gradients: sums.view[0] as number,
      hessians: sums.view[1] as number,
      lower: -Infinity,
      upper: Infinity,
      histogram: 0,
      split: undefined,
    }
    const growth: Growth = { plan, leaves: [root], parents: [-1], nodes: [] }
    if (plan.leaves > 1 && plan.columns.length > 0) this.#search(growth, 0)
    return growth
  }

  /** Splits the leaf whose split gains most; false where none gains. */
  #splitBest(growth: Growth): boolean {
    let best = -1
    growth.leaves.forEach(({ split }, k) => {
      if (split === undefined) return
      if (best < 0 || split.gain > (growth.leaves[best]?.split?.gain ?? 0)) best = k
    })
    const leaf = growth.leaves[best]
    if (leaf?.split === undefined) return false
    const { split } = leaf
    const column = growth.plan.columns[split.slot] as number
    const number = growth.nodes.length
    const parent = growth.nodes[growth.parents[best] as number]
    if (parent?.left === ~best) parent.left = number
    else if (parent !== undefined) parent.right = number
    const other = growth.leaves.length
    growth.nodes.push({ column, split, left: ~best, right: ~other })
    growth.parents[best] = number
    growth.parents.push(number)
    const [left, right] = this.#childrenOf(leaf, split, column, growth.plan.l2, other)
    growth.leaves[best] = left
    growth.leaves.push(right)
    if (growth.leaves.length < growth.plan.leaves) this.#search(growth, best, other)
    return true
  }

  /** Parts the rows of a leaf. The child with fewer rows gets histogram `fresh`, the other one its parent's. */
  #childrenOf(leaf: Leaf, split: Split, column: number, l2: number, fresh: number): [Leaf, Leaf] {
    const { order, outside } = this.#place
    const rows = this.#part(order.at + 4 * leaf.start, leaf.rows, split, column)
    const out = this.#part(outside.at + 4 * leaf.outsideStart, leaf.outsideRows, split, column)
    const leftFresh = 2 * rows < leaf.rows
    const left = {
      ...leaf,
      rows,
      outsideRows: out,
      gradients: split.gradients,
      hessians: split.hessians,
      histogram: leftFresh ? fresh : leaf.histogram,
      split: undefined,
    }
    const right = {
      ...leaf,
      start: leaf.start + rows,
      rows: leaf.rows - rows,
      outsideStart: leaf.outsideStart + out,
      outsideRows: leaf.outsideRows - out,
      gradients: leaf.gradients - split.gradients,
      hessians: leaf.hessians - split.hessians,
      histogram: leftFresh ? leaf.histogram : fresh,
      split: undefined,
    }
    const sign = this.#shape.monotone?.[column] ?? 0
    const onlyMissingRight = !split.missingLeft && split.bin === this.#bins.counts[column]
    if (sign === 0 || onlyMissingRight) return [left, right]
    // What lies below keeps to its side of the middle (LightGBM's "basic" method).
    const middle = (this.#outputOf(left, l2) + this.#outputOf(right, l2)) / 2
    const bound = sign > 0 ? (['upper', 'lower'] as const) : (['lower', 'upper'] as const)
    return [
      { ...left, [bound[0]]: middle },
      { ...right, [bound[1]]: middle },
    ]
  }

  #part(at: number, rows: number, split: Split, column: number): number {
    const { byColumn, space, result } = this.#place
    const bins = byColumn.at + column * this.#shape.rows
    const rule = [split.bin, Number(split.missingLeft)] as const
    this.#alone.run('partRows', at, rows, bins, ...rule, space.at, result.at)
    return result.view[0] as number
  }

  /** Finds the best splits of one leaf, or of two siblings of which the one with fewer rows is summed. */
  #search(growth: Growth, a: number, b = -1): void {
    const first = growth.leaves[a] as Leaf
    const second = growth.leaves[b]
    const { minLeafRows } = growth.plan
    const most = Math.max(first.rows, second?.rows ?? 0)
    if (most < 2 * minLeafRows) return
    const small = second !== undefined && second.histogram === growth.leaves.length - 1 ? b : a
    const large = small === a ? b : a
    this.#sum(growth.leaves[small] as Leaf, growth.leaves[large], growth.plan)
    const slots = growth.plan.columns.length
    this.#keep(growth, small, 0)
    if (large >= 0) this.#keep(growth, large, slots)
  }

  /** Histograms of the smaller leaf and, by subtraction, of the larger, and their best splits by column. */
  #sum(leaf: Leaf, sibling: Leaf | undefined, plan: TreePlan): void {
    const { next, order, gradients, byRow, columns, histograms, others, leaves } = this.#place
    const { shape, settings, found, gathered } = this.#place
    const slots = plan.columns.length
    const padded = padSlots(slots)
    const bytes = padded * SLOT
    const target = histograms.at + leaf.histogram * bytes
    const parent = sibling === undefined ? 0 : histograms.at + sibling.histogram * bytes
    const team = leaf.rows < ALONE ? this.#alone : this.#team
    const rows = [order.at + 4 * leaf.start, leaf.rows] as const
    const binned = [byRow.at, strideOf(this.#bins.columns), columns.at, padded] as const
    const to = [target, others.at, gathered.at] as const
    next.view.fill(0)
    team.run('addRows', next.at, ...rows, gradients.at, ...binned, ...to)
    writeLeaf(leaves.view, 0, leaf, plan.minLeafRows)
    if (sibling !== undefined) writeLeaf(leaves.view, RECORD, sibling, plan.minLeafRows)
    next.view.fill(0)
    const sums = [target, others.at, team.threads, parent] as const
    const told = [leaves.at, settings.at, found.at] as const
    team.run('findSplits', next.at, slots, padded, shape.at, ...sums, ...told)
  }

  /** Takes down the best of the splits by column, the first of equal ones. */
  #keep(growth: Growth, number: number, from: number): void {
    const leaf = growth.leaves[number] as Leaf
    const { view } = this.#place.found
    let best = -1
    let most = 0
    for (let slot = 0; slot < growth.plan.columns.length; slot++) {
      const gain = view[(from + slot) * RECORD] as number
      if (gain <= most) continue
      most = gain
      best = slot
    }
    if (best < 0) return
    const at = (from + best) * RECORD
    const [gain = 0, bin = 0, left = 0, gradients = 0, hessians = 0] = view.subarray(at, at + 5)
    const split = { gain, slot: best, bin, missingLeft: left === 1, gradients, hessians }
    growth.leaves[number] = { ...leaf, split }
  }

  #outputOf({ gradients, hessians, lower, upper }: Leaf, l2: number): number {
    const h = hessians * this.#hessianUnit + l2
    const output = h > 0 ? -(gradients * this.#gradientUnit) / h : 0
    return Math.min(Math.max(output, lower), upper)
  }
}

interface Growth {
  readonly plan: TreePlan
  readonly leaves: Leaf[]
  /** Node above each leaf, or -1. */
  readonly parents: number[]
  readonly nodes: { column: number; split: Split; left: number; right: number }[]
}

/** Bytes of a row of bins, so that whole vectors can be copied. */
const strideOf = (columns: number): number => Math.ceil(columns / 16) * 16
const padSlots = (slots: number): number => Math.ceil(slots / 4) * 4

function scaleOf(bySum: number, byLargest: number): number {
  return Math.fround(Math.min(bySum, byLargest, 1e30))
}

function writeLeaf(records: Float64Array, at: number, leaf: Leaf, minLeafRows: number): void {
  const { gradients, hessians, rows, lower, upper } = leaf
  records.set([gradients, hessians, rows, lower, upper, Number(rows >= 2 * minLeafRows)], at)
}

/** Memory that a grower takes. */
export function treeGrowerBytes(shape: GrowerShape, columns: number): number {
  const { rows, leaves, threads } = shape
  const histograms = (leaves + threads - 1) * padSlots(columns) * SLOT
  const stride = strideOf(columns)
  const small = columns * (BOUNDS + BINNED + 4 * RECORD + 16) * 4
  const gathered = threads * GATHERED * (16 + stride)
  return rows * (stride + columns) + 32 * (rows + 4) + histograms + small + gathered + 4_096
}

function regionsOf(shape: GrowerShape, { columns }: TreeBins) {
  const { rows, leaves, threads } = shape
  const padded = Math.ceil(rows / 4) * 4
  const slots = padSlots(columns)
  const memory = new KernelMemory(treeGrowerBytes(shape, columns))
  return {
    memory,
    next: memory.i32(2),
    result: memory.i32(1),
    sums: memory.f64(4),
    settings: memory.f64(RECORD),
    leaves: memory.f64(2 * RECORD),
    shape: memory.i32(2 * columns),
    columns: memory.i32(slots),
    found: memory.f64(2 * columns * RECORD),
    table: memory.f32(columns * BOUNDS),
    block: memory.f32(columns * BINNED),
    gathered: memory.i8(threads * GATHERED * (16 + strideOf(columns))),
    byRow: memory.i8(rows * strideOf(columns)),
    byColumn: memory.i8(rows * columns),
    scores: memory.f32(padded),
    labels: memory.f32(padded),
    weights: memory.f32(padded),
    gradients: memory.i32(2 * padded),
    order: memory.i32(padded),
    outside: memory.i32(padded),
    space: memory.i32(padded),
    histograms: memory.f64((leaves * slots * SLOT) / 8),
    others: memory.f64(((threads - 1) * slots * SLOT) / 8),
  } satisfies Record<string, Region<unknown> | KernelMemory>
}
