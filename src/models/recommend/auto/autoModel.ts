import type { Trees } from '../../predict/trees.ts'
import { type Histories, type History, historyOf, newestEvents, newestFrom } from '../histories.ts'
import { sealTableModel } from '../tableModel.ts'
import type {
  FitContext,
  Parameters,
  Recommender,
  ScorePart,
  TrainingData,
} from '../recommender.ts'
import { recommenderKind } from '../recommenders.ts'
import { bytesOf, type Section } from '../savedState.ts'
import { CandidateUnion, spreadOf } from './candidateRows.ts'
import { type ItemFigures, itemFigures, RankerFeatures } from './rankerFeatures.ts'
import { Shortlist } from './shortlist.ts'

/** A fitted member of the blend. */
export interface AutoMember {
  readonly recommender: Recommender
  readonly parameters: Parameters
  readonly weight: number
}

/** How candidates become a list; chosen with the model, saved with it. */
export interface AutoSettings {
  /** Best items of each member that are compared. */
  readonly perMember: number
  /** Candidates that the ranker orders. */
  readonly depth: number
  /** Are items of the history no candidates? */
  readonly masked: boolean
}

/** The first section of the saved form. */
export interface AutoHead {
  readonly items: number
  readonly settings: AutoSettings
  /** Of each member; their models follow, then the figures and the trees of the ranker. */
  readonly weights: readonly number[]
  readonly ranker: boolean
}

export interface AutoRanker {
  readonly trees: Trees
  readonly figures: ItemFigures
}

const NOTHING = new Float32Array(0)

/** The newest events of everybody. */
function newestOfAll(histories: Histories): Histories {
  const { people, start, item, weight, basket, time } = histories
  const first = Uint32Array.from({ length: people }, (_, p) =>
    newestFrom(histories, start[p] as number, start[p + 1] as number),
  )
  const kept = [...first].flatMap((from, p) =>
    Array.from({ length: (start[p + 1] as number) - from }, (_, k) => from + k),
  )
  const shown = new Uint32Array(people + 1)
  first.forEach((from, p) => {
    shown[p + 1] = (shown[p] as number) + (start[p + 1] as number) - from
  })
  return {
    people,
    items: histories.items,
    start: shown,
    item: Int32Array.from(kept, (e) => item[e] as number),
    ...(weight && { weight: Float32Array.from(kept, (e) => weight[e] as number) }),
    ...(basket && { basket: Int32Array.from(kept, (e) => basket[e] as number) }),
    ...(time && { time: Float64Array.from(kept, (e) => time[e] as number) }),
  }
}

function rowOf(block: Float32Array, person: number, items: number): Float32Array {
  return block.subarray(person * items, (person + 1) * items)
}

/**
 * A blend of recommenders, whose best candidates a tree ranker may order anew.
 * Score: for each member the z-score of its value among the candidates, times its weight, summed; with a ranker
 * the best candidates come first, by the logit of the ranker, shifted above the rest.
 * Cost of a person: that of the members, twice with a ranker, plus about 0.3 ms for the ranker.
 */
export class AutoModel implements Recommender {
  readonly name = 'auto'
  readonly items: number
  readonly members: readonly AutoMember[]
  readonly settings: AutoSettings
  readonly ranker: AutoRanker | undefined
  readonly #rows: readonly Float32Array[]
  readonly #newest: readonly Float32Array[]
  readonly #union: CandidateUnion
  readonly #shortlist: Shortlist | undefined
  readonly #table: Float32Array

  constructor(
    items: number,
    members: readonly AutoMember[],
    settings: AutoSettings,
    ranker: AutoRanker | undefined,
  ) {
    this.items = items
    this.members = members
    this.settings = settings
    this.ranker = ranker
    this.#rows = members.map(() => new Float32Array(items))
    this.#newest = ranker === undefined ? [] : members.map(() => new Float32Array(items))
    this.#union = new CandidateUnion(items, settings.perMember)
    const names = members.map(({ recommender }) => recommender.name)
    const features = ranker && new RankerFeatures(ranker.figures, names)
    this.#shortlist = features && new Shortlist(features, members.length, settings.depth)
    this.#table =
      features === undefined ? NOTHING : new Float32Array(settings.depth * features.columns.length)
  }

  score(history: History, scores: Float32Array): void {
    this.members.forEach(({ recommender }, m) => {
      recommender.score(history, this.#rows[m] as Float32Array)
    })
    if (this.ranker !== undefined) {
      const last = newestEvents(history)
      this.members.forEach(({ recommender }, m) => {
        recommender.score(last, this.#newest[m] as Float32Array)
      })
    }
    this.#combine(history, this.#rows, this.#newest, scores)
  }

  scoreAll(histories: Histories, scores: Float32Array): void {
    const { items } = this
    const { people } = histories
    const blocks = this.#blocks(histories)
    const newest = this.ranker === undefined ? [] : this.#blocks(newestOfAll(histories))
    for (let p = 0; p < people; p++) {
      this.#combine(
        historyOf(histories, p),
        blocks.map((block) => rowOf(block, p, items)),
        newest.map((block) => rowOf(block, p, items)),
        rowOf(scores, p, items),
      )
    }
  }

  #blocks(histories: Histories): readonly Float32Array[] {
    const { items } = this
    const { people } = histories
    return this.members.map(({ recommender }) => {
      const block = new Float32Array(people * items)
      if (recommender.scoreAll === undefined) {
        for (let p = 0; p < people; p++) {
          recommender.score(historyOf(histories, p), rowOf(block, p, items))
        }
      } else recommender.scoreAll(histories, block)
      return block
    })
  }

  /** Blend over all items, then the ranker's order above it. */
  #combine(
    history: History,
    rows: readonly Float32Array[],
    newest: readonly Float32Array[],
    scores: Float32Array,
  ): void {
    const candidates = this.#union.of(rows, this.settings.masked ? history.item : undefined)
    const value = rows.map((row) => Float32Array.from(candidates, (item) => row[item] as number))
    const spreads = value.map(spreadOf)
    scores.fill(0)
    rows.forEach((row, m) => {
      const { mean, scale } = spreads[m] as { mean: number; scale: number }
      const factor = scale * (this.members[m]?.weight ?? 0)
      if (factor === 0) return
      for (let i = 0; i < scores.length; i++) {
        scores[i] = (scores[i] as number) + factor * ((row[i] as number) - mean)
      }
    })
    if (this.#shortlist === undefined || this.ranker === undefined || candidates.length === 0) {
      return
    }
    const standard = value.map((column, m) => {
      const { mean, scale } = spreads[m] as { mean: number; scale: number }
      return column.map((x) => (x - mean) * scale)
    })
    const blend = Float32Array.from(candidates, (item) => scores[item] as number)
    const fresh = newest.map((row) => Float32Array.from(candidates, (item) => row[item] as number))
    const block = { item: candidates, value, standard, newest: fresh, blend }
    const places = this.#shortlist.write(history, block, this.#table)
    this.#lift(candidates, places, this.ranker.trees, scores)
  }

  #lift(candidates: Int32Array, places: Int32Array, trees: Trees, scores: Float32Array): void {
    const ordered = Float64Array.from(places, (_, k) => trees.score(this.#table, k * trees.columns))
    const lowest = ordered.reduce((least, score) => Math.min(least, score), 0)
    for (const place of places) {
      scores[candidates[place] as number] = Number.NEGATIVE_INFINITY
    }
    const top = scores.reduce((most, score) => Math.max(most, score), 0)
    places.forEach((place, k) => {
      scores[candidates[place] as number] = top + 1 + (ordered[k] as number) - lowest
    })
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const scores = new Float32Array(this.items)
    this.score(history, scores)
    const candidates = this.#union.of(this.#rows, this.settings.masked ? history.item : undefined)
    const sums = new Map<number, number>()
    this.members.forEach(({ recommender, weight }, m) => {
      const row = this.#rows[m] as Float32Array
      const { scale } = spreadOf(Float32Array.from(candidates, (i) => row[i] as number))
      for (const part of recommender.parts(history, item)) {
        sums.set(part.item, (sums.get(part.item) ?? 0) + part.score * weight * scale)
      }
    })
    const rest = [...sums.values()].reduce((left, score) => left - score, scores[item] ?? 0)
    sums.set(-1, (sums.get(-1) ?? 0) + rest)
    return [...sums].map(([part, score]) => ({ item: part, score }))
  }

  /** The same members, weights and trees; the figures of the items are those of the data. */
  async refit(data: TrainingData, context: FitContext): Promise<AutoModel> {
    const { items } = data.histories
    const members: AutoMember[] = []
    for (const { recommender, parameters, weight } of this.members) {
      const kind = recommenderKind(recommender.name)
      members.push({ recommender: await kind.fit(data, parameters, context), parameters, weight })
    }
    const ranker = this.ranker && { ...this.ranker, figures: itemFigures(data.histories) }
    return new AutoModel(items, members, this.settings, ranker)
  }

  save(): readonly Section[] {
    const { ranker, settings } = this
    const head: AutoHead = {
      items: this.items,
      settings,
      weights: this.members.map(({ weight }) => weight),
      ranker: ranker !== undefined,
    }
    const members = this.members.map(({ recommender, parameters }) => ({
      bytes: sealTableModel({ recommender, parameters }),
    }))
    return [
      { bytes: new TextEncoder().encode(JSON.stringify(head)) },
      ...members,
      ...(ranker === undefined
        ? []
        : [
            { bytes: bytesOf(ranker.figures.popularity) },
            { bytes: bytesOf(ranker.figures.recent) },
            ...ranker.trees.save(),
          ]),
    ]
  }
}
