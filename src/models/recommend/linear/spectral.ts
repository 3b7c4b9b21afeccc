import { seededRandom } from '../../../base/index.ts'
import { FactorScores, rightVectors, svdBytes } from '../../../math/index.ts'
import { modelErrors } from '../../errors.ts'
import { type Histories, type History, historyOf, interactionMatrix } from '../histories.ts'
import { HistoryItems } from '../neighbours/historyItems.ts'
import type {
  FitContext,
  Recommender,
  RecommenderKind,
  ScorePart,
  TrainingData,
} from '../recommender.ts'
import { type Section, SectionReader, sectionsOf } from '../savedState.ts'
import { checkSize } from './limits.ts'

export type SpectralParameters = {
  /** Frequencies that pass. 0: 64 where more than 1 % of all pairs occur, else 384. */
  readonly rank: number
  /** Passes over the data; more make the vectors more exact. */
  readonly passes: number
}

const NAME = 'spectral'
const DENSE_RANK = 64
const SPARSE_RANK = 384
const DENSE = 0.01
/** The kernel addresses 4 GiB. */
const MOST_ITEMS = 1_000_000

/** An ideal low-pass filter: score = x · D^-½ · V · Vᵀ · D^½, with V the leading right singular vectors. */
class Spectral implements Recommender {
  readonly name = NAME
  readonly #rank: number
  /** items × rank */
  readonly #vectors: Float32Array
  /** D^½: square roots of the numbers of people per item; 0 for an item that nobody had. */
  readonly #root: Float32Array
  readonly #products: FactorScores
  readonly #known: HistoryItems

  constructor(vectors: Float32Array, root: Float32Array, rank: number) {
    this.#vectors = vectors
    this.#root = root
    this.#rank = rank
    this.#products = new FactorScores(vectors, root.length, rank)
    this.#known = new HistoryItems(root.length, { binary: true, newest: 0 })
  }

  get items(): number {
    return this.#root.length
  }

  score(history: History, scores: Float32Array): void {
    const person = new Float32Array(this.#rank)
    this.#project(history, person)
    this.#products.scores(person, 1, scores)
    this.#scale(scores)
  }

  scoreAll(histories: Histories, scores: Float32Array): void {
    const { people } = histories
    const projected = new Float32Array(people * this.#rank)
    for (let p = 0; p < people; p++) {
      const row = projected.subarray(p * this.#rank, (p + 1) * this.#rank)
      this.#project(historyOf(histories, p), row)
    }
    this.#products.scores(projected, people, scores)
    for (let p = 0; p < people; p++) {
      this.#scale(scores.subarray(p * this.items, (p + 1) * this.items))
    }
  }

  scoreItems(history: History, items: Int32Array, scores: Float32Array): void {
    const rank = this.#rank
    const person = new Float32Array(rank)
    this.#project(history, person)
    for (let n = 0; n < items.length; n++) {
      const first = (items[n] as number) * rank
      let sum = 0
      for (let k = 0; k < rank; k++) {
        sum += (person[k] as number) * (this.#vectors[first + k] as number)
      }
      scores[n] = sum * (this.#root[items[n] as number] as number)
    }
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const known = this.#known
    known.read(history)
    return Array.from(known.item.subarray(0, known.count), (from) => {
      let sum = 0
      for (let k = 0; k < this.#rank; k++) {
        const a = this.#vectors[from * this.#rank + k] as number
        sum += a * (this.#vectors[item * this.#rank + k] as number)
      }
      return { item: from, score: sum * this.#damping(from) * (this.#root[item] as number) }
    }).filter(({ score }) => score !== 0)
  }

  save(): readonly Section[] {
    return sectionsOf(this.#vectors, this.#root)
  }

  /** x · D^-½ · V */
  #project(history: History, out: Float32Array): void {
    const known = this.#known
    known.read(history)
    for (let e = 0; e < known.count; e++) {
      const item = known.item[e] as number
      const by = this.#damping(item)
      const first = item * this.#rank
      for (let k = 0; k < out.length; k++) {
        out[k] = (out[k] as number) + by * (this.#vectors[first + k] as number)
      }
    }
  }

  #damping(item: number): number {
    const root = this.#root[item] as number
    return root === 0 ? 0 : 1 / root
  }

  #scale(scores: Float32Array): void {
    for (let i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] as number) * (this.#root[i] as number)
    }
  }
}

/** How often each place occurs. */
function countsOf(index: Int32Array, length: number): Float32Array {
  const counts = new Float32Array(length)
  for (const i of index) counts[i] = (counts[i] as number) + 1
  return counts
}

const inverseRoot = (count: number): number => (count === 0 ? 0 : 1 / Math.sqrt(count))

async function fitSpectral(
  { histories }: TrainingData,
  { rank, passes }: SpectralParameters,
  context: FitContext,
): Promise<Recommender> {
  const matrix = interactionMatrix(histories)
  const { rows, columns, start, index } = matrix
  const wanted = rank > 0 ? rank : index.length > DENSE * rows * columns ? DENSE_RANK : SPARSE_RANK
  const asking = 4 * columns * (2 * wanted + 64)
  const bytes = svdBytes(matrix, wanted) + asking
  checkSize({ model: NAME, items: columns, mostItems: MOST_ITEMS, bytes }, context)
  const perItem = countsOf(index, columns)
  const perPerson = Float32Array.from({ length: rows }, (_, p) =>
    inverseRoot((start[p + 1] as number) - (start[p] as number)),
  )
  const found = await rightVectors(matrix, perPerson, perItem.map(inverseRoot), {
    rank: wanted,
    passes,
    random: seededRandom(context.seed),
    threads: context.threads,
    ...(context.progress && { progress: context.progress }),
  })
  return new Spectral(found.vectors, perItem.map(Math.sqrt), found.rank)
}

export const spectral: RecommenderKind<SpectralParameters> = {
  name: NAME,
  title: 'Spectral low-pass filter',
  source:
    'Y. Shen et al., "How Powerful is Graph Convolution for Recommendation?" (GF-CF), CIKM 2021: its ideal low-pass filter, by randomised SVD (Halko, Martinsson and Tropp 2011).',
  format: 1,
  defaults: { rank: 0, passes: 4 },
  bounds: { rank: [0, 480], passes: [1, 100] },
  candidates: ({ histories: { people, items, item } }) =>
    (item.length > DENSE * people * items ? [32, 64, 128] : [128, 256, 384]).map((rank) => ({
      rank,
    })),
  fit: fitSpectral,
  load: (sections) => {
    const reader = new SectionReader(sections)
    const vectors = reader.float32()
    const root = reader.float32()
    const rank = root.length === 0 ? 0 : vectors.length / root.length
    if (!Number.isInteger(rank) || rank > 480) {
      throw modelErrors.MODELS_CORRUPT_STATE('vectors that do not fit the items')
    }
    return new Spectral(vectors, root, rank)
  },
}
