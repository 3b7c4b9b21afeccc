import {
  DenseAlgebra,
  type DenseMatrix,
  denseMatrix,
  gramBytes,
  gramInto,
  inverseBytes,
  KernelMemory,
  RowSums,
  SymmetricInverse,
} from '../../../math/index.ts'
import { interactionMatrix } from '../histories.ts'
import { HistoryItems } from '../neighbours/historyItems.ts'
import type { FitContext, Recommender, RecommenderKind, TrainingData } from '../recommender.ts'
import { checkSize, MOST_ITEMS } from './limits.ts'
import { askingBytes, LinearRows, readRows, type RowTerms } from './linearRows.ts'

export type EaseParameters = {
  /** What is added to the diagonal of the Gram matrix. 0: `ridge` times its mean. */
  readonly l2: number
  readonly ridge: number
}

export type WeightedEaseParameters = EaseParameters & {
  /** A person with d items counts d^-personPower in the Gram matrix. */
  readonly personPower: number
}

const EASE = 'ease'
const WEIGHTED = 'ease-weighted'
/** Above this a fit takes some seconds, and fewer settings are tried. */
const QUICK_ITEMS = 5_000

/** The distinct known items of a history, each counting 1. */
function distinctItems(items: number): RowTerms {
  const known = new HistoryItems(items, { binary: true, newest: 0 })
  return {
    most: items,
    forEach: (history, term) => {
      known.read(history)
      for (let k = 0; k < known.count; k++) {
        const item = known.item[k] as number
        term(item, 1, item)
      }
    },
  }
}

async function fitEase(
  name: string,
  { histories }: TrainingData,
  { l2, ridge, personPower }: WeightedEaseParameters,
  context: FitContext,
): Promise<Recommender> {
  const { items } = histories
  const matrix = interactionMatrix(histories)
  const bytes = inverseBytes(items) + gramBytes(matrix) + askingBytes(items, items)
  checkSize({ model: name, items, mostItems: MOST_ITEMS, bytes }, context)
  const memory = new KernelMemory(bytes)
  const b = denseMatrix(memory, items, items)
  const weight = Float32Array.from({ length: matrix.rows }, (_, p) => {
    const count = (matrix.start[p + 1] as number) - (matrix.start[p] as number)
    return count === 0 ? 0 : count ** -personPower
  })
  await gramInto(memory, b, matrix, weight, context.threads)
  raiseDiagonal(b, l2, ridge)
  context.progress?.(0.1)
  const algebra = new DenseAlgebra(memory, items, context.threads)
  try {
    new SymmetricInverse(memory, algebra).invert(b)
  } finally {
    await algebra.close()
  }
  leaveOutOwn(b)
  return new LinearRows(name, new RowSums(memory, b, items), distinctItems(items))
}

/** Adds l2, or where it is 0 `ridge` times the mean of the diagonal, or 1 where nothing was ever seen. */
function raiseDiagonal({ view, stride, rows }: DenseMatrix, l2: number, ridge: number): void {
  let sum = 0
  for (let i = 0; i < rows; i++) sum += view[i * (stride + 1)] as number
  const derived = sum > 0 ? (ridge * sum) / rows : 1
  const added = l2 > 0 ? l2 : derived
  for (let i = 0; i < rows; i++) {
    view[i * (stride + 1)] = (view[i * (stride + 1)] as number) + added
  }
}

/** P becomes B = I − P·diag(1 / diag P) (Steck 2019, equation 8), whose diagonal is 0. */
function leaveOutOwn({ view, stride, rows }: DenseMatrix): void {
  const scale = Float32Array.from(
    { length: rows },
    (_, j) => -1 / (view[j * (stride + 1)] as number),
  )
  for (let i = 0; i < rows; i++) {
    const row = view.subarray(i * stride, i * stride + rows)
    for (let j = 0; j < rows; j++) row[j] = (row[j] as number) * (scale[j] as number)
    row[i] = 0
  }
}

function loadEase(name: string, sections: readonly Uint8Array[]): Recommender {
  const sums = readRows(sections, (items) => items)
  return new LinearRows(name, sums, distinctItems(sums.matrix.columns))
}

function settings(quick: readonly number[], few: readonly number[]) {
  return ({ histories }: TrainingData) =>
    (histories.items > QUICK_ITEMS ? few : quick).map((ridge) => ({ ridge }))
}

const suits = ({ histories }: TrainingData): boolean => histories.items <= MOST_ITEMS

export const ease: RecommenderKind<EaseParameters> = {
  name: EASE,
  title: 'EASE: embarrassingly shallow autoencoder',
  source:
    'H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", The Web Conference 2019.',
  format: 1,
  defaults: { l2: 0, ridge: 2 },
  bounds: { l2: [0, 1e9], ridge: [0.01, 10_000] },
  candidates: settings([1, 2, 4, 8, 20], [2, 6, 20]),
  suits,
  fit: (data, parameters, context) =>
    fitEase(EASE, data, { ...parameters, personPower: 0 }, context),
  load: (sections) => loadEase(EASE, sections),
}

export const weightedEase: RecommenderKind<WeightedEaseParameters> = {
  name: WEIGHTED,
  title: 'EASE with less weight on people with many items',
  source:
    'H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", The Web Conference 2019; its Gram matrix weighted by d^-0.5 for a person with d items.',
  format: 1,
  defaults: { l2: 0, ridge: 3, personPower: 0.5 },
  bounds: { l2: [0, 1e9], ridge: [0.01, 10_000], personPower: [0, 2] },
  candidates: settings([1.5, 3, 6, 12, 30], [3, 10, 30]),
  suits,
  fit: (data, parameters, context) => fitEase(WEIGHTED, data, parameters, context),
  load: (sections) => loadEase(WEIGHTED, sections),
}
