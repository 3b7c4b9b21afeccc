import { type Calibration, probabilityOf } from '../../predict/calibration.ts'
import type { Trees } from '../../predict/trees.ts'
import { type Histories, type History, historyOf } from '../histories.ts'
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
import { RankerFeatures, rankerFigures, type RankerFigures } from './rankerFeatures.ts'
import { type AutoSettings, SecondStage, type Shortlist } from './secondStage.ts'

/** A fitted member of the blend. */
export interface AutoMember {
  readonly recommender: Recommender
  readonly parameters: Parameters
  readonly weight: number
}

/** The first section of the saved form. */
export interface AutoHead {
  readonly items: number
  readonly settings: AutoSettings
  /** Of each member; their models follow, then chances, figures and trees of the ranker. */
  readonly weights: readonly number[]
  /** Names of the column groups of the ranker; absent: there is none. */
  readonly ranker?: readonly string[]
  /** Chance of an item that is not on the shortlist; absent: no chances are known. */
  readonly beyond?: number
}

export interface AutoRanker {
  readonly trees: Trees
  readonly figures: RankerFigures
}

/** From what the trees or, without them, the blend say of a candidate to its chance of being right. */
export interface AutoChances {
  readonly ofScore: Calibration
  /** Chance of an item that is not on the shortlist. */
  readonly beyond: number
}

/** The history that parts were last told of. */
interface ScoredHistory {
  readonly history: History
  readonly scores: Float32Array
  /** Of each member. */
  readonly factors: Float64Array
}

/**
 * A blend of recommenders, whose best candidates a tree ranker may order anew.
 * Score: for each member the z-score of its value among the candidates, times its weight, summed; with a ranker
 * the best candidates come first, by the logit of the ranker, shifted above the rest.
 * Cost of a person: that of the members, for the newest events once more with a ranker, plus about 0.3 ms for the ranker.
 */
export class AutoModel implements Recommender {
  readonly name = 'auto'
  readonly items: number
  readonly members: readonly AutoMember[]
  readonly settings: AutoSettings
  readonly ranker: AutoRanker | undefined
  readonly chances: AutoChances | undefined
  readonly #stage: SecondStage
  readonly #logits: Float32Array
  #scored: ScoredHistory | undefined

  constructor(
    items: number,
    members: readonly AutoMember[],
    settings: AutoSettings,
    { ranker, chances }: { readonly ranker?: AutoRanker; readonly chances?: AutoChances } = {},
  ) {
    this.items = items
    this.members = members
    this.settings = settings
    this.ranker = ranker
    this.chances = chances
    const names = members.map(({ recommender }) => recommender.name)
    const features = ranker && new RankerFeatures(ranker.figures, names)
    this.#stage = new SecondStage(items, members, settings, features)
    this.#logits = new Float32Array(settings.depth)
  }

  score(history: History, scores: Float32Array): void {
    this.#lift(this.#stage.one(history, scores), scores)
  }

  scoreAll(histories: Histories, scores: Float32Array): void {
    const { items } = this
    this.#stage.each(histories, scores, (p, list) => {
      this.#lift(list, scores.subarray(p * items, (p + 1) * items))
    })
  }

  /**
   * Writes for each item the chance that it is among the right ones of a question such as the model was judged by: the
   * next item, or the items of the next basket. Fitted out of sample. NaN where there were too few questions to know, 0
   * for what may not be recommended. Cost: that of `score`.
   */
  probabilities(history: History, probabilities: Float32Array): void {
    this.#toChances(this.#stage.one(history, probabilities), history, probabilities)
  }

  /** The same for a block of people, by the members' own ways for blocks; row p of `probabilities` is person p. */
  probabilitiesAll(histories: Histories, probabilities: Float32Array): void {
    const { items } = this
    this.#stage.each(histories, probabilities, (p, list) => {
      const row = probabilities.subarray(p * items, (p + 1) * items)
      this.#toChances(list, historyOf(histories, p), row)
    })
  }

  #toChances(list: Shortlist, history: History, probabilities: Float32Array): void {
    const { chances } = this
    probabilities.fill(chances?.beyond ?? Number.NaN)
    if (chances === undefined) return
    const said = this.#said(list)
    list.item.forEach((item, k) => {
      probabilities[item] = probabilityOf(chances.ofScore, said[k] as number)
    })
    if (!this.settings.masked) return
    for (const item of history.item) if (item < this.items) probabilities[item] = 0
  }

  /** What orders the shortlist: the logits of the trees, or the blend. A view. */
  #said({ blend, rows, item }: Shortlist): Float32Array {
    if (this.ranker === undefined) return blend
    return this.ranker.trees.scores(rows, item.length, this.#logits)
  }

  /** Puts the shortlist above the rest, in the order of the trees. */
  #lift(list: Shortlist, scores: Float32Array): void {
    const n = list.item.length
    if (this.ranker === undefined || n === 0) return
    const said = this.#said(list)
    let lowest = 0
    for (let k = 0; k < n; k++) {
      lowest = Math.min(lowest, said[k] as number)
      scores[list.item[k] as number] = Number.NEGATIVE_INFINITY
    }
    let top = 0
    for (let i = 0; i < scores.length; i++)
      if ((scores[i] as number) > top) top = scores[i] as number
    for (let k = 0; k < n; k++) {
      scores[list.item[k] as number] = top + 1 + (said[k] as number) - lowest
    }
  }

  /**
   * What spoke for the item in the members, each by its weight, as shares of the score: trees cannot be taken apart, and
   * move what the members found. Where nothing did, the score is a part of its own, of no one item.
   */
  parts(history: History, item: number): readonly ScorePart[] {
    const { scores, factors } = this.#scoredFor(history)
    const score = scores[item] ?? 0
    const sums = new Map<number, number>()
    this.members.forEach(({ recommender, weight }, m) => {
      if (weight === 0) return
      const factor = factors[m] as number
      for (const part of recommender.parts(history, item)) {
        sums.set(part.item, (sums.get(part.item) ?? 0) + part.score * factor)
      }
    })
    const speaking = [...sums].filter(([, part]) => part > 0)
    const whole = speaking.reduce((sum, [, part]) => sum + part, 0)
    if (!(whole > 0 && score > 0)) return score === 0 ? [] : [{ item: -1, score }]
    return speaking.map(([from, part]) => ({ item: from, score: (part / whole) * score }))
  }

  /** Kept from one item to the next of the same history: what tells a score's parts is asked for several. */
  #scoredFor(history: History): ScoredHistory {
    if (this.#scored?.history === history) return this.#scored
    const scores = this.#scored?.scores ?? new Float32Array(this.items)
    this.score(history, scores)
    this.#scored = { history, scores, factors: Float64Array.from(this.#stage.factors) }
    return this.#scored
  }

  /** Members and figures anew; weights, trees and chances stay. */
  async refit(data: TrainingData, context: FitContext): Promise<AutoModel> {
    const members: AutoMember[] = []
    for (const { recommender, parameters, weight } of this.members) {
      const kind = recommenderKind(recommender.name)
      members.push({ recommender: await kind.fit(data, parameters, context), parameters, weight })
    }
    const { ranker, chances } = this
    const groups = ranker?.figures.groups.map(({ name }) => name) ?? []
    return new AutoModel(data.histories.items, members, this.settings, {
      ...(ranker && { ranker: { trees: ranker.trees, figures: rankerFigures(data, groups) } }),
      ...(chances && { chances }),
    })
  }

  save(): readonly Section[] {
    const { ranker, chances } = this
    const head: AutoHead = {
      items: this.items,
      settings: this.settings,
      weights: this.members.map(({ weight }) => weight),
      ...(ranker && { ranker: ranker.figures.groups.map(({ name }) => name) }),
      ...(chances && { beyond: chances.beyond }),
    }
    return [
      { bytes: new TextEncoder().encode(JSON.stringify(head)) },
      ...this.members.map(({ recommender, parameters }) => ({
        bytes: sealTableModel({ recommender, parameters }),
      })),
      ...(chances === undefined ? [] : chanceSections(chances)),
      ...(ranker === undefined ? [] : rankerSections(ranker)),
    ]
  }
}

function chanceSections({ ofScore }: AutoChances): readonly Section[] {
  return [{ bytes: bytesOf(ofScore.score) }, { bytes: bytesOf(ofScore.probability) }]
}

function rankerSections({ figures, trees }: AutoRanker): readonly Section[] {
  const { popularity, recent } = figures.items
  return [
    { bytes: bytesOf(popularity) },
    { bytes: bytesOf(recent) },
    ...figures.groups.flatMap((group) => group.save()),
    ...trees.save(),
  ]
}
