import {
  parametersOf,
  type Recommender,
  type RecommenderKind,
  recommenderKind,
  RECOMMENDERS,
} from '../../models/index.ts'
import { trainingErrors } from '../errors.ts'
import { chooseSettings, type Setting, type Trial } from './choose.ts'
import { type Costs, measured, peakMemory } from './costs.ts'
import type { OpenedDataset } from './openDataset.ts'
import type { Scores } from './scores.ts'
import type { FittedTask, Task } from './sealedTest.ts'

export interface EvaluationOptions {
  /** A name in the table of recommenders, or `auto`: whichever is best on a cut inside the training part. */
  readonly model: string
  /** Parameters of a named model; with them nothing is chosen. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Absent: all that the protocol has. */
  readonly tasks?: readonly Task[]
  readonly seed: number
  readonly threads: number
  /** Bytes that a fit may hold. */
  readonly memoryLimit: number
  /** A step under way, and the share of it that is done. */
  readonly progress: (step: string, done: number) => void
  /** Something that a person should know. */
  readonly say: (line: string) => void
}

/** How one model did on one task. */
export interface Evaluation extends Setting {
  readonly task: Task
  readonly scores: Scores
  readonly fit: Costs
}

export interface EvaluationReport {
  /** In the order of the tasks. */
  readonly evaluations: readonly Evaluation[]
  /** What choosing took; nothing when nothing was to be chosen. */
  readonly select: Costs
  readonly trials: readonly Trial[]
  readonly peakRssBytes: number
}

interface Fitted extends FittedTask, Setting {
  readonly fit: Costs
}

/**
 * Chooses inside the training part, fits on all of it, then opens the test once.
 * @throws MODELS_UNKNOWN_MODEL, MODELS_BAD_PARAMETER, MODELS_TOO_LARGE, TRAINING_NO_MODEL, TRAINING_NO_TEST_PEOPLE
 */
export async function evaluateModel(
  dataset: OpenedDataset,
  options: EvaluationOptions,
): Promise<EvaluationReport> {
  const { value, costs } = await measured(() => choose(dataset, options))
  const fitted = await fitAll(dataset, value.chosen, options)
  const { data } = dataset.training
  const scores = await dataset.test.open(fitted, {
    measures: dataset.measures,
    data,
    seed: options.seed,
    progress: (done) => options.progress('Asking the test part', done),
  })
  return {
    evaluations: fitted.map(({ task, kind, parameters, fit }, f) => ({
      task,
      kind,
      parameters,
      fit,
      scores: scores[f] as Scores,
    })),
    select: costs,
    trials: value.trials,
    peakRssBytes: peakMemory(),
  }
}

async function choose(
  { training, measures }: OpenedDataset,
  options: EvaluationOptions,
): Promise<Awaited<ReturnType<typeof chooseSettings>>> {
  const { model, parameters } = options
  if (model !== 'auto' && parameters !== undefined) {
    const kind = suitingKind(model, training.data)
    const setting = { kind, parameters: parametersOf(kind, parameters) }
    return { chosen: new Map(training.tasks.map((task) => [task, setting])), trials: [] }
  }
  const kinds = model === 'auto' ? RECOMMENDERS : [suitingKind(model, training.data)]
  let step = ''
  return chooseSettings(training, kinds, {
    main: measures.main,
    seed: options.seed,
    context: {
      ...fitContext(options),
      progress: (done) => options.progress(`Choosing${step}`, done),
    },
    tried: (trial) => {
      step = `, after ${trial.kind.name}`
      options.say(trialInWords(trial, measures.main))
    },
  })
}

function suitingKind(name: string, data: Parameters<RecommenderKind['fit']>[0]): RecommenderKind {
  const kind = recommenderKind(name)
  if (kind.suits?.(data) === false) {
    throw trainingErrors.TRAINING_NO_MODEL(
      `${name} lacks what it needs on these data, such as attributes, baskets or an order.`,
    )
  }
  return kind
}

function fitContext({ seed, threads, memoryLimit }: EvaluationOptions) {
  return { seed, threads, memoryLimit }
}

async function fitAll(
  { training }: OpenedDataset,
  chosen: ReadonlyMap<Task, Setting>,
  options: EvaluationOptions,
): Promise<readonly Fitted[]> {
  const done = new Map<string, { readonly recommender: Recommender; readonly fit: Costs }>()
  const fitted: Fitted[] = []
  for (const task of training.tasks) {
    const setting = chosen.get(task)
    if (setting === undefined || options.tasks?.includes(task) === false) continue
    const { kind, parameters } = setting
    const key = JSON.stringify([kind.name, parameters])
    let fit = done.get(key)
    if (fit === undefined) {
      const step = `Fitting ${kind.name}`
      const progress = (share: number): void => options.progress(step, share)
      const { value, costs } = await measured(() =>
        kind.fit(training.data, parameters, { ...fitContext(options), progress }),
      )
      fit = { recommender: value, fit: costs }
      done.set(key, fit)
    }
    fitted.push({ task, ...setting, ...fit })
  }
  return fitted
}

/** One line on a trial: what it scored on the cut, or why it could not be tried. */
function trialInWords({ kind, parameters, values, reason }: Trial, main: string): string {
  const changed = Object.entries(parameters).filter(
    ([name, value]) => kind.defaults[name] !== value,
  )
  const name = [kind.name, ...changed.map(([key, value]) => `${key}=${value}`)].join(' ')
  if (values === undefined) return `${name}: passed over. ${reason}`
  const texts = [...values].map(([task, value]) =>
    values.size > 1 ? `${task} ${value.toFixed(4)}` : value.toFixed(4),
  )
  return `${name}: ${main} on the cut ${texts.join(', ')}`
}
