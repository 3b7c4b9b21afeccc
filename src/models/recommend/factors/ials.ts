import { randomNormal, seededRandom } from '../../../base/index.ts'
import { AlsFactorization, alsBytes, type CsrMatrix } from '../../../math/index.ts'
import { modelErrors } from '../../errors.ts'
import { interactionMatrix } from '../histories.ts'
import type { FitContext, Recommender, RecommenderKind, TrainingData } from '../recommender.ts'
import { FoldedFactors, type IalsSettings, loadFoldedFactors } from './foldedFactors.ts'

export type IalsParameters = {
  /** Size of the vectors; 0: 64 on dense data (more than 1 % of all pairs observed), else 256. */
  readonly factors: number
  /** Weight of a pair that was not observed, beside 1 of one that was; 0: 0.3 on dense data, else 0.01. */
  readonly unobserved: number
  /** The penalty's factor; 0: 0.007 on dense data, else 0.003. */
  readonly regularization: number
  /** The penalty of a person with n items is regularization · (n + unobserved · items)^power, of an item likewise. */
  readonly power: number
  readonly epochs: number
  /** Steps of conjugate gradients in each half of an epoch; 0 solves exactly. */
  readonly steps: number
  /** True: an item counts the sum of its events' weights in place of 1. */
  readonly weighted: boolean
}

/** Share of all pairs above which data are dense. */
const DENSE = 0.01

const DEFAULTS: IalsParameters = {
  factors: 0,
  unobserved: 0,
  regularization: 0,
  power: 1,
  epochs: 10,
  steps: 3,
  weighted: false,
}

function isDense(people: number, items: number, entries: number): boolean {
  return entries > DENSE * people * items
}

function settingsOf(matrix: CsrMatrix, parameters: IalsParameters): IalsSettings {
  const { rows, columns, index } = matrix
  const dense = isDense(rows, columns, index.length)
  const { factors, unobserved, regularization, power, weighted } = parameters
  return {
    factors: factors || (dense ? 64 : 256),
    unobserved: unobserved || (dense ? 0.3 : 0.01),
    regularization: regularization || (dense ? 0.007 : 0.003),
    power,
    weighted,
  }
}

/** Entries of the longest row or column. */
function longestOf({ rows, columns, start, index }: CsrMatrix): number {
  const counts = new Int32Array(columns)
  let longest = 0
  for (let e = 0; e < index.length; e++) {
    const i = index[e] as number
    const count = (counts[i] as number) + 1
    counts[i] = count
    if (count > longest) longest = count
  }
  for (let r = 0; r < rows; r++) {
    longest = Math.max(longest, (start[r + 1] as number) - (start[r] as number))
  }
  return longest
}

/** Entries of each row from the places where rows start. */
function fillPenalties(
  penalty: Float32Array,
  start: ArrayLike<number>,
  others: number,
  { regularization, unobserved, power }: IalsSettings,
): void {
  for (let r = 0; r < penalty.length; r++) {
    const count = (start[r + 1] as number) - (start[r] as number)
    penalty[r] = regularization * (count + unobserved * others) ** power
  }
}

async function fit(
  name: string,
  { histories }: TrainingData,
  parameters: IalsParameters,
  context: FitContext,
): Promise<Recommender> {
  const matrix = interactionMatrix(histories, !parameters.weighted)
  const settings = settingsOf(matrix, parameters)
  const { factors, unobserved, weighted } = settings
  const { rows, columns } = matrix
  const entries = matrix.index.length
  const longest = longestOf(matrix)
  const { threads, memoryLimit = Infinity } = context
  const shape = { rows, columns, entries, longest, factors, weighted, threads }
  const bytes = alsBytes(shape)
  if (bytes > Math.min(memoryLimit, 2 ** 32)) {
    const [needed, allowed] = [bytes, Math.min(memoryLimit, 2 ** 32)].map((b) => Math.ceil(b / 1e6))
    throw modelErrors.MODELS_TOO_LARGE(
      `${name} with ${factors} factors needs ${needed} MB for ${rows} people, ${columns} items and ${entries} pairs, and may use ${allowed} MB.`,
    )
  }
  const als = new AlsFactorization(shape)
  als.byRow.start.set(matrix.start)
  als.byRow.index.set(matrix.index)
  als.byRow.value?.set(matrix.value)
  const byColumn = als.transpose()
  fillPenalties(als.rowPenalty, matrix.start, columns, settings)
  fillPenalties(als.columnPenalty, byColumn.start, rows, settings)
  // People start at 0, from where their first step leads straight towards what they had.
  const random = seededRandom(context.seed)
  const deviation = 0.1 / Math.sqrt(factors)
  for (let i = 0; i < columns; i++) {
    for (let k = 0; k < factors; k++) {
      als.columnFactors[i * als.stride + k] = deviation * randomNormal(random)
    }
  }
  try {
    for (let epoch = 0; epoch < parameters.epochs; epoch++) {
      als.sweep({ unobserved, shift: 0, steps: parameters.steps })
      context.progress?.((epoch + 1) / parameters.epochs)
    }
  } finally {
    await als.close()
  }
  const items = new Float32Array(columns * factors)
  for (let i = 0; i < columns; i++) {
    items.set(als.columnFactors.subarray(i * als.stride, i * als.stride + factors), i * factors)
  }
  return new FoldedFactors(name, settings, items)
}

/** Weights of unobserved pairs among which a cut inside the training data chooses. */
const CHOICES = [0.01, 0.03, 0.1, 0.3]

function kindOf(name: string, factors: number): RecommenderKind<IalsParameters> {
  const size = factors === 0 ? '' : ` with ${factors} factors`
  return {
    name,
    title: `iALS: matrix factorisation for implicit feedback${size}`,
    source:
      'Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008; S. Rendle, W. Krichene, L. Zhang, Y. Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks", RecSys 2022.',
    format: 1,
    defaults: { ...DEFAULTS, factors },
    bounds: {
      factors: [0, 1024],
      unobserved: [0, 10],
      regularization: [0, 10],
      power: [0, 2],
      epochs: [1, 200],
      steps: [0, 20],
    },
    candidates: () => CHOICES.map((unobserved) => ({ unobserved })),
    fit: (data, parameters, context) => fit(name, data, parameters, context),
    load: (sections) => loadFoldedFactors(name, sections),
  }
}

export const ials = kindOf('ials', 0)
export const ials64 = kindOf('ials-64', 64)
export const ials192 = kindOf('ials-192', 192)
export const ials256 = kindOf('ials-256', 256)
