import { type CsrMatrix, SparseScores, TopK, transposed } from '../../../math/index.ts'
import { type History, interactionMatrix } from '../histories.ts'
import type { Recommender, RecommenderKind, ScorePart } from '../recommender.ts'
import { type Section, SectionReader } from '../savedState.ts'
import { entryOf, matrixSections, readMatrix } from '../sequences/sparseRows.ts'
import { HistoryItems, newestEvents } from './historyItems.ts'
import { powersOf, sumsOf } from './powerSimilarity.ts'

export type UserKnnParameters = {
  /** How much popular items say little about the likeness of two people: each counts (people)^−itemPower. */
  readonly itemPower: number
  /** Power of the likeness. */
  readonly power: number
  /** How much neighbours with long histories are held down. */
  readonly neighbourPower: number
  /** How much popular items of the answer are held down. */
  readonly columnPower: number
  /** Most similar people who are asked. */
  readonly neighbours: number
  /** Only so many newest events of a history count; 0: all. */
  readonly newest: number
  /** False: an item counts the sum of its weights in a history. */
  readonly binary: boolean
  /** People of the training data with exactly the items that are asked for are no neighbours: they are the one who asks. */
  readonly leaveOutSame: boolean
}

const NAME = 'user-knn'

/**
 * Keeps who had what, by people and by items; the neighbours are found when somebody asks:
 *
 *   like(v) = (Σ_i h_i r_vi d_i^−itemPower)^power · d_v^−neighbourPower,   the best `neighbours` of them,
 *   score(j) = d_j^−columnPower · Σ_v like(v) r_vj.
 *
 * Cost of asking: one addition for everybody who shares an item, for each item shared, and one for each
 * event of the neighbours.
 */
class UserNeighbours implements Recommender {
  readonly name = NAME
  readonly #byPerson: CsrMatrix
  readonly #byItem: CsrMatrix
  readonly #parameters: UserKnnParameters
  readonly #itemWeight: Float32Array
  readonly #personFactor: Float32Array
  readonly #columnFactor: Float32Array
  readonly #history: HistoryItems
  readonly #likeness = new SparseScores()
  readonly #best = new TopK()

  constructor(byPerson: CsrMatrix, parameters: UserKnnParameters) {
    const { people, items } = sumsOf(byPerson)
    this.#byPerson = byPerson
    this.#byItem = transposed(byPerson)
    this.#parameters = parameters
    this.#itemWeight = powersOf(items, -parameters.itemPower)
    this.#personFactor = powersOf(people, -parameters.neighbourPower)
    this.#columnFactor = powersOf(items, -parameters.columnPower)
    this.#history = new HistoryItems(byPerson.columns, parameters)
    this.#likeness.reserve(byPerson.rows)
  }

  get items(): number {
    return this.#byPerson.columns
  }

  score(history: History, scores: Float32Array): void {
    scores.fill(0)
    const { start, index, value } = this.#byPerson
    const { ids, scores: likeness } = this.#neighbours(history)
    for (let k = 0; k < ids.length; k++) {
      const v = ids[k] as number
      const like = likeness[k] as number
      const to = start[v + 1] as number
      for (let e = start[v] as number; e < to; e++) {
        const j = index[e] as number
        scores[j] = (scores[j] as number) + like * (value[e] as number)
      }
    }
    if (this.#parameters.columnPower === 0) return
    const factor = this.#columnFactor
    for (let j = 0; j < scores.length; j++) {
      scores[j] = (scores[j] as number) * (factor[j] as number)
    }
  }

  /** What each item of the history has added to the likeness of the neighbours who had the item. */
  parts(history: History, item: number): readonly ScorePart[] {
    const { ids, scores } = this.#neighbours(history)
    const { item: known, value, count } = this.#history
    const sums = new Float64Array(count)
    for (let n = 0; n < ids.length; n++) {
      const v = ids[n] as number
      const theirs = entryOf(this.#byPerson, v, item)
      if (theirs === 0) continue
      const shares = Float64Array.from({ length: count }, (_, k) => {
        const i = known[k] as number
        const weight = (value[k] as number) * (this.#itemWeight[i] as number)
        return weight * entryOf(this.#byPerson, v, i)
      })
      const whole = shares.reduce((sum, share) => sum + share, 0)
      const like = (scores[n] as number) * theirs * (this.#columnFactor[item] as number)
      for (let k = 0; k < count; k++) {
        sums[k] = (sums[k] as number) + (like * (shares[k] as number)) / whole
      }
    }
    return Array.from(sums, (score, k) => ({ item: known[k] as number, score })).filter(
      ({ score }) => score !== 0,
    )
  }

  save(): readonly Section[] {
    return matrixSections(this.#byPerson)
  }

  /** The most similar people; valid until the next call. */
  #neighbours(history: History): { readonly ids: Int32Array; readonly scores: Float64Array } {
    const { power, neighbours, leaveOutSame } = this.#parameters
    const sums = this.#likeness
    const known = this.#history
    known.read(history)
    this.#addLikeness()
    const asked = leaveOutSame ? known.item.slice(0, known.count).sort() : undefined
    const best = this.#best
    best.reset(Math.min(neighbours, this.#byPerson.rows))
    for (let t = 0; t < sums.count; t++) {
      const v = sums.touched[t] as number
      if (asked !== undefined && isRow(this.#byPerson, v, asked)) continue
      const sum = sums.scores[v] as number
      best.offer(v, (power === 1 ? sum : sum ** power) * (this.#personFactor[v] as number))
    }
    sums.clear()
    return best.ranked()
  }

  #addLikeness(): void {
    const { start, index, value } = this.#byItem
    const { scores, touched } = this.#likeness
    const known = this.#history
    let { count } = this.#likeness
    for (let k = 0; k < known.count; k++) {
      const i = known.item[k] as number
      const weight = (known.value[k] as number) * (this.#itemWeight[i] as number)
      const to = start[i + 1] as number
      for (let e = start[i] as number; e < to; e++) {
        const v = index[e] as number
        const before = scores[v] as number
        if (before === 0) touched[count++] = v
        scores[v] = before + weight * (value[e] as number)
      }
    }
    this.#likeness.count = count
  }
}

/** True when a row has exactly these columns, which rise. */
function isRow({ start, index }: CsrMatrix, row: number, columns: Int32Array): boolean {
  const from = start[row] as number
  if ((start[row + 1] as number) - from !== columns.length) return false
  return columns.every((column, k) => index[from + k] === column)
}

export const userKnn: RecommenderKind<UserKnnParameters> = {
  name: NAME,
  title: 'User neighbours',
  source:
    'Herlocker et al., "An algorithmic framework for performing collaborative filtering", 1999; for implicit feedback with normalising powers: Aiolli 2013.',
  format: 1,
  defaults: {
    itemPower: 0.55,
    power: 1,
    neighbourPower: 0.5,
    columnPower: 0.1,
    neighbours: 200,
    newest: 0,
    binary: true,
    leaveOutSame: true,
  },
  bounds: {
    itemPower: [0, 2],
    power: [0.05, 8],
    neighbourPower: [0, 2],
    columnPower: [0, 2],
    neighbours: [1, 100_000],
    newest: [0, 1e9],
  },
  candidates: () => [
    {},
    { neighbours: 500 },
    { neighbours: 80 },
    { power: 2, neighbourPower: 1, columnPower: 0.2 },
  ],
  fit({ histories }, parameters) {
    const matrix = interactionMatrix(newestEvents(histories, parameters.newest), parameters.binary)
    return Promise.resolve(new UserNeighbours(matrix, parameters))
  },
  load(sections, parameters) {
    return new UserNeighbours(readMatrix(new SectionReader(sections)), parameters)
  },
}
