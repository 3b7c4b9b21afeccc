import { TopK } from '../../../math/index.ts'
import { type Histories, type History, historyOf, newestEvents, newestOfAll } from '../histories.ts'
import type { Recommender } from '../recommender.ts'
import { CandidateUnion, spreadOf } from './candidateRows.ts'
import type { RankerFeatures } from './rankerFeatures.ts'

/** A recommender and its weight in the blend; with weight 0 it only tells the ranker what it thinks. */
export interface Weighed {
  readonly recommender: Recommender
  readonly weight: number
}

/** How candidates become a list; chosen with the model, saved with it. */
export interface AutoSettings {
  /** Best items of each member with a weight that are compared. */
  readonly perMember: number
  /** Candidates that the ranker orders. */
  readonly depth: number
  /** Are items of the history no candidates? */
  readonly masked: boolean
}

/** The rows of one person for the ranker: valid until the next person. */
export interface Shortlist {
  /** The best candidates by the blend, best first. */
  readonly item: Int32Array
  readonly blend: Float32Array
  /** item.length × columns of the features; nothing where there are none. */
  readonly rows: Float32Array
}

type RowOf = (member: number) => Float32Array

/**
 * From the scores of the members to the rows of the ranker, in teaching and in serving.
 * Blend: for each member with a weight, the z-score of its value among the candidates, times the weight, summed. The
 * candidates are the best items of these members. Members are asked for all items only where they have a weight or cannot
 * score some items alone.
 */
export class SecondStage {
  readonly items: number
  /** Of each member, what its values were multiplied by for the person asked last. */
  readonly factors: Float64Array
  readonly #members: readonly Weighed[]
  readonly #settings: AutoSettings
  readonly #features: RankerFeatures | undefined
  readonly #union: CandidateUnion
  readonly #best = new TopK()
  readonly #value: readonly Float32Array[]
  readonly #newest: readonly Float32Array[]
  readonly #item: Int32Array
  readonly #blend: Float32Array
  readonly #table: Float32Array
  readonly #gathered: Float32Array
  /** A row of all items for each member and for each member asked with the newest events, when first needed. */
  readonly #rows = new Map<number, Float32Array>()

  constructor(
    items: number,
    members: readonly Weighed[],
    settings: AutoSettings,
    features: RankerFeatures | undefined,
  ) {
    const { depth, perMember } = settings
    this.items = items
    this.factors = new Float64Array(members.length)
    this.#members = members
    this.#settings = settings
    this.#features = features
    this.#union = new CandidateUnion(items, perMember)
    this.#value = members.map(() => new Float32Array(depth))
    this.#newest = members.map(() => new Float32Array(depth))
    this.#item = new Int32Array(depth)
    this.#blend = new Float32Array(depth)
    this.#table = new Float32Array(depth * (features?.columns.length ?? 0))
    this.#gathered = new Float32Array(perMember * members.length)
  }

  /** Of a row of the ranker. */
  get columns(): number {
    return this.#features?.columns.length ?? 0
  }

  /** Writes the blend of all items. */
  one(history: History, scores: Float32Array): Shortlist {
    const last = newestEvents(history)
    return this.#together(
      history,
      last,
      (m) => this.#scored(m, m, history),
      (m) => this.#scored(m, m + this.#members.length, last),
      scores,
    )
  }

  #scored(member: number, row: number, history: History): Float32Array {
    const { recommender } = this.#members[member] as Weighed
    const buffer = this.#rows.get(row) ?? new Float32Array(this.items)
    this.#rows.set(row, buffer)
    recommender.score(history, buffer)
    return buffer
  }

  /** The same for a block of people, by the members' own ways for blocks; row p of `scores` is person p. */
  each(
    histories: Histories,
    scores: Float32Array,
    visit: (person: number, list: Shortlist) => void,
  ): void {
    const { items } = this
    const newest = newestOfAll(histories)
    const whole = this.#members.map((member) =>
      needsAll(member) ? blockOf(member.recommender, histories) : undefined,
    )
    const late = this.#members.map(({ recommender }) =>
      this.#features === undefined || recommender.scoreItems !== undefined
        ? undefined
        : blockOf(recommender, newest),
    )
    for (let p = 0; p < histories.people; p++) {
      const row = (block: Float32Array | undefined): Float32Array =>
        (block as Float32Array).subarray(p * items, (p + 1) * items)
      const history = historyOf(histories, p)
      const list = this.#together(
        history,
        historyOf(newest, p),
        (m) => row(whole[m]),
        (m) => row(late[m]),
        row(scores),
      )
      visit(p, list)
    }
  }

  #together(
    history: History,
    last: History,
    whole: RowOf,
    late: RowOf,
    scores: Float32Array,
  ): Shortlist {
    const all = this.#members.map((member, m) => (needsAll(member) ? whole(m) : undefined))
    const candidates = this.#weigh(all, history, scores)
    const n = this.#pick(candidates, scores)
    const item = this.#item.subarray(0, n)
    const blend = this.#blend.subarray(0, n)
    const features = this.#features
    if (features === undefined) return { item, blend, rows: this.#table }
    const cut = (columns: readonly Float32Array[]) => columns.map((one) => one.subarray(0, n))
    const value = cut(this.#value)
    const newest = cut(this.#newest)
    this.#members.forEach(({ recommender }, m) => {
      const row = all[m]
      if (row !== undefined) gather(row, item, value[m] as Float32Array)
      else recommender.scoreItems?.(history, item, value[m] as Float32Array)
      if (recommender.scoreItems === undefined) gather(late(m), item, newest[m] as Float32Array)
      else recommender.scoreItems(last, item, newest[m] as Float32Array)
    })
    features.write(history, { item, value, newest, blend }, this.#table)
    return { item, blend, rows: this.#table.subarray(0, n * features.columns.length) }
  }

  /** Blends into `scores`; returns the candidates, as a view that is valid until the next call. */
  #weigh(
    all: readonly (Float32Array | undefined)[],
    history: History,
    scores: Float32Array,
  ): Int32Array {
    const weighed = all.filter((_, m) => this.#weightOf(m) > 0) as Float32Array[]
    const candidates = this.#union.of(weighed, this.#settings.masked ? history.item : undefined)
    const values = this.#gathered.subarray(0, candidates.length)
    scores.fill(0)
    all.forEach((row, m) => {
      this.factors[m] = 0
      if (row === undefined || this.#weightOf(m) === 0) return
      gather(row, candidates, values)
      const { mean, scale } = spreadOf(values)
      const factor = scale * this.#weightOf(m)
      this.factors[m] = factor
      if (factor === 0) return
      for (let i = 0; i < scores.length; i++) {
        scores[i] = (scores[i] as number) + factor * ((row[i] as number) - mean)
      }
    })
    return candidates
  }

  #weightOf(member: number): number {
    return (this.#members[member] as Weighed).weight
  }

  /** Notes the best candidates by the blend. Returns how many they are. */
  #pick(candidates: Int32Array, scores: Float32Array): number {
    this.#best.reset(this.#settings.depth)
    // In the order of the candidates, which breaks ties.
    candidates.forEach((item, place) => this.#best.offer(place, scores[item] as number))
    const { ids } = this.#best.ranked()
    ids.forEach((place, k) => {
      const item = candidates[place] as number
      this.#item[k] = item
      this.#blend[k] = scores[item] as number
    })
    return ids.length
  }
}

/** Must it score all items for a person's whole history? */
function needsAll({ recommender, weight }: Weighed): boolean {
  return weight > 0 || recommender.scoreItems === undefined
}

function blockOf(recommender: Recommender, histories: Histories): Float32Array {
  const { people, items } = histories
  const block = new Float32Array(people * items)
  if (recommender.scoreAll !== undefined) recommender.scoreAll(histories, block)
  else {
    for (let p = 0; p < people; p++) {
      recommender.score(historyOf(histories, p), block.subarray(p * items, (p + 1) * items))
    }
  }
  return block
}

function gather(row: Float32Array, items: Int32Array, into: Float32Array): void {
  for (let k = 0; k < items.length; k++) into[k] = row[items[k] as number] as number
}
