import {
  exceeds,
  pairedGain,
  type Parameters,
  type Recommender,
  type RecommenderKind,
} from '../../models/index.ts'
import { meanOf } from '../evaluate/scores.ts'
import { type BlendValues, WEIGHTS } from './blendTrial.ts'
import type { Speed } from './speed.ts'

/** A model with the weight at which it does best beside the live counts. */
export interface Choice {
  readonly kind: RecommenderKind
  readonly parameters: Parameters
  readonly weight: number
  readonly speed: Speed
  /** Fitted on what the cut shows. */
  readonly model: Recommender
}

/** What was chosen, and what a choice is worth. */
export interface Chosen {
  readonly choice: Choice
  /** ndcg@10 of each person of the trial, by what others chose: nobody judges a choice that the person took part in. */
  readonly judged: Float64Array
}

/** What takes part, without its model: of many models, only those that may be chosen are kept in memory. */
type Entrant = Omit<Choice, 'weight' | 'model'>

/** An entrant at one weight. */
interface Setting {
  readonly entrant: Entrant
  readonly weight: number
  /** ndcg@10 of each person. */
  readonly values: Float64Array
}

type People = (person: number) => boolean

/** Standard errors by which a rival must be better than the favourite: there are several, and one is lucky now and then. */
const BEYOND = 1.64

/**
 * Compares models by what they are worth beside the live counts. A favourite, if there is one, stays unless a rival is
 * better beyond noise; among rivals the highest mean wins. Keeps the models of favourites and of the best alone.
 */
export class Contest {
  readonly #favourites: Setting[] = []
  readonly #rivals: Setting[] = []
  readonly #models = new Map<Entrant, Recommender>()
  #best: Setting | undefined

  enter(
    { model, ...entrant }: Omit<Choice, 'weight'>,
    values: BlendValues,
    favourite: boolean,
  ): void {
    const settings = favourite ? this.#favourites : this.#rivals
    for (const weight of WEIGHTS) {
      const own = values.get(weight)
      if (own !== undefined) settings.push({ entrant, weight, values: own })
    }
    this.#models.set(entrant, model)
    this.#best = this.#pick(everybody)
    const kept = new Set([...this.#favourites, this.#best].map((setting) => setting?.entrant))
    for (const one of this.#models.keys()) if (!kept.has(one)) this.#models.delete(one)
  }

  /** Undefined when nobody entered. */
  chosen(): Chosen | undefined {
    const best = this.#best
    const model = best && this.#models.get(best.entrant)
    if (best === undefined || model === undefined) return undefined
    const choice = { ...best.entrant, model, weight: best.weight }
    return { choice, judged: this.#crossJudged(best.values.length) }
  }

  /**
   * Every second person chooses for the others and the others for them (cross-validation in two folds), so that everybody
   * judges and luck is not rewarded.
   */
  #crossJudged(people: number): Float64Array {
    const judged = new Float64Array(people)
    for (const fold of [0, 1]) {
      const chosen = this.#pick((p) => p % 2 !== fold)
      for (let p = fold; p < people; p += 2) judged[p] = chosen?.values[p] ?? 0
    }
    return judged
  }

  /** What these people choose. */
  #pick(among: People): Setting | undefined {
    const favourite = bestOf(this.#favourites, among)
    const rival = bestOf(this.#rivals, among)
    if (favourite === undefined || rival === undefined) return favourite ?? rival
    const gain = pairedGain(valuesOf(rival, among), valuesOf(favourite, among))
    return exceeds(gain, BEYOND) ? rival : favourite
  }
}

const everybody: People = () => true

function valuesOf({ values }: Setting, among: People): Float64Array {
  return values.filter((_, p) => among(p))
}

/** The first of those with the highest mean. */
function bestOf(settings: readonly Setting[], among: People): Setting | undefined {
  const means = settings.map((setting) => meanOf(valuesOf(setting, among)))
  return settings[means.indexOf(Math.max(...means))]
}
