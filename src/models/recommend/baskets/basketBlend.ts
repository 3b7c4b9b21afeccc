import { type CsrMatrix, TopK } from '../../../math/index.ts'
import type { Histories, History } from '../histories.ts'
import type { Recommender, RecommenderKind, ScorePart } from '../recommender.ts'
import { type Section, SectionReader, sectionsOf } from '../savedState.ts'
import { addRow, entryOf, matrixSections, readMatrix } from '../sequences/sparseRows.ts'
import {
  basketCounts,
  basketPopularity,
  forEachInBaskets,
  lastBasketPopularity,
  rankShares,
} from './basketCounts.ts'
import { basketTransitions } from './basketTransitions.ts'
import { PersonVectors } from './personVectors.ts'
import { hasBaskets } from './topFreq.ts'

type BasketBlendParameters = {
  /** Own baskets: the newest counts 1, the n-th before it decay^n. Also in the vectors of people. */
  readonly decay: number
  /** Weight of what follows from one basket to later ones. */
  readonly transitionWeight: number
  /** Later baskets that an item leads to; the n-th counts transitionDecay^(n − 1). */
  readonly window: number
  readonly transitionDecay: number
  readonly rowPower: number
  readonly columnPower: number
  /** Followers that are kept per item; 0: all. */
  readonly keep: number
  /** Newest baskets of the person from which is followed; the n-th before the newest counts historyDecay^n. */
  readonly historyBaskets: number
  readonly historyDecay: number
  /** Weight of people alike. */
  readonly neighbourWeight: number
  readonly neighbours: number
  /** Weight of being in many people's last baskets. */
  readonly recentWeight: number
}

const NAME = 'basket-blend'
/** Popularity decides among equal scores only. */
const TIE = 1e-4
/** From this cosine on two people are the same person, above all the asked one as of fit time. */
const SAME = 1 - 1e-5

/** The learned state, all of it saved. */
interface State {
  /** Person × item: decayed counts of baskets. */
  readonly counts: CsrMatrix
  readonly transitions: CsrMatrix
  /** Baskets with each item, and people whose last basket has it. */
  readonly popularity: Float32Array
  readonly recent: Float32Array
}

class BasketBlend implements Recommender {
  readonly name = NAME
  readonly #state: State
  readonly #parameters: BasketBlendParameters
  readonly #idf: Float32Array
  readonly #vectors: PersonVectors
  readonly #everybody: Float32Array
  readonly #own: Float32Array
  readonly #asked: Float32Array
  readonly #followed: Float32Array
  readonly #liked: Float32Array
  readonly #best = new TopK()

  constructor(state: State, parameters: BasketBlendParameters) {
    this.#state = state
    this.#parameters = parameters
    this.#idf = inverseFrequencies(state.counts)
    this.#vectors = new PersonVectors(unitRows(state.counts, this.#idf))
    const most = state.recent.reduce((a, b) => Math.max(a, b), 1)
    const ranks = rankShares(state.popularity)
    this.#everybody = state.recent.map(
      (count, i) => (parameters.recentWeight * count) / most + TIE * (ranks[i] as number),
    )
    const { columns } = state.counts
    this.#own = new Float32Array(columns)
    this.#asked = new Float32Array(columns)
    this.#followed = new Float32Array(columns)
    this.#liked = new Float32Array(columns)
  }

  get items(): number {
    return this.#own.length
  }

  score(history: History, scores: Float32Array): void {
    scores.set(this.#everybody)
    this.#ask(history, (items) => {
      const { byTransition, byNeighbour } = this.#factors()
      for (let i = 0; i < scores.length; i++) {
        scores[i] =
          (scores[i] as number) +
          byTransition * (this.#followed[i] as number) +
          byNeighbour * (this.#liked[i] as number)
      }
      for (const i of items) scores[i] = (scores[i] as number) + (this.#own[i] as number)
    })
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const sums = new Map<number, number>([[-1, this.#everybody[item] ?? 0]])
    const add = (from: number, score: number): void => {
      if (score !== 0) sums.set(from, (sums.get(from) ?? 0) + score)
    }
    this.#ask(history, (_, alike) => {
      add(item, this.#own[item] ?? 0)
      const { byTransition, byNeighbour } = this.#factors()
      this.#forEachSource(history, (from, weight) =>
        add(from, byTransition * weight * entryOf(this.#state.transitions, from, item)),
      )
      for (const p of alike) {
        const count = entryOf(this.#state.counts, p, item)
        if (count > 0) this.#explainNeighbour(p, byNeighbour * count, add)
      }
    })
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    const { counts, transitions, popularity, recent } = this.#state
    return [
      ...matrixSections(counts),
      ...matrixSections(transitions),
      ...sectionsOf(popularity, recent),
    ]
  }

  /** A person alike counts by the product with the asked one, which is a sum over the items of both. */
  #explainNeighbour(
    person: number,
    factor: number,
    add: (from: number, score: number) => void,
  ): void {
    const { start, index, value } = this.#vectors.rows
    for (let e = start[person] as number; e < (start[person + 1] as number); e++) {
      const i = index[e] as number
      add(i, factor * (this.#asked[i] as number) * (value[e] as number))
    }
  }

  /** Fills the buffers for one person, lets them be used, and clears what is sparse in them. */
  #ask(history: History, use: (items: readonly number[], alike: Int32Array) => void): void {
    const items: number[] = []
    forEachInBaskets(history, (item, back) => {
      const weight = this.#parameters.decay ** back
      if (item >= this.items || weight === 0) return
      if (this.#own[item] === 0) items.push(item)
      this.#own[item] = (this.#own[item] as number) + weight
    })
    this.#followed.fill(0)
    this.#forEachSource(history, (from, weight) =>
      addRow(this.#state.transitions, from, weight, this.#followed),
    )
    const alike = this.#alike(items)
    this.#liked.fill(0)
    for (const p of alike) {
      addRow(this.#state.counts, p, this.#vectors.dots[p] as number, this.#liked)
    }
    use(items, alike)
    for (const i of items) this.#own[i] = this.#asked[i] = 0
  }

  /** The items of the newest baskets, as often as they are there. */
  #forEachSource(history: History, visit: (item: number, weight: number) => void): void {
    const { historyBaskets, historyDecay } = this.#parameters
    forEachInBaskets(history, (item, back) => {
      if (back < historyBaskets && item < this.items) visit(item, historyDecay ** back)
    })
  }

  /** The people with the largest cosine; their products stay in the vectors' `dots`. */
  #alike(items: readonly number[]): Int32Array {
    let length = 0
    for (const i of items) {
      const value = (this.#own[i] as number) * (this.#idf[i] as number)
      this.#asked[i] = value
      length += value * value
    }
    if (length === 0) return new Int32Array(0)
    for (const i of items) this.#asked[i] = (this.#asked[i] as number) / Math.sqrt(length)
    this.#vectors.multiply(items, this.#asked)
    const { dots } = this.#vectors
    this.#best.reset(this.#parameters.neighbours)
    for (let p = 0; p < dots.length; p++) {
      const cosine = dots[p] as number
      if (cosine > 0 && cosine < SAME) this.#best.offer(p, cosine)
    }
    return this.#best.ranked().ids.slice()
  }

  /** Each family is divided by its best score for this person, so that the weights mean the same for all. */
  #factors(): { readonly byTransition: number; readonly byNeighbour: number } {
    const { transitionWeight, neighbourWeight } = this.#parameters
    return {
      byTransition: transitionWeight / largestOf(this.#followed),
      byNeighbour: neighbourWeight / largestOf(this.#liked),
    }
  }
}

/** 1 when there is none above 0. */
function largestOf(scores: Float32Array): number {
  let largest = 0
  for (const score of scores) if (score > largest) largest = score
  return largest === 0 ? 1 : largest
}

/** log(people / people with the item); a little above 0 for an item that everybody has. */
function inverseFrequencies(counts: CsrMatrix): Float32Array {
  const people = new Float64Array(counts.columns)
  for (const i of counts.index) people[i] = (people[i] as number) + 1
  return Float32Array.from(people, (n) => (n === 0 ? 0 : Math.log((counts.rows + 1) / n)))
}

function unitRows(counts: CsrMatrix, factors: Float32Array): CsrMatrix {
  const value = counts.value.map((v, e) => v * (factors[counts.index[e] as number] as number))
  for (let p = 0; p < counts.rows; p++) {
    const row = value.subarray(counts.start[p], counts.start[p + 1])
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0))
    if (length > 0) row.forEach((v, e) => (row[e] = v / length))
  }
  return { ...counts, value }
}

function learn(histories: Histories, parameters: BasketBlendParameters): State {
  const { decay, transitionDecay } = parameters
  return {
    counts: basketCounts(histories, (back) => decay ** back),
    transitions: basketTransitions(histories, { ...parameters, decay: transitionDecay }),
    popularity: basketPopularity(histories),
    recent: lastBasketPopularity(histories),
  }
}

export const basketBlend: RecommenderKind<BasketBlendParameters> = {
  name: NAME,
  title: 'Own baskets, what followed them, people alike, and the last baskets of all',
  source:
    'Parts after Faggioli, Polato and Aiolli, "Recency aware collaborative filtering for next basket recommendation", UMAP 2020; weights our own.',
  format: 1,
  defaults: {
    decay: 0.95,
    transitionWeight: 1,
    window: 3,
    transitionDecay: 0.7,
    rowPower: 0.7,
    columnPower: 0,
    keep: 500,
    historyBaskets: 10,
    historyDecay: 0.9,
    neighbourWeight: 1,
    neighbours: 200,
    recentWeight: 0.5,
  },
  bounds: {
    decay: [0, 1],
    transitionWeight: [0, 100],
    window: [1, 255],
    transitionDecay: [0, 1],
    rowPower: [0, 1],
    columnPower: [0, 1],
    keep: [0, 1_000_000],
    historyBaskets: [1, 10_000],
    historyDecay: [0, 1],
    neighbourWeight: [0, 100],
    neighbours: [1, 100_000],
    recentWeight: [0, 100],
  },
  candidates: () => [
    {},
    { decay: 0.9 },
    { decay: 0.8 },
    { neighbourWeight: 2, transitionWeight: 2 },
  ],
  suits: hasBaskets,
  fit: ({ histories }, parameters) =>
    Promise.resolve(new BasketBlend(learn(histories, parameters), parameters)),
  load: (sections, parameters) => {
    const reader = new SectionReader(sections)
    const counts = readMatrix(reader)
    const transitions = readMatrix(reader)
    const state = { counts, transitions, popularity: reader.float32(), recent: reader.float32() }
    return new BasketBlend(state, parameters)
  },
}
