import {
  autoKinds,
  encodeModel,
  type FitContext,
  type RecommenderKind,
  type TrainingData,
} from '../../models/index.ts'
import { BlendTrial } from './blendTrial.ts'
import type { LiveModels } from '../liveModels.ts'
import { type FittedRelations, fitRelations } from '../relations/fitRelations.ts'
import { chooseModel } from './chooseModel.ts'
import type { FitJob, FitProgress, FitResult, Tried } from './fitJob.ts'
import { judge } from './judge.ts'
import { replayLive } from './replay.ts'
import { asksEnough, cutSet, type TimeCut } from './timeCut.ts'
import { summaryOf, whyTooFewAsked, whyTooLittle } from './tooLittle.ts'
import { trainableKind } from './trainableKind.ts'
import { historiesOf, type TrainingSet, trainingSet } from './trainingSet.ts'

/** Milliseconds from any zero. */
export interface FitClock {
  readonly now: () => number
  /** Time that this thread has worked: what others do on the machine must not decide which model is quick enough. */
  readonly cpu: () => number
}

/**
 * Fits the model that serves best: chooses setting and weight on one half of a cut in time, judges the choice on the
 * other, and fits it on everything. Fails only by a fault of ours; whatever the data are, the answer says what came of it.
 * @param kinds models to try; those of the job when not given
 */
export async function fitModel(
  job: FitJob,
  progress: FitProgress,
  clock: FitClock,
  kinds?: readonly RecommenderKind[],
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
  progress('Asking the live counts', 0)
  const live = replayLive(set, cut)
  const context = contextOf(job, progress)
  const shown = dataOf(job, cut.histories)
  const until = clock.now() + job.choosingMs
  const choice = await chooseModel({
    data: shown,
    kinds: kinds ?? job.models?.map(trainableKind) ?? autoKinds(shown),
    trial: new BlendTrial(set, cut.choosing, live),
    context,
    tell: (kind, trial) => {
      tried.push(trial)
      progress(inWords(trial, kind), 0)
    },
    inTime: () => clock.now() < until,
    cpu: clock.cpu,
  })
  if (choice === undefined) {
    const reason = 'No model could be fitted on these data and be served quickly enough.'
    return { outcome: 'no-model', why: reason, data, tried }
  }
  const { kind, parameters, weight, speed } = choice
  const trial = new BlendTrial(set, cut.judging, live)
  const refit = { data: shown, context }
  const judgement = await judge({ choice, trial, cut, unseen, refit, serving: job.serving })
  const fitting = { ...context, progress: (done: number) => progress(`Fitting ${kind.name}`, done) }
  const recommender = await kind.fit(dataOf(job, historiesOf(set)), parameters, fitting)
  const file = encodeModel(recommender, parameters)
  const found = { model: kind.name, parameters, weight, speed, judgement, data, tried, file }
  const relations = await relationsOf({ set, cut, live, context }, tried, progress)
  return { outcome: 'fitted', ...found, ...(relations && { relations }) }
}

/** Without them the live counts serve related items alone, so a failure is no more than told. */
async function relationsOf(
  { set, cut, live, context }: RelationsFit,
  tried: Tried[],
  progress: FitProgress,
): Promise<FittedRelations | undefined> {
  progress('Fitting related items', 0)
  try {
    return await fitRelations(set, cut, live, context)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    tried.push({ model: 'relations', parameters: {}, reason: `failed while fitting: ${words}` })
    return undefined
  }
}

interface RelationsFit {
  readonly set: TrainingSet
  readonly cut: TimeCut
  readonly live: LiveModels
  readonly context: FitContext
}

/**
 * A cut that the version in service has not seen beyond, if enough happened since: on 30 people of the last minutes a
 * poorer model was once promoted, and taken back by the next training.
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

/** One line on a trial. */
function inWords(
  { model, parameters, ndcg, alone, reason }: Tried,
  { defaults }: RecommenderKind,
): string {
  const changed = Object.entries(parameters).filter(([name, value]) => defaults[name] !== value)
  const name = [model, ...changed.map(([key, value]) => `${key}=${value}`)].join(' ')
  if (ndcg === undefined) return `${name}: ${reason}`
  return `${name}: ndcg@10 ${ndcg.toFixed(4)} with the live counts, ${alone?.toFixed(4)} alone`
}
