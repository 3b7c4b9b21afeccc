import { type CsrMatrix, TopK } from '../../../math/index.ts'
import type { History } from '../histories.ts'
import type { Recommender, RecommenderKind, ScorePart } from '../recommender.ts'
import { type Section, SectionReader } from '../savedState.ts'
import { addRow, entryOf, matrixSections, readMatrix } from '../sequences/sparseRows.ts'
import { basketCounts, type BasketWeight, forEachInBaskets } from './basketCounts.ts'
import { PersonVectors, squaredLengths } from './personVectors.ts'
import { hasBaskets } from './topFreq.ts'

type TifuParameters = {
  /** Within a group of baskets the newest counts 1, the n-th before it basketDecay^n. */
  readonly basketDecay: number
  /** The newest group counts 1, the n-th before it groupDecay^n. */
  readonly groupDecay: number
  /** Baskets in a group. */
  readonly groupSize: number
  /** People alike whose mean counts. */
  readonly neighbours: number
  /** Share of the person's own vector, the rest being that of the people alike. */
  readonly own: number
}

const NAME = 'tifu-knn'

/** The weight of a basket in the vector of a person: equations 1 to 3 of the paper. */
function weightIn({ basketDecay, groupDecay, groupSize }: TifuParameters): BasketWeight {
  return (back, baskets) => {
    const groups = Math.ceil(baskets / groupSize)
    const group = Math.floor(back / groupSize)
    const size = group === groups - 1 ? baskets - group * groupSize : groupSize
    return (basketDecay ** (back % groupSize) * groupDecay ** group) / (size * groups)
  }
}

class TifuKnn implements Recommender {
  readonly name = NAME
  readonly #vectors: PersonVectors
  readonly #lengths: Float32Array
  readonly #parameters: TifuParameters
  readonly #weight: BasketWeight
  readonly #own: Float32Array
  readonly #best = new TopK()

  constructor(vectors: CsrMatrix, parameters: TifuParameters) {
    this.#vectors = new PersonVectors(vectors)
    this.#lengths = squaredLengths(vectors)
    this.#parameters = parameters
    this.#weight = weightIn(parameters)
    this.#own = new Float32Array(vectors.columns)
  }

  get items(): number {
    return this.#own.length
  }

  score(history: History, scores: Float32Array): void {
    scores.fill(0)
    const { own } = this.#parameters
    this.#ask(history, (items, alike) => {
      const share = (1 - own) / Math.max(1, alike.length)
      for (const p of alike) addRow(this.#vectors.rows, p, share, scores)
      for (const i of items) scores[i] = (scores[i] as number) + own * (this.#own[i] as number)
    })
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const parts: ScorePart[] = []
    const { own } = this.#parameters
    this.#ask(history, (_, alike) => {
      const mine = own * (this.#own[item] ?? 0)
      if (mine !== 0) parts.push({ item, score: mine })
      let sum = 0
      for (const p of alike) sum += entryOf(this.#vectors.rows, p, item)
      if (sum !== 0) parts.push({ item: -1, score: ((1 - own) * sum) / alike.length })
    })
    return parts
  }

  save(): readonly Section[] {
    return matrixSections(this.#vectors.rows)
  }

  /** Gives the items of the person's own vector (which is in #own meanwhile) and the people alike. */
  #ask(history: History, use: (items: readonly number[], alike: Int32Array) => void): void {
    const items: number[] = []
    const own = this.#own
    forEachInBaskets(history, (item, back, baskets) => {
      const weight = this.#weight(back, baskets)
      if (item >= this.items || weight === 0) return
      if (own[item] === 0) items.push(item)
      own[item] = (own[item] as number) + weight
    })
    use(items, this.#alike(items))
    for (const i of items) own[i] = 0
  }

  /**
   * The nearest people by Euclidean distance, as in the paper. Whoever is at the same point, above all the
   * asked person as of fit time, is left out: he says nothing that the own vector does not.
   */
  #alike(items: readonly number[]): Int32Array {
    let length = 0
    for (const i of items) length += (this.#own[i] as number) ** 2
    if (length === 0) return new Int32Array(0)
    const vectors = this.#vectors
    vectors.multiply(items, this.#own)
    const same = 1e-5 * length
    this.#best.reset(this.#parameters.neighbours)
    for (let p = 0; p < vectors.people; p++) {
      const distance = length + (this.#lengths[p] as number) - 2 * (vectors.dots[p] as number)
      if (distance > same) this.#best.offer(p, -distance)
    }
    return this.#best.ranked().ids.slice()
  }
}

export const tifuKnn: RecommenderKind<TifuParameters> = {
  name: NAME,
  title: 'TIFU-kNN, temporal item frequency and neighbours',
  source:
    'Hu, He, Gao and Zhang, "Modeling personalized item frequency information for next-basket recommendation", SIGIR 2020.',
  format: 1,
  // The authors' values for Ta-Feng.
  defaults: { basketDecay: 0.9, groupDecay: 0.7, groupSize: 7, neighbours: 300, own: 0.7 },
  bounds: {
    basketDecay: [0, 1],
    groupDecay: [0, 1],
    groupSize: [1, 1_000],
    neighbours: [1, 100_000],
    own: [0, 1],
  },
  candidates: () => [{}, { own: 0.1 }, { own: 0.3 }, { own: 0.9 }],
  suits: hasBaskets,
  fit: ({ histories }, parameters) =>
    Promise.resolve(new TifuKnn(basketCounts(histories, weightIn(parameters)), parameters)),
  load: (sections, parameters) => new TifuKnn(readMatrix(new SectionReader(sections)), parameters),
}
