import {
  AutoModel,
  type FitContext,
  membersInJson,
  type Parameters,
  parametersOf,
  type Questions,
  type Recommender,
  type RecommenderKind,
  type TrainingData,
} from '../../models/index.ts'
import { meanOf } from '../evaluate/scores.ts'
import { BlendTrial, WEIGHTS } from './blendTrial.ts'
import { type Chosen, Contest } from './contest.ts'
import type { Tried } from './fitJob.ts'
import { isQuickEnough, speedOf } from './speed.ts'
import { trainableKind } from './trainableKind.ts'

export interface Choosing {
  readonly data: TrainingData
  readonly kinds: readonly RecommenderKind[]
  /** What a kind that chooses among others chooses by. */
  readonly questions: Questions
  /** The people whose lists decide. */
  readonly trial: BlendTrial
  readonly context: FitContext
  /** Is told of each trial when it ends. */
  readonly tell: (kind: RecommenderKind, tried: Tried) => void
  /** Is told what is about to be tried. */
  readonly trying: (name: string) => void
  /** Is told of everything else, in a line for people. */
  readonly say: (line: string) => void
  /** Whether less than this share of the time for choosing is over. */
  readonly inTime: (share: number) => boolean
  /** Milliseconds that this thread has worked. */
  readonly cpu: () => number
}

/** Models whose other settings are tried after the first of each: a poor start is seldom made good by settings. */
const FINALISTS = 3
/** Share of the time for choosing in which the automatic model may try members; then it blends them and teaches trees. */
const OWN_TRIALS = 0.5
/** The model without the live counts; for the report. */
const ALONE = 1
const NOTHING = new Float64Array(0)

/**
 * The setting that does best together with the live counts: a model that finds what they do adds little to them, however
 * good it is alone. On MovieLens 100K with its times the three best alone were kinds of transitions, as the live counts
 * are, and lost .006 of ndcg@10 to them; a spectral filter, .06 worse alone, gained .010.
 * An automatic model stays unless one of its members or another model is better beyond noise.
 * Cost: a fit and at most 2,000 questions for each trial. One trial's model is kept in memory beside the best.
 * @returns undefined when no model could be fitted and served quickly enough
 */
export async function chooseModel(choosing: Choosing): Promise<Chosen | undefined> {
  const { data, kinds, tell } = choosing
  const settings = new Map<RecommenderKind, readonly Parameters[]>()
  for (const kind of kinds) {
    if (kind.suits?.(data) === false) {
      tell(kind, { model: kind.name, parameters: kind.defaults, reason: NO_USE })
    } else settings.set(kind, settingsOf(kind, data))
  }
  const race = new Race(choosing)
  for (const [kind, [first]] of settings) if (first) await race.enter(kind, first)
  for (const kind of race.leading(FINALISTS)) {
    for (const parameters of settings.get(kind)?.slice(1) ?? []) await race.enter(kind, parameters)
  }
  return race.contest.chosen()
}

const NO_USE = 'does not suit these data'

/** The settings that a model asks to be tried, at least one; the defaults come first where they are among them. */
function settingsOf(kind: RecommenderKind, data: TrainingData): readonly Parameters[] {
  const proposed = kind.candidates?.(data) ?? []
  const settings = (proposed.length === 0 ? [{}] : proposed).map((one) => parametersOf(kind, one))
  const isUsual = (one: Parameters): boolean =>
    Object.entries(kind.defaults).every(([name, value]) => one[name] === value)
  return [...settings.filter(isUsual), ...settings.filter((one) => !isUsual(one))]
}

/** Trials one after the other. */
class Race {
  readonly contest = new Contest()
  readonly #byKind = new Map<RecommenderKind, number>()
  readonly #choosing: Choosing

  constructor(choosing: Choosing) {
    this.#choosing = choosing
  }

  /** A model that fails, whatever the failure, is passed over and leaves the others alone. */
  async enter(kind: RecommenderKind, parameters: Parameters): Promise<void> {
    const { inTime, tell, trying } = this.#choosing
    const entry = { model: kind.name, parameters }
    trying(kind.name)
    if (!inTime(1))
      return tell(kind, { ...entry, reason: 'not tried: the time for choosing was up' })
    try {
      await this.#run(kind, parameters)
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      tell(kind, { ...entry, reason: `failed while fitting: ${words}` })
    }
  }

  /** The kinds that did best, best first. */
  leading(count: number): readonly RecommenderKind[] {
    const ranked = [...this.#byKind].sort((a, b) => b[1] - a[1])
    return ranked.slice(0, count).map(([kind]) => kind)
  }

  async #run(kind: RecommenderKind, parameters: Parameters): Promise<void> {
    const { data, context, questions, inTime, tell } = this.#choosing
    const how: string[] = []
    const say = (line: string): void => {
      how.push(line)
      this.#choosing.say(line)
    }
    const offered: { readonly model: Recommender; readonly parameters: Parameters }[] = []
    const offer = (one: Recommender, own: Parameters): void =>
      void offered.push({ model: one, parameters: own })
    const { trying } = this.#choosing
    const choosing = { questions, inTime: () => inTime(OWN_TRIALS), trying, say, offer }
    const model = await kind.fit(data, parameters, { ...context, choosing })
    const trial = this.#compare(kind, parameters, model, model instanceof AutoModel)
    tell(kind, { ...trial, ...(how.length > 0 && { how }) })
    const top = trial.ndcg ?? Number.NEGATIVE_INFINITY
    this.#byKind.set(kind, Math.max(top, this.#byKind.get(kind) ?? top))
    // The parts of a blend stand for themselves too, and a blend that it left out.
    for (const other of offered) {
      const own = trainableKind(other.model.name)
      tell(own, this.#compare(own, other.parameters, other.model, false))
    }
  }

  #compare(
    kind: RecommenderKind,
    given: Parameters,
    model: Recommender,
    favourite: boolean,
  ): Tried {
    const { trial, cpu } = this.#choosing
    const parameters = model instanceof AutoModel ? { members: membersInJson(model) } : given
    const entry = { model: kind.name, parameters }
    const speed = speedOf(model, trial.asked, cpu)
    if (!isQuickEnough(speed)) {
      return { ...entry, reason: `too slow to serve: ${speed.candidates.toFixed(1)} ms a person` }
    }
    const values = trial.values(model, [...WEIGHTS, ALONE])
    this.contest.enter({ kind, parameters, speed, model }, values, favourite)
    const means = WEIGHTS.map((weight) => meanOf(values.get(weight) ?? NOTHING))
    return { ...entry, ndcg: Math.max(...means), alone: meanOf(values.get(ALONE) ?? NOTHING) }
  }
}
