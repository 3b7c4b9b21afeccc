import {
  autoKinds,
  automatic,
  decodeModel,
  encodeModel,
  type FitContext,
  type RecommenderKind,
  type TrainingData,
} from '../../models/index.ts'
import type { LiveModels } from '../liveModels.ts'
import { type FittedRelations, fitRelations } from '../relations/fitRelations.ts'
import { BlendTrial } from './blendTrial.ts'
import { chooseModel } from './chooseModel.ts'
import type { Chosen } from './contest.ts'
import { type EventOrder, eventOrder, withoutOrder } from './eventOrder.ts'
import type { ChosenRecipe, DataSummary, FitJob, FitProgress, NotFitted, Tried } from './fitJob.ts'
import { judge } from './judge.ts'
import { refit } from './refit.ts'
import { replayLive } from './replay.ts'
import { asksEnough, cutEach, cutSet, type TimeCut } from './timeCut.ts'
import { summaryOf, whyTooFewAsked, whyTooLittle } from './tooLittle.ts'
import { trainableKind } from './trainableKind.ts'
import {
  drawnPeople,
  historiesOf,
  somePeople,
  type TrainingSet,
  trainingSet,
} from './trainingSet.ts'

/**
 * Memory that choosing and fitting take an event, members of the automatic model and their products together; measured up to
 * 1.4 KB and 0.5 KB. Of more events than there is room for, people are drawn; models serve the others as they serve newcomers.
 */
const BYTES_OF_CHOOSING = 2_000
const BYTES_OF_FITTING = 1_000
/** Beyond, a fit takes longer than it gains. */
const MOST_FITTED = 5_000_000

/** Milliseconds from any zero. */
export interface FitClock {
  readonly now: () => number
  /** Time that this thread has worked: what others do on the machine must not decide which model is quick enough. */
  readonly cpu: () => number
}

/** A fit under way. */
interface Fit {
  readonly job: FitJob
  readonly progress: FitProgress
  readonly clock: FitClock
  readonly context: FitContext
  readonly set: TrainingSet
  readonly data: DataSummary
  readonly tried: Tried[]
}

/** A fit whose data are cut. */
interface CutFit extends Fit {
  readonly cut: TimeCut
  /** Whether the version in service has not seen what comes after the cut. */
  readonly unseen: boolean
  /** What the cut shows. */
  readonly shown: TrainingData
  /** The live counts as they stood at the cut. */
  readonly live: LiveModels
  readonly trial: BlendTrial
}

/**
 * Finds what serves best: lets the automatic model choose by half of the people of a cut in time, and judges what it
 * chose by the other half. Where it does not suit the data or fails, the other kinds are tried.
 * Fails only by a fault of ours; whatever the data are, the answer says what came of it.
 * @param kinds models to try; those of the job when not given
 */
export async function chooseRecipe(
  job: FitJob,
  progress: FitProgress,
  clock: FitClock,
  kinds: readonly RecommenderKind[] | undefined = job.models?.map(trainableKind),
): Promise<ChosenRecipe | NotFitted> {
  progress('Sorting events', 0)
  const { set: all, order } = orderedSet(job)
  const set = somePeople(all, job.memoryBytes / BYTES_OF_CHOOSING, job.seed)
  const drawn = drawnFrom(all, set, job)
  const data = { ...summaryOf(all, job.columns.refused, order), ...(drawn && { drawn }) }
  const tried: Tried[] = []
  const why = whyTooLittle(data)
  if (why !== undefined) return { outcome: 'too-little', why, data, tried }
  const cut = cutFor(set, job, order)
  const few = whyTooFewAsked(cut.cut)
  if (few !== undefined) return { outcome: 'too-little', why: few, data, tried }
  const context = contextOf(job, progress)
  const fit = readyToChoose({ job, progress, clock, context, set, data, tried }, cut)
  const chosen = await choose(fit, kinds)
  if (chosen === undefined) {
    const reason = 'No model could be fitted on these data and be served quickly enough.'
    return { outcome: 'no-model', why: reason, data, tried }
  }
  return settle(fit, chosen)
}

/** Undefined when there is room for everybody. */
function drawnFrom(all: TrainingSet, set: TrainingSet, job: FitJob): DataSummary['drawn'] {
  const fitted = drawnPeople(all, mostFitted(job), job.seed)
  if (set === all && fitted.length === all.people) return undefined
  const eventsOf = (p: number): number => (all.start[p + 1] as number) - (all.start[p] as number)
  return { choosing: set.item.length, fitting: fitted.reduce((sum, p) => sum + eventsOf(p), 0) }
}

function mostFitted({ memoryBytes }: FitJob): number {
  return Math.min(MOST_FITTED, memoryBytes / BYTES_OF_FITTING)
}

/**
 * Fits a chosen recipe on everybody, or on as many people as memory has room for; nothing is chosen any more.
 * @returns the model's file
 */
export async function fitRecipe(
  job: FitJob,
  recipe: Uint8Array,
  progress: FitProgress,
): Promise<Uint8Array> {
  const { recommender, parameters } = decodeModel(recipe)
  const all = orderedSet(job).set
  const set = somePeople(all, mostFitted(job), job.seed)
  progress(`Fitting ${recommender.name} on ${set === all ? 'all' : set.item.length} events`, 0)
  const data = dataOf(job, historiesOf(set))
  return encodeModel(
    await refit(recommender, parameters, data, contextOf(job, progress)),
    parameters,
  )
}

/** Sorted by person and time; where times tell no order, in a random one. */
function orderedSet({ columns, items, seed }: FitJob): {
  readonly set: TrainingSet
  readonly order: EventOrder
} {
  const sorted = trainingSet(columns, items)
  const order = eventOrder(sorted)
  return { set: order === 'none' ? withoutOrder(sorted, seed) : sorted, order }
}

function readyToChoose(fit: Fit, { cut, unseen }: CutOfJob): CutFit {
  const { set, job, progress } = fit
  progress('Asking the live counts', 0)
  const live = replayLive(set, cut)
  const trial = new BlendTrial(set, cut.judging, live)
  return { ...fit, cut, unseen, live, trial, shown: dataOf(job, cut.histories) }
}

/** By the automatic model, unless others are named. */
async function choose(
  { job, shown, cut, trial, context, tried, progress, clock }: CutFit,
  named: readonly RecommenderKind[] | undefined,
): Promise<Chosen | undefined> {
  const begin = clock.now()
  const choosing = {
    data: shown,
    questions: cut.learning.questions,
    trial,
    context,
    tell: (kind: RecommenderKind, one: Tried) => {
      tried.push(one)
      progress(inWords(one, kind), 0)
    },
    trying: (name: string) => progress(`Trying ${name}`, 0),
    say: (line: string) => progress(line, 0),
    inTime: (share: number) => clock.now() < begin + share * job.choosingMs,
    cpu: clock.cpu,
  }
  if (named !== undefined) return chooseModel({ ...choosing, kinds: named })
  const byItself = await chooseModel({ ...choosing, kinds: [automatic] })
  return byItself ?? chooseModel({ ...choosing, kinds: autoKinds(shown) })
}

/** Judges what was chosen. */
async function settle(fit: CutFit, chosen: Chosen): Promise<ChosenRecipe> {
  const { job, set, data, tried, cut, unseen, trial, shown, context, clock, progress } = fit
  const { serving } = job
  progress('Judging', 0)
  const { judgement, recipe } = await judge({
    chosen,
    trial,
    cut,
    unseen,
    again: { data: shown, context },
    serving,
    newer: shareAfter(set, serving?.seenTo ?? Number.NEGATIVE_INFINITY),
    cpu: clock.cpu,
  })
  const { parameters, weight, speed, model } = recipe
  const found = { model: model.name, parameters, weight, speed, judgement, data, tried }
  const relations = await relationsOf(fit)
  const file = encodeModel(model, parameters)
  return { outcome: 'chosen', ...found, recipe: file, ...(relations && { relations }) }
}

/** Without them the live counts serve related items alone, so a failure is no more than told. */
async function relationsOf(fit: CutFit): Promise<FittedRelations | undefined> {
  const { set, cut, live, context, tried, progress } = fit
  progress('Fitting related items', 0)
  try {
    return await fitRelations(set, cut, live, context)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    tried.push({ model: 'relations', parameters: {}, reason: `failed while fitting: ${words}` })
    return undefined
  }
}

type CutOfJob = Pick<CutFit, 'cut' | 'unseen'>

/**
 * A cut that the version in service has not seen beyond, if enough happened since: on 30 people of the last minutes a
 * poorer model was once promoted, and taken back by the next training.
 */
function cutFor(set: TrainingSet, { seed, serving }: FitJob, order: EventOrder): CutOfJob {
  const usual = order === 'times' ? cutSet(set, seed) : cutEach(set, seed)
  if (serving === undefined) return { cut: usual, unseen: true }
  if (usual.time !== undefined && usual.time > serving.seenTo) return { cut: usual, unseen: true }
  if (order !== 'times') return { cut: usual, unseen: false }
  const later = cutSet(set, seed, serving.seenTo + 1)
  return asksEnough(later) ? { cut: later, unseen: true } : { cut: usual, unseen: false }
}

/** Share of the events that are newer than a time. */
function shareAfter({ time }: TrainingSet, at: number): number {
  let after = 0
  for (const when of time) if (when > at) after++
  return after / time.length
}

function contextOf(job: FitJob, progress: FitProgress): FitContext {
  return {
    seed: job.seed,
    threads: job.threads,
    // What was tried before and is compared with takes memory too.
    memoryLimit: job.memoryBytes / 2,
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
  const changed = Object.entries(parameters).filter(
    ([name, value]) => name !== 'members' && defaults[name] !== value,
  )
  const name = [model, ...changed.map(([key, value]) => `${key}=${value}`)].join(' ')
  if (ndcg === undefined) return `${name}: ${reason}`
  return `${name}: ndcg@10 ${ndcg.toFixed(4)} with the live counts, ${alone?.toFixed(4)} alone`
}
