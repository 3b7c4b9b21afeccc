import { AttuneError } from '../../base/index.ts'
import {
  type AutoCut,
  autoKinds,
  automatic,
  memberSettings,
  type AutoReport,
  fitAuto,
  metricOf,
  parametersOf,
  type Recommender,
  type RecommenderKind,
  recommenderKind,
  RECOMMENDERS,
  type TrainingData,
} from '../../models/index.ts'
import { trainingErrors } from '../errors.ts'
import { type Chosen, chooseSettings, type Setting, type Trial } from './choose.ts'
import { type Costs, measured, type Meter } from './costs.ts'
import type { OpenedDataset } from './openDataset.ts'
import type { Scores } from './scores.ts'
import type { Cut, FittedTask, Task, TrainingPart } from './sealedTest.ts'

/** Names of all models that can be evaluated. */
export function modelNames(): readonly string[] {
  return RECOMMENDERS.map(({ name }) => name)
}

export interface EvaluationOptions {
  /** A name in the table of recommenders, or `auto`: whichever is best on a cut inside the training part. */
  readonly model: string
  /** Parameters of the model; with them nothing is chosen, but the weights and trees of `auto` for its members. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Absent: all that the protocol has. */
  readonly tasks?: readonly Task[]
  readonly seed: number
  readonly threads: number
  readonly meter: Meter
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
  /** How the automatic model came about. */
  readonly auto: AutoReport | undefined
}

export interface EvaluationReport {
  /** In the order of the tasks. */
  readonly evaluations: readonly Evaluation[]
  /** What choosing took; nothing when nothing was to be chosen. */
  readonly select: Costs
  readonly trials: readonly Trial[]
  readonly peakRssBytes: number
}

interface FittedSetting extends Setting {
  readonly recommender: Recommender
  readonly fit: Costs
  readonly auto?: AutoReport
}

/** A cut for the automatic model asks more than one for a choice of settings: trees learn from it too. */
const AUTO_QUESTIONS = 30_000
/** With fewer, nothing can be told apart, and the settings of single models are compared as far as it goes. */
const FEWEST_QUESTIONS = 30

type Fitted = FittedTask & FittedSetting

/**
 * Chooses inside the training part, fits on all of it, then opens the test once.
 * @throws MODELS_UNKNOWN_MODEL, MODELS_BAD_PARAMETER, MODELS_TOO_LARGE, TRAINING_NO_MODEL, TRAINING_NO_TEST_PEOPLE
 */
export async function evaluateModel(
  dataset: OpenedDataset,
  options: EvaluationOptions,
): Promise<EvaluationReport> {
  const byItself = options.model === 'auto' ? await automaticModels(dataset, options) : undefined
  const chosen = byItself === undefined ? await chooseAndFit(dataset, options) : undefined
  const fitted = byItself ?? chosen?.fitted ?? []
  const { data } = dataset.training
  const scores = await dataset.test.open(fitted, {
    measures: dataset.measures,
    data,
    seed: options.seed,
    meter: options.meter,
    progress: (done) => options.progress('Asking the test part', done),
  })
  return {
    evaluations: fitted.map(({ task, kind, parameters, fit, auto }, f) => ({
      task,
      kind,
      parameters,
      fit,
      scores: scores[f] as Scores,
      auto,
    })),
    select: chosen?.select ?? { cpuSeconds: 0, wallSeconds: 0 },
    trials: chosen?.trials ?? [],
    peakRssBytes: options.meter.peakBytes(),
  }
}

async function chooseAndFit(
  dataset: OpenedDataset,
  options: EvaluationOptions,
): Promise<{
  readonly fitted: readonly Fitted[]
  readonly select: Costs
  readonly trials: readonly Trial[]
}> {
  const { value, costs } = await measured(options.meter, () => choose(dataset, options))
  if (value.tooSmall === true) {
    options.say('The training part is too small to be cut: nothing was compared.')
  }
  return { fitted: await fitAll(dataset, value, options), select: costs, trials: value.trials }
}

/** The automatic model of each task; undefined where the training part is too small to be cut. */
async function automaticModels(
  { training, measures }: OpenedDataset,
  options: EvaluationOptions,
): Promise<readonly Fitted[] | undefined> {
  const fitted: Fitted[] = []
  const parameters = parametersOf(automatic, options.parameters ?? {})
  const settings = memberSettings(String(parameters['members']))
  for (const task of training.tasks) {
    if (options.tasks?.includes(task) === false) continue
    const cut = training.cut(options.seed, AUTO_QUESTIONS)
    const select = autoCut(cut, task)
    if (select.questions.count < FEWEST_QUESTIONS) return undefined
    let step = ''
    const { value, costs } = await measured(options.meter, () =>
      fitAuto(training.data, {
        kinds: autoKinds(training.data),
        ...(settings && { settings }),
        select,
        k: metricOf(measures.main).k,
        context: {
          ...fitContext(options),
          progress: (done) => options.progress(`Choosing${step}`, done),
        },
        say: (line) => {
          step = `, after ${line.split(':')[0]}`
          options.say(line)
        },
      }),
    )
    const setting = { kind: automatic, parameters }
    fitted.push({ task, ...setting, recommender: value.model, fit: costs, auto: value.report })
  }
  return fitted
}

/** A cut as the automatic model sees it, for one task. */
function autoCut({ data, tasks, again }: Cut, task: Task): AutoCut {
  const questions = tasks.find((one) => one.task === task)?.questions
  if (questions === undefined) throw new Error(`no questions about ${task}`)
  return { data, questions, again: () => autoCut(again(), task) }
}

async function choose(
  { training, measures }: OpenedDataset,
  options: EvaluationOptions,
): Promise<Chosen> {
  const { model, parameters } = options
  if (model !== 'auto' && parameters !== undefined) {
    const kind = recommenderKind(model)
    const setting = { kind, parameters: parametersOf(kind, parameters) }
    return { ranked: new Map(training.tasks.map((task) => [task, [setting]])), trials: [] }
  }
  // A model that is named is fitted whatever it thinks of the data, and says itself what is in its way.
  const kinds = model === 'auto' ? suitingKinds(training.data, options) : [recommenderKind(model)]
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

function suitingKinds(data: TrainingData, { say }: EvaluationOptions): readonly RecommenderKind[] {
  const { people, items, basket, time } = data.histories
  const without = Object.entries({ baskets: basket, times: time, attributes: data.attributes })
    .filter(([, found]) => found === undefined)
    .map(([name]) => name)
  const lacking = without.length === 0 ? '' : `, without ${without.join(', ')}`
  return RECOMMENDERS.filter((kind) => {
    const suits = kind.suits?.(data) !== false
    if (!suits) {
      say(`${kind.name}: passed over. It is not for ${people} people × ${items} items${lacking}.`)
    }
    return suits
  })
}

function fitContext({ seed, threads, memoryLimit }: EvaluationOptions) {
  return { seed, threads, memoryLimit }
}

/** Fits what was chosen for each task on all training data; the same setting once. */
async function fitAll(
  { training }: OpenedDataset,
  { ranked }: Chosen,
  options: EvaluationOptions,
): Promise<readonly Fitted[]> {
  const done = new Map<Setting, FittedSetting>()
  const fitted: Fitted[] = []
  for (const task of training.tasks) {
    if (options.tasks?.includes(task) === false) continue
    fitted.push({ task, ...(await fitFirst(ranked.get(task) ?? [], training, options, done)) })
  }
  return fitted
}

/** The first of the settings that can be fitted; the data of a cut are smaller, and a fit on them may just have held. */
async function fitFirst(
  [setting, ...others]: readonly Setting[],
  { data }: Pick<TrainingPart, 'data'>,
  options: EvaluationOptions,
  done: Map<Setting, FittedSetting>,
): Promise<FittedSetting> {
  if (setting === undefined) throw trainingErrors.TRAINING_NO_MODEL()
  const known = done.get(setting)
  if (known !== undefined) return known
  const { kind, parameters } = setting
  const step = `Fitting ${kind.name}`
  const progress = (share: number): void => options.progress(step, share)
  try {
    const { value, costs } = await measured(options.meter, () =>
      kind.fit(data, parameters, { ...fitContext(options), progress }),
    )
    const fitted = { ...setting, recommender: value, fit: costs }
    done.set(setting, fitted)
    return fitted
  } catch (error) {
    if (others.length === 0 || !(error instanceof AttuneError)) throw error
    options.say(`${kind.name}: passed over. ${error.message}`)
    return fitFirst(others, { data }, options, done)
  }
}

/** One line on a trial: what it scored on the cut, or why it could not be tried. */
function trialInWords({ kind, parameters, values, failure }: Trial, main: string): string {
  const changed = Object.entries(parameters).filter(
    ([name, value]) => kind.defaults[name] !== value,
  )
  const name = [kind.name, ...changed.map(([key, value]) => `${key}=${value}`)].join(' ')
  if (values === undefined) return `${name}: passed over. ${failure?.message}`
  const texts = [...values].map(([task, value]) =>
    values.size > 1 ? `${task} ${value.toFixed(4)}` : value.toFixed(4),
  )
  return `${name}: ${main} on the cut ${texts.join(', ')}`
}
