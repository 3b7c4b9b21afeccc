import { randomInt, seededRandom } from '../../../base/index.ts'
import { historyOfQuestion } from '../../evaluate/questions.ts'
import type { Trees } from '../../predict/trees.ts'
import { modelErrors } from '../../errors.ts'
import type { Histories } from '../histories.ts'
import type { Parameters, TrainingData } from '../recommender.ts'
import { AutoModel } from './autoModel.ts'
import { bestMember, blended, climbWeights, type Weights } from './blend.ts'
import { type CandidateRows, candidateRows, newestValues } from './candidateRows.ts'
import { Judge, type AutoStep } from './judge.ts'
import {
  type AutoCut,
  chooseMembers,
  type Member,
  type MemberOptions,
  selectQuestions,
} from './members.ts'
import { blockOf, fitRanker } from './ranker.ts'
import { itemFigures, RankerFeatures } from './rankerFeatures.ts'
import { Shortlist } from './shortlist.ts'
import { teachingCut } from './teachingCut.ts'

export interface AutoOptions extends MemberOptions {
  /** Decides on members, weights and steps. */
  readonly select: AutoCut
}

export interface AutoReport {
  readonly steps: readonly AutoStep[]
  /** Weight of each member in the blend. */
  readonly blend: Readonly<Record<string, number>>
  readonly members: readonly {
    readonly name: string
    readonly parameters: Parameters
    /** NDCG@k of the member alone on the cut. */
    readonly value: number
  }[]
  /** What the splits of the ranker by each column gained, best first, as shares of 1. */
  readonly importance: readonly { readonly column: string; readonly share: number }[]
}

const PER_MEMBER = 150
const DEPTH = 150
/** Share of the questions that judge each step, and choose nothing. */
const JUDGING = 0.3
/** With fewer questions to learn from, what looks like a gain is mostly chance. */
const FEWEST = { blend: 50, ranker: 400 }
/** As measured on all data sets of the recipes: more leaves pay only where there are far more questions. */
const TREES = { leaves: 15, learningRate: 0.05, trees: 150, l2: 5, minLeafRows: 200 } as const
const MANY_QUESTIONS = { ...TREES, leaves: 31 } as const

/**
 * The automatic model: fits the kinds that suit the data on a cut, learns a blend of at most five, then a tree
 * ranker over the best candidates. Each step is kept only where it beats the one before by more than one paired
 * standard error on questions held apart. What is left is fitted on all data.
 * @throws MODELS_NONE_FITTED
 */
export async function fitAuto(
  data: TrainingData,
  options: AutoOptions,
): Promise<{ readonly model: AutoModel; readonly report: AutoReport }> {
  const { select, k, context } = options
  const { learn, judge: apart } = splitQuestions(select.questions.count, context.seed)
  const questions = selectQuestions(select.questions, learn)
  const members = await chooseMembers({ data: select.data, questions }, options)
  if (members.length === 0) throw modelErrors.MODELS_NONE_FITTED()
  const rows = rowsOf(members, select)
  const judge = new Judge(rows, apart, k, options.say)
  const weights = chooseWeights(rows, learn, judge, k)
  if (learn.length < FEWEST.ranker) {
    return finished(data, members, weights, undefined, judge, options)
  }
  const newest = newestValues(
    members.map(({ recommender }) => recommender),
    rows,
  )
  const teach = teachingCut(select.data, select.questions, context.seed)
  const lesson =
    teach === undefined
      ? { rows, newest, shown: select.data.histories, asked: learn }
      : await teaching(members, teach, options)
  const ranker = chooseRanker(members, weights, { rows, newest }, lesson, judge, options)
  return finished(data, members, weights, ranker, judge, options)
}

/** Fits what is left on all data. */
async function finished(
  data: TrainingData,
  members: readonly Member[],
  weights: Weights,
  ranker: Trees | undefined,
  judge: Judge,
  options: AutoOptions,
): Promise<{ readonly model: AutoModel; readonly report: AutoReport }> {
  const used = members.filter((_, m) => ranker !== undefined || (weights[m] ?? 0) > 0)
  // The members know these data already where the answers of the questions are no part of them.
  const final =
    data === options.select.data
      ? used.map(({ recommender }) => recommender)
      : await refit(data, used, options)
  const model = new AutoModel(
    data.histories.items,
    final.map((recommender, m) => {
      const { parameters } = used[m] as Member
      return { recommender, parameters, weight: weights[members.indexOf(used[m] as Member)] ?? 0 }
    }),
    { perMember: PER_MEMBER, depth: DEPTH, masked: options.select.questions.masked },
    ranker && { trees: ranker, figures: itemFigures(data.histories) },
  )
  return { model, report: reportOf(model, used, judge.steps) }
}

function rowsOf(members: readonly Member[], { questions }: AutoCut): CandidateRows {
  const recommenders = members.map(({ recommender }) => recommender)
  return candidateRows(recommenders, questions, PER_MEMBER)
}

/** Draws the questions that judge. */
function splitQuestions(count: number, seed: number): { learn: Int32Array; judge: Int32Array } {
  const random = seededRandom(seed)
  const order = Int32Array.from({ length: count }, (_, q) => q)
  for (let q = count - 1; q > 0; q--) {
    const other = randomInt(random, q + 1)
    const before = order[q] as number
    order[q] = order[other] as number
    order[other] = before
  }
  const cut = Math.round(count * (1 - JUDGING))
  return { learn: order.slice(0, cut).sort(), judge: order.slice(cut).sort() }
}

function chooseWeights(rows: CandidateRows, learn: Int32Array, judge: Judge, k: number): Weights {
  const alone = bestMember(rows, { k, among: learn })
  judge.first(blended(rows, alone))
  if (learn.length < FEWEST.blend) return alone
  const weights = climbWeights(rows, { k, among: learn })
  return judge.keeps('blend', blended(rows, weights)) ? weights : alone
}

interface Lesson {
  readonly rows: CandidateRows
  readonly newest: readonly Float32Array[]
  /** What the members were fitted on. */
  readonly shown: Histories
  readonly asked: Int32Array
}

/** The members fitted anew for the cut that teaches. */
async function teaching(
  members: readonly Member[],
  cut: AutoCut,
  options: AutoOptions,
): Promise<Lesson> {
  const recommenders = await refit(cut.data, members, options)
  const rows = candidateRows(recommenders, cut.questions, PER_MEMBER)
  const newest = newestValues(recommenders, rows)
  return {
    rows,
    newest,
    shown: cut.data.histories,
    asked: Int32Array.from({ length: cut.questions.count }, (_, q) => q),
  }
}

function chooseRanker(
  members: readonly Member[],
  weights: Weights,
  { rows, newest }: Pick<Lesson, 'rows' | 'newest'>,
  lesson: Lesson,
  judge: Judge,
  options: AutoOptions,
): Trees | undefined {
  const names = members.map(({ kind }) => kind.name)
  const features = new RankerFeatures(itemFigures(lesson.shown), names)
  const parameters = lesson.asked.length > 20_000 ? MANY_QUESTIONS : TREES
  const trees = fitRanker(
    lesson.rows,
    lesson.newest,
    blended(lesson.rows, weights),
    features,
    DEPTH,
    lesson.asked,
    parameters,
    options.context,
  )
  const judging = new RankerFeatures(itemFigures(options.select.data.histories), names)
  return judge.keeps('ranker', reordered({ rows, newest }, blended(rows, weights), judging, trees))
    ? trees
    : undefined
}

/** The blend with its best candidates lifted above it in the order of the ranker, as the model does it. */
function reordered(
  { rows, newest }: Pick<Lesson, 'rows' | 'newest'>,
  blend: Float32Array,
  features: RankerFeatures,
  trees: Trees,
): Float32Array {
  const score = Float32Array.from(blend)
  const shortlist = new Shortlist(features, rows.value.length, DEPTH)
  const table = new Float32Array(DEPTH * features.columns.length)
  const ordered = new Float32Array(DEPTH)
  for (let q = 0; q < rows.questions.count; q++) {
    const block = blockOf(rows, newest, blend, q)
    const places = shortlist.write(historyOfQuestion(rows.questions, q), block, table)
    const first = rows.start[q] as number
    trees.scores(table, places.length, ordered)
    // A logit of single precision stays far below 1,000.
    places.forEach((place, k) => (score[first + place] = 1_000 + (ordered[k] as number)))
  }
  return score
}

async function refit(
  data: TrainingData,
  members: readonly Pick<Member, 'kind' | 'parameters'>[],
  { context }: AutoOptions,
) {
  const fitted = []
  for (const { kind, parameters } of members) {
    fitted.push(await kind.fit(data, parameters, context))
  }
  return fitted
}

function reportOf(
  model: AutoModel,
  members: readonly Member[],
  steps: readonly AutoStep[],
): AutoReport {
  const { ranker } = model
  const names = members.map(({ kind }) => kind.name)
  const columns = ranker === undefined ? [] : new RankerFeatures(ranker.figures, names).columns
  const gains = ranker?.trees.importance ?? new Float64Array(0)
  const total = gains.reduce((sum, gain) => sum + gain, 0)
  return {
    steps,
    blend: Object.fromEntries(model.members.map(({ weight }, m) => [names[m] ?? '', weight])),
    members: members.map(({ kind, parameters, value }) => ({ name: kind.name, parameters, value })),
    importance: columns
      .map((column, c) => ({ column, share: (gains[c] ?? 0) / Math.max(total, 1e-12) }))
      .sort((a, b) => b.share - a.share),
  }
}
