import {
  BlockCholesky,
  blockOf,
  DenseAlgebra,
  type DenseMatrix,
  denseMatrix,
  KernelMemory,
  lagBytes,
  lagProducts,
  RowSums,
  solveBytes,
  transposeOf,
} from '../../../math/index.ts'
import type { FitContext, Recommender, RecommenderKind, TrainingData } from '../recommender.ts'
import { checkSize } from './limits.ts'
import { askingBytes, LinearRows, readRows, type RowTerms } from './linearRows.ts'

export type VarParameters = {
  /** Events behind the newest one in the short sum; the n-th newest counts shortDecay^(n − 2). */
  readonly shortWindow: number
  readonly shortDecay: number
  /** The same for the long sum. */
  readonly longWindow: number
  readonly longDecay: number
  /** Ridges of the three blocks, each as a multiple of the mean diagonal of its block. */
  readonly lastRidge: number
  readonly shortRidge: number
  readonly longRidge: number
}

const NAME = 'var'
/** 576 MB for the equations, 192 MB for the model, about 35 s. */
const MOST_ITEMS = 4_000

/** Weights of events by their age (0: the newest), for the three blocks: short, long, last. */
function weightsOf(parameters: VarParameters): readonly Float32Array[] {
  const { shortWindow, shortDecay, longWindow, longDecay } = parameters
  const decayed = (window: number, decay: number) =>
    Float32Array.from({ length: window + 1 }, (_, age) => (age === 0 ? 0 : decay ** (age - 1)))
  return [decayed(shortWindow, shortDecay), decayed(longWindow, longDecay), Float32Array.of(1)]
}

/** The terms of a history: item i of block b is row b · items + i. */
function lagTerms(items: number, parameters: VarParameters): RowTerms {
  const weights = weightsOf(parameters)
  const longest = Math.max(...weights.map((row) => row.length))
  return {
    most: mostTerms(parameters),
    forEach: (history, term) => {
      let age = 0
      for (let e = history.item.length - 1; e >= 0 && age < longest; e--) {
        const item = history.item[e] as number
        if (item >= items) continue
        for (let b = 0; b < weights.length; b++) {
          const weight = weights[b]?.[age] ?? 0
          if (weight !== 0) term(b * items + item, weight, item)
        }
        age++
      }
    },
  }
}

function mostTerms({ shortWindow, longWindow }: VarParameters): number {
  return 1 + shortWindow + longWindow
}

async function fitVar(
  { histories }: TrainingData,
  parameters: VarParameters,
  context: FitContext,
): Promise<Recommender> {
  const { items } = histories
  const weights = weightsOf(parameters)
  const size = weights.length * items
  const most = mostTerms(parameters)
  const bytes = solveBytes(size, items) + lagBytes(histories, weights) + askingBytes(items, most)
  checkSize({ model: NAME, items, mostItems: MOST_ITEMS, bytes }, context)
  const memory = new KernelMemory(bytes)
  const gram = denseMatrix(memory, size, size)
  const sides = denseMatrix(memory, size, items)
  await lagProducts(memory, gram, sides, histories, weights, context.threads)
  const { lastRidge, shortRidge, longRidge } = parameters
  ;[shortRidge, longRidge, lastRidge].forEach((ridge, b) =>
    raiseBlock(gram, b * items, items, ridge),
  )
  context.progress?.(0.1)
  const algebra = new DenseAlgebra(memory, size, context.threads)
  try {
    solveLagged(memory, algebra, gram, sides)
  } finally {
    await algebra.close()
  }
  return new LinearRows(NAME, new RowSums(memory, sides, most), lagTerms(items, parameters))
}

/** Adds `times` its mean to a part of the diagonal; 1 where nothing was ever seen. */
function raiseBlock(
  { view, stride }: DenseMatrix,
  from: number,
  count: number,
  times: number,
): void {
  let sum = 0
  for (let i = from; i < from + count; i++) sum += view[i * (stride + 1)] as number
  const ridge = sum > 0 ? (times * sum) / count : 1
  for (let i = from; i < from + count; i++) {
    view[i * (stride + 1)] = (view[i * (stride + 1)] as number) + ridge
  }
}

/**
 * Replaces the right sides Y by G⁻¹·Y. The last block of G is diagonal, as a history has one newest item: with D
 * that block and K the rows left of it, the rest is solved with G₁ − Kᵀ·D⁻¹·K and Y₁ − Kᵀ·D⁻¹·Y₂, and
 * X₂ = D⁻¹·(Y₂ − K·X₁). That leaves 22.7 of the 27 · items³ operations of solving with the whole of G.
 */
function solveLagged(
  memory: KernelMemory,
  algebra: DenseAlgebra,
  gram: DenseMatrix,
  sides: DenseMatrix,
): void {
  const items = sides.columns
  const rest = gram.rows - items
  const root = Float64Array.from({ length: items }, (_, i) =>
    Math.sqrt(gram.view[(rest + i) * (gram.stride + 1)] as number),
  )
  const square = { ...gram, rows: rest, columns: rest }
  const coupling = blockOf(gram, rest, 0, items, rest)
  const others = blockOf(sides, 0, 0, rest, items)
  const own = blockOf(sides, rest, 0, items, items)
  const turned = transposeOf(coupling)
  divideRows(gram, rest, rest, root)
  divideRows(sides, rest, items, root)
  const minus = { alpha: -1, beta: 1 } as const
  algebra.multiply(square, turned, coupling, { ...minus, shape: 'lower' })
  algebra.multiply(others, turned, own, minus)
  const cholesky = new BlockCholesky(memory, algebra)
  cholesky.factor(square)
  cholesky.solve(square, others)
  algebra.multiply(own, coupling, others, minus)
  divideRows(sides, rest, items, root)
}

/** Divides the first `columns` of the rows from `from` on, each row by its divisor. */
function divideRows(
  { view, stride }: DenseMatrix,
  from: number,
  columns: number,
  divisor: Float64Array,
): void {
  for (let r = 0; r < divisor.length; r++) {
    const at = (from + r) * stride
    const row = view.subarray(at, at + columns)
    for (let c = 0; c < columns; c++) row[c] = (row[c] as number) / (divisor[r] as number)
  }
}

export const blockAutoregression: RecommenderKind<VarParameters> = {
  name: NAME,
  title: 'Block ridge autoregression',
  source:
    'Vector autoregression (C. Sims, "Macroeconomics and Reality", 1980) of the next item on the newest item and on two decayed sums of those before it, by ridge regression (Hoerl and Kennard 1970).',
  format: 1,
  defaults: {
    shortWindow: 9,
    shortDecay: 0.8,
    longWindow: 79,
    longDecay: 0.97,
    lastRidge: 0.7,
    shortRidge: 0.4,
    longRidge: 0.8,
  },
  bounds: {
    shortWindow: [1, 255],
    shortDecay: [0, 1],
    longWindow: [1, 255],
    longDecay: [0, 1],
    lastRidge: [0.001, 1_000],
    shortRidge: [0.001, 1_000],
    longRidge: [0.001, 1_000],
  },
  suits: ({ histories }) => histories.items <= MOST_ITEMS,
  fit: fitVar,
  load: (sections, parameters) => {
    const sums = readRows(sections, () => mostTerms(parameters))
    return new LinearRows(NAME, sums, lagTerms(sums.matrix.columns, parameters))
  },
}
