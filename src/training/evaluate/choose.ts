import { AttuneError } from '../../base/index.ts'
import {
  answerQuestions,
  exceeds,
  type FitContext,
  metricOf,
  pairedGain,
  type Parameters,
  parametersOf,
  type RecommenderKind,
} from '../../models/index.ts'
import { trainingErrors } from '../errors.ts'
import { meanOf } from './scores.ts'
import type { Cut, Task, TrainingPart } from './sealedTest.ts'

/** A model with its parameters. */
export interface Setting {
  readonly kind: RecommenderKind
  readonly parameters: Parameters
}

/** A setting that was tried on the cut, or could not be. */
export interface Trial extends Setting {
  /** The main metric on the cut, by task; absent when it could not be fitted. */
  readonly values?: ReadonlyMap<Task, number>
  /** The same for each question. */
  readonly answers?: ReadonlyMap<Task, Float64Array>
  readonly failure?: AttuneError
}

export interface Choosing {
  /** The metric that decides. */
  readonly main: string
  readonly context: FitContext
  readonly seed: number
  /** Is told of each trial when it ends. */
  readonly tried: (trial: Trial) => void
}

export interface Chosen {
  /** For each task the settings that could be fitted on the cut, best first; at least one. */
  readonly ranked: ReadonlyMap<Task, readonly Setting[]>
  readonly trials: readonly Trial[]
  /** Set when the data are too small to be cut: the settings are as they came then. */
  readonly tooSmall?: boolean
}

/** Models whose other settings are tried after the first of each: a poor start is seldom made good by settings. */
const FINALISTS = 3

/** The settings that a model asks to be tried, at least one; the defaults come first where they are among them. */
function settingsOf(kind: RecommenderKind, part: TrainingPart): readonly Setting[] {
  const candidates = kind.candidates?.(part.data) ?? []
  const changes = candidates.length === 0 ? [{}] : candidates
  const settings = changes.map((change) => ({ kind, parameters: parametersOf(kind, change) }))
  const usual = settings.find(({ parameters }) =>
    Object.entries(kind.defaults).every(([name, value]) => parameters[name] === value),
  )
  return usual === undefined ? settings : [usual, ...settings.filter((one) => one !== usual)]
}

/**
 * Chooses for each task the best of the settings that the kinds propose, by the main metric on one cut inside the
 * training part. Among several kinds each is tried with its first setting, then the best three with their others.
 * With a single setting, or data too small to be cut, nothing is tried.
 * Cost: a fit and at most 8,000 questions for each trial.
 * @throws TRAINING_NO_MODEL when none could be fitted
 */
export async function chooseSettings(
  part: TrainingPart,
  kinds: readonly RecommenderKind[],
  choosing: Choosing,
): Promise<Chosen> {
  const settings = kinds.map((kind) => settingsOf(kind, part))
  const [first = [], ...others] = settings
  const [only, second] = first
  if (only !== undefined && second === undefined && others.length === 0) {
    return { ranked: new Map(part.tasks.map((task) => [task, [only]])), trials: [] }
  }
  const cut = part.cut(choosing.seed)
  if (cut.tasks.every(({ questions }) => questions.count === 0)) {
    const heads = settings.flatMap((of) => of.slice(0, 1))
    return { ranked: new Map(part.tasks.map((task) => [task, heads])), trials: [], tooSmall: true }
  }
  const trials: Trial[] = []
  const tryAll = async (some: readonly Setting[]): Promise<void> => {
    for (const setting of some) {
      const trial = await tryOut(setting, cut, choosing)
      choosing.tried(trial)
      trials.push(trial)
    }
  }
  await tryAll(settings.flatMap((of) => of.slice(0, 1)))
  const finalists = new Set(
    part.tasks.flatMap((task) => bestFirst(trials, task).slice(0, FINALISTS).map(kindOf)),
  )
  await tryAll(
    settings.flatMap(([head, ...rest]) => (head && finalists.has(head.kind) ? rest : [])),
  )
  if (trials.every(({ values }) => values === undefined)) throw noModel(trials)
  return { ranked: new Map(part.tasks.map((task) => [task, bestFirst(trials, task)])), trials }
}

const kindOf = ({ kind }: Setting): RecommenderKind => kind

/** The trials that succeeded, best first; equal ones in the order in which they were tried. */
function bestFirst(trials: readonly Trial[], task: Task): readonly Trial[] {
  const value = (trial: Trial): number => trial.values?.get(task) ?? Number.NEGATIVE_INFINITY
  const fitted = trials.filter((trial) => trial.values !== undefined)
  const leading = fitted.filter((trial) => settingOfKind(fitted, trial.kind, task) === trial)
  const rest = fitted.filter((trial) => !leading.includes(trial))
  return [leading, rest].flatMap((some) => some.toSorted((a, b) => value(b) - value(a) || 0))
}

/**
 * The setting of a kind that leads: its first one, unless another beats it by more than a paired standard error. Its
 * first one stands on other data and on theory; a cut that is a little sparser than the whole is no better judge.
 */
function settingOfKind(trials: readonly Trial[], kind: RecommenderKind, task: Task): Trial {
  const [first, ...others] = trials.filter((trial) => trial.kind === kind) as [Trial, ...Trial[]]
  const before = first.answers?.get(task)
  let best = first
  for (const other of others) {
    const answers = other.answers?.get(task)
    if (answers === undefined || before === undefined) continue
    if (!exceeds(pairedGain(answers, before), 1)) continue
    if ((other.values?.get(task) ?? 0) > (best.values?.get(task) ?? 0)) best = other
  }
  return best
}

/** What the only model said, or what each of several said. */
function noModel(trials: readonly Trial[]): AttuneError {
  const [first] = trials
  const names = new Set(trials.map(({ kind }) => kind.name))
  if (first?.failure !== undefined && names.size === 1) return first.failure
  const reasons = new Set(trials.map(({ kind, failure }) => `${kind.name}: ${failure?.message}`))
  return trainingErrors.TRAINING_NO_MODEL([...reasons].join(' '))
}

async function tryOut(setting: Setting, cut: Cut, choosing: Choosing): Promise<Trial> {
  const { kind, parameters } = setting
  const metric = metricOf(choosing.main)
  try {
    const recommender = await kind.fit(cut.data, parameters, choosing.context)
    const values = new Map<Task, number>()
    const answers = new Map<Task, Float64Array>()
    for (const { task, questions } of cut.tasks) {
      const [of = new Float64Array(0)] = answerQuestions(recommender, questions, [metric]).values
      // Without questions about a task all settings are alike for it.
      values.set(task, of.length === 0 ? 0 : meanOf(of))
      answers.set(task, of)
    }
    return { ...setting, values, answers }
  } catch (error) {
    // A model that does not fit these data is passed over; a fault of ours is not.
    if (!(error instanceof AttuneError)) throw error
    return { ...setting, failure: error }
  }
}
