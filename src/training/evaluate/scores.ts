import { seededRandom, randomInt } from '../../base/index.ts'
import {
  answerQuestions,
  bootstrapIntervals,
  type Exposure,
  exposureOf,
  historyOfQuestion,
  type Interval,
  metricOf,
  onePerson,
  ownersOf,
  quantile,
  type Questions,
  recommend,
  type Recommender,
  type TrainingData,
} from '../../models/index.ts'
import type { Meter } from './costs.ts'
import type { Measures } from './measures.ts'

export interface ScoreOptions {
  readonly measures: Measures
  /** What the recommender was fitted on, for novelty and the like. */
  readonly data: TrainingData
  readonly seed: number
  readonly meter: Meter
  readonly progress?: (done: number) => void
}

/** How a recommender did on questions. */
export interface Scores {
  /** Number of people, examples or customers over which the means are taken. */
  readonly questions: number
  readonly metrics: Readonly<Record<string, number>>
  /** 95 % bootstrap intervals of the metrics that are means. */
  readonly intervals: Readonly<Record<string, Interval>>
  /** Length of the lists that `exposure` looks at. */
  readonly k: number
  readonly exposure: Exposure
  /** Milliseconds of one list for one person. */
  readonly recommendMs: { readonly p50: number; readonly p99: number }
}

/** Cost: see `answerQuestions`, `bootstrapIntervals` and `exposureOf`; timing takes at most 3 s. */
export function scoreQuestions(
  recommender: Recommender,
  questions: Questions,
  options: ScoreOptions,
): Scores {
  const { measures, data, seed } = options
  const metrics = measures.metrics.map(metricOf)
  const answers = answerQuestions(recommender, questions, metrics, options.progress)
  const intervals = bootstrapIntervals(answers.values, seed)
  const exposure = exposureOf(answers.lists, answers.depth, measures.k, factsOf(questions, data))
  const byName = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(metrics.map(({ name }, m) => [name, values[m] as T]))
  return {
    questions: questions.count,
    metrics: {
      ...byName(answers.values.map(meanOf)),
      [`coverage@${measures.k}`]: exposure.coverage,
    },
    intervals: byName(intervals),
    k: measures.k,
    exposure,
    recommendMs: timesOf(recommender, questions, options),
  }
}

/** Mean of a metric over the questions; NaN without any. */
export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function factsOf({ candidates, candidateOf }: Questions, data: TrainingData) {
  const byItem = ownersOf(data.histories)
  const shared = {
    people: data.histories.people,
    ...(data.attributes && { attributes: data.attributes }),
  }
  if (candidateOf === undefined) return { ...shared, owners: byItem }
  const owners = new Uint32Array(candidates)
  const itemOf = new Int32Array(candidates).fill(-1)
  candidateOf.forEach((candidate, item) => {
    if (candidate < 0) return
    owners[candidate] = byItem[item] ?? 0
    itemOf[candidate] = item
  })
  return { ...shared, owners, itemOf }
}

const TIMED = 1_000
const WARM_UP = 50
const MOST_MS = 3_000

/** Asks for one person at a time, as a server would; the first ones only warm the machine up. */
function timesOf(
  recommender: Recommender,
  questions: Questions,
  { measures, seed, meter }: ScoreOptions,
): { p50: number; p99: number } {
  const random = seededRandom(seed)
  const times: number[] = []
  const begin = meter.wallMs()
  for (let k = -WARM_UP; k < TIMED && meter.wallMs() - begin < MOST_MS; k++) {
    const history = historyOfQuestion(questions, randomInt(random, questions.count))
    const from = meter.wallMs()
    recommend(recommender, onePerson(history, recommender.items), {
      n: measures.k,
      ...(questions.masked && { exclude: 'history' as const }),
    })
    if (k >= 0 || times.length === 0) times.push(meter.wallMs() - from)
  }
  const rising = Float64Array.from(times.length > 1 ? times.slice(1) : times).sort()
  return { p50: quantile(rising, 0.5), p99: quantile(rising, 0.99) }
}
