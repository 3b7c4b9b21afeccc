import { AttuneError } from '../../base/index.ts'
import {
  bootstrapIntervals,
  decodeModel,
  encodeModel,
  type FitContext,
  type Recommender,
  type RecommenderKind,
  RECOMMENDERS,
  type TrainingData,
} from '../../models/index.ts'
import { trainingErrors } from '../errors.ts'
import { chooseSettings, type Setting } from '../evaluate/choose.ts'
import { meanOf } from '../evaluate/scores.ts'
import type { TrainingPart } from '../evaluate/sealedTest.ts'
import type { LiveModels } from '../liveModels.ts'
import { type BlendValues, tryBlends, WEIGHTS } from './blendTrial.ts'
import type {
  FitJob,
  FitProgress,
  FitResult,
  Judgement,
  Measured,
  ServingModel,
  Tried,
} from './fitJob.ts'
import { isBeyondNoise, pairedGain } from './paired.ts'
import { isQuickEnough, type Speed, speedOf } from './speed.ts'
import { replayLive } from './replay.ts'
import { asksEnough, cutSet, type TimeCut } from './timeCut.ts'
import { trainableKind } from './trainableKind.ts'
import { historiesOf, type TrainingSet, trainingSet } from './trainingSet.ts'
import { summaryOf, whyTooLittle, whyTooFewAsked } from './tooLittle.ts'

/** Milliseconds from any zero. */
export interface FitClock {
  readonly now: () => number
  /** Time that this thread has worked: what others do on the machine must not decide which model is quick enough. */
  readonly cpu: () => number
}

/** The metric that decides. */
const MAIN = 'ndcg@10'
/** Settings that are tried together with the live counts. */
const FINALISTS = 3
/** Models that are looked at for three that are quick enough. */
const MOST_LOOKED_AT = 8
type Tell = (kind: RecommenderKind, tried: Tried) => void

/**
 * Fits the model that serves best: chooses setting and weight on one half of a cut in time, judges the choice on the
 * other, and fits it on everything. Fails only by a fault of ours; whatever the data are, the answer says what came of it.
 */
export async function fitModel(
  job: FitJob,
  progress: FitProgress,
  clock: FitClock,
  kinds: readonly RecommenderKind[] = job.models?.map(trainableKind) ?? RECOMMENDERS,
): Promise<FitResult> {
  progress('Sorting events', 0)
  const set = trainingSet(job.columns, job.items)
  const data = summaryOf(set, job.columns.refused)
  const tried: Tried[] = []
  const why = whyTooLittle(data)
  if (why !== undefined) return { outcome: 'too-little', why, data, tried }
  const { cut, unseen } = cutFor(set, job)
  const few = whyTooFewAsked(cut)
  if (few !== undefined) return { outcome: 'too-little', why: few, data, tried }
  const context = contextOf(job, progress)
  const tell: Tell = (kind, trial) => {
    tried.push(trial)
    progress(inWords(trial, kind), 0)
  }
  const settings = await choose(job, cut, kinds, { context, tell, now: clock.now })
  progress('Asking the live counts', 0)
  const trial = new Trial(set, cut, job, context, clock)
  const best = await trial.best(settings, progress)
  if (best === undefined) {
    const reason = 'No model could be fitted on these data and be served quickly enough.'
    return { outcome: 'no-model', why: reason, data, tried }
  }
  const judgement = await trial.judge(best, unseen)
  const { kind, parameters } = best.setting
  const fitting = { ...context, progress: (done: number) => progress(`Fitting ${kind.name}`, done) }
  const recommender = await kind.fit(dataOf(job, historiesOf(set)), parameters, fitting)
  return {
    outcome: 'fitted',
    model: kind.name,
    parameters,
    weight: best.weight,
    speed: best.speed,
    judgement,
    data,
    tried,
    file: encodeModel(recommender, parameters),
  }
}

/**
 * A cut that the version in service has not seen beyond, if enough happened since: on 30 people of the last minutes a
 * model of chance was once promoted, and taken back by the next training.
 */
function cutFor(set: TrainingSet, { seed, serving }: FitJob): { cut: TimeCut; unseen: boolean } {
  const usual = cutSet(set, seed)
  if (serving === undefined) return { cut: usual, unseen: true }
  if (usual.time !== undefined && usual.time > serving.seenTo) return { cut: usual, unseen: true }
  const later = cutSet(set, seed, serving.seenTo + 1)
  return asksEnough(later) ? { cut: later, unseen: true } : { cut: usual, unseen: false }
}

function contextOf(job: FitJob, progress: FitProgress): FitContext {
  return {
    seed: job.seed,
    threads: job.threads,
    memoryLimit: job.memoryBytes,
    progress: (done) => progress('', done),
  }
}

function dataOf({ attributes }: FitJob, histories: TrainingData['histories']): TrainingData {
  return { histories, ...(attributes && { attributes }) }
}

interface Choosing {
  readonly context: FitContext
  readonly tell: Tell
  readonly now: () => number
}

/** The settings that could be fitted on the cut, best first; empty when there was none. */
async function choose(
  job: FitJob,
  { histories, choosing }: TimeCut,
  proposed: readonly RecommenderKind[],
  { context, tell, now }: Choosing,
): Promise<readonly Setting[]> {
  const data = dataOf(job, histories)
  const part: TrainingPart = {
    data,
    tasks: ['all'],
    cut: () => ({ data, tasks: [{ task: 'all', questions: choosing.questions }] }),
  }
  const until = now() + job.choosingMs
  const kinds = proposed.map((kind) => guarded(kind, () => now() < until))
  const passed = kinds.filter((kind) => kind.suits?.(data) === false)
  for (const kind of passed) {
    const { name, defaults } = kind
    tell(kind, { model: name, parameters: defaults, reason: 'does not suit these data' })
  }
  try {
    const { ranked } = await chooseSettings(part, kinds, {
      main: MAIN,
      seed: job.seed,
      context,
      tried: ({ kind, parameters, values, failure }) => {
        const ndcg = values?.get('all')
        const outcome = ndcg === undefined ? { reason: failure?.message ?? '' } : { ndcg }
        tell(kind, { model: kind.name, parameters, ...outcome })
      },
    })
    // From here on without the guard: what was chosen in time is fitted on everything later.
    return (ranked.get('all') ?? []).map(({ kind, parameters }) => ({
      kind: proposed.find(({ name }) => name === kind.name) ?? kind,
      parameters,
    }))
  } catch (error) {
    if (error instanceof AttuneError && error.code === 'TRAINING_NO_MODEL') return []
    throw error
  }
}

/** A model whose failures, whatever they are, and whose lateness pass it over and leave the others alone. */
function guarded(kind: RecommenderKind, inTime: () => boolean): RecommenderKind {
  return {
    ...kind,
    fit: async (...given) => {
      if (!inTime())
        throw trainingErrors.TRAINING_FIT_FAILED('not tried: the time for choosing was up')
      try {
        return await kind.fit(...given)
      } catch (cause) {
        if (cause instanceof AttuneError) throw cause
        const words = cause instanceof Error ? cause.message : String(cause)
        throw trainingErrors.TRAINING_FIT_FAILED(`failed while fitting: ${words}`, { cause })
      }
    },
  }
}

/** A setting with its weight, fitted on the cut. */
interface Finalist {
  readonly setting: Setting
  readonly weight: number
  readonly model: Recommender
  readonly speed: Speed
}

/** Models together with the live counts, on a cut. */
class Trial {
  readonly #set: TrainingSet
  readonly #cut: TimeCut
  readonly #live: LiveModels
  readonly #job: FitJob
  readonly #context: FitContext
  readonly #clock: FitClock

  constructor(set: TrainingSet, cut: TimeCut, job: FitJob, context: FitContext, clock: FitClock) {
    this.#set = set
    this.#cut = cut
    this.#live = replayLive(set, cut)
    this.#job = job
    this.#context = context
    this.#clock = clock
  }

  /** The best of the leading settings of different models, and its weight. */
  async best(settings: readonly Setting[], progress: FitProgress): Promise<Finalist | undefined> {
    const leading = settings.filter(
      ({ kind }, k) => settings.findIndex((other) => other.kind.name === kind.name) === k,
    )
    let best: (Finalist & { readonly value: number }) | undefined
    let tried = 0
    let looked = 0
    for (const setting of leading) {
      if (tried === FINALISTS || looked === MOST_LOOKED_AT) break
      looked++
      const { name } = setting.kind
      progress(`Blending ${name}`, 0)
      const model = await this.#fitIfItCan(setting, progress)
      if (model === undefined) continue
      const speed = speedOf(model, this.#cut.choosing, this.#clock.cpu)
      if (!isQuickEnough(speed)) {
        progress(`${name}: too slow to serve, ${speed.candidates.toFixed(1)} ms a person`, 0)
        continue
      }
      tried++
      const values = this.#values(this.#cut.choosing, model, WEIGHTS)
      for (const [weight, of] of values) {
        const value = meanOf(of)
        if (weight > 0 && value > (best?.value ?? -1))
          best = { setting, weight, model, speed, value }
      }
    }
    return best
  }

  /** @param unseen whether the version in service has not seen what comes after the cut */
  async judge({ model, weight }: Finalist, unseen: boolean): Promise<Judgement> {
    const { judging, time } = this.#cut
    const values = this.#values(judging, model, [0, weight, 1])
    const blend = values.get(weight) ?? new Float64Array(0)
    const live = values.get(0) ?? blend
    const { serving } = this.#job
    const served = serving && (await this.#servingValues(serving, unseen))
    const gain = pairedGain(blend, served ?? live)
    return {
      cut: time ?? null,
      people: judging.questions.count,
      blend: this.#measured(blend),
      alone: this.#measured(values.get(1) ?? blend),
      live: this.#measured(live),
      ...(served && { serving: this.#measured(served), servingRefitted: !unseen }),
      gain,
      better: isBeyondNoise(gain),
    }
  }

  async #servingValues(serving: ServingModel, unseen: boolean): Promise<Float64Array> {
    const { recommender, parameters } = decodeModel(serving.file)
    const kind = trainableKind(recommender.name)
    const model = unseen ? recommender : await this.#fit({ kind, parameters })
    const values = this.#values(this.#cut.judging, model, [serving.weight])
    return values.get(serving.weight) ?? new Float64Array(0)
  }

  #values(half: TimeCut['judging'], model: Recommender, weights: readonly number[]): BlendValues {
    return tryBlends(this.#set, half, this.#live, model, weights)
  }

  async #fitIfItCan(setting: Setting, progress: FitProgress): Promise<Recommender | undefined> {
    try {
      return await this.#fit(setting)
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      progress(`${setting.kind.name}: ${words}`, 0)
      return undefined
    }
  }

  #fit({ kind, parameters }: Setting): Promise<Recommender> {
    return kind.fit(dataOf(this.#job, this.#cut.histories), parameters, this.#context)
  }

  #measured(values: Float64Array): Measured {
    const [interval = [Number.NaN, Number.NaN]] = bootstrapIntervals([values], this.#job.seed)
    return { ndcg: meanOf(values), interval }
  }
}

/** One line on a trial. */
function inWords(
  { model, parameters, ndcg, reason }: Tried,
  { defaults }: RecommenderKind,
): string {
  const changed = Object.entries(parameters).filter(([name, value]) => defaults[name] !== value)
  const name = [model, ...changed.map(([key, value]) => `${key}=${value}`)].join(' ')
  return ndcg === undefined ? `${name}: ${reason}` : `${name}: ${MAIN} ${ndcg.toFixed(4)}`
}
