import { randomInt, seededRandom } from '../../../base/index.ts'
import type { Questions } from '../../evaluate/questions.ts'
import type { Trees } from '../../predict/trees.ts'
import { modelErrors } from '../../errors.ts'
import type { Parameters, Recommender, TrainingData } from '../recommender.ts'
import { type AutoChances, AutoModel } from './autoModel.ts'
import { bestMember, blended, climbWeights, type Weights } from './blend.ts'
import { type CandidateRows, candidateRows } from './candidateRows.ts'
import { learnChances } from './chances.ts'
import { Judge, type AutoStep } from './judge.ts'
import {
  type AutoCut,
  chooseMembers,
  type Member,
  type MemberOptions,
  selectQuestions,
} from './members.ts'
import { fitRanker, type Lesson, type RankerTable, rankerTable } from './ranker.ts'
import { groupsFor, RankerFeatures, rankerFigures } from './rankerFeatures.ts'
import { SecondStage } from './secondStage.ts'
import { teachingCut } from './teachingCut.ts'

export interface AutoOptions extends MemberOptions {
  /** Decides on members, weights and steps. */
  readonly select: AutoCut
  /** Is given the members, and a blend that was left out, as they are fitted on the cut. */
  readonly offer?: (recommender: Recommender, parameters: Parameters) => void
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
/** With more questions to learn from, those of an earlier cut are not asked for. */
const ENOUGH = 20_000
/** Nor are they where each member would have to give so many scores: that takes minutes. */
const MOST_SCORES = 5e8
/** As measured on the data sets of docs/models/auto.md: more leaves pay only where there are far more questions. */
const TREES = { leaves: 15, learningRate: 0.05, trees: 150, l2: 5, minLeafRows: 200 } as const
const MANY = 18_000
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
  const { weights, leftOut } = chooseWeights(rows, learn, judge, k)
  const known = { data: select.data, questions: selectQuestions(select.questions, apart) }
  const cut = { members, weights, judge, rows, apart: known }
  for (const { recommender, parameters } of members) options.offer?.(recommender, parameters)
  if (leftOut !== undefined) options.offer?.(blendOf({ ...cut, weights: leftOut }, options), {})
  const ranker =
    learn.length < FEWEST.ranker ? undefined : await chooseRanker(cut, questions, options)
  return finished(data, cut, ranker, options)
}

/** What was found on the cut so far. */
interface OnCut {
  readonly members: readonly Member[]
  readonly weights: Weights
  readonly judge: Judge
  /** Candidates of all questions of the cut. */
  readonly rows: CandidateRows
  /** The questions that judge. */
  readonly apart: AutoCut
}

interface ChosenRanker {
  readonly trees: Trees
  readonly groups: readonly string[]
  readonly chances: AutoChances
}

/** Fits what is left on all data. */
async function finished(
  data: TrainingData,
  cut: OnCut,
  ranker: ChosenRanker | undefined,
  options: AutoOptions,
): Promise<{ readonly model: AutoModel; readonly report: AutoReport }> {
  const weighed = weighedOf(cut).filter(({ weight }) => ranker !== undefined || weight > 0)
  const chances = ranker?.chances ?? chancesOfBlend(cut, options)
  const onAll = data === options.select.data
  const final = onAll ? weighed : await refitMembers(data, weighed, options)
  const model = new AutoModel(data.histories.items, final, settingsOf(cut), {
    ...(ranker && {
      ranker: { trees: ranker.trees, figures: rankerFigures(data, ranker.groups) },
    }),
    ...(chances && { chances }),
  })
  return { model, report: reportOf(model, weighed, cut.judge.steps) }
}

/** The blend alone, as it is fitted on the cut. */
function blendOf(cut: OnCut, options: AutoOptions): AutoModel {
  const { items } = options.select.data.histories
  const members = weighedOf(cut).filter(({ weight }) => weight > 0)
  const chances = chancesOfBlend(cut, options)
  return new AutoModel(items, members, settingsOf(cut), { ...(chances && { chances }) })
}

interface WeighedMember extends Member {
  readonly weight: number
}

function weighedOf({ members, weights }: OnCut): readonly WeighedMember[] {
  return members.map(({ kind, parameters, recommender, value, answers }, m) => {
    return { kind, parameters, recommender, value, answers, weight: weights[m] ?? 0 }
  })
}

function settingsOf({ apart }: OnCut) {
  return { perMember: PER_MEMBER, depth: DEPTH, masked: apart.questions.masked }
}

/** What turns the questions of a cut into rows of the ranker; without `groups` into shortlists alone. */
function lessonOn(
  cut: OnCut,
  members: readonly WeighedMember[],
  { data, questions }: AutoCut,
  groups?: readonly string[],
): Lesson {
  const names = members.map(({ kind }) => kind.name)
  const features = groups && new RankerFeatures(rankerFigures(data, groups), names)
  const stage = new SecondStage(data.histories.items, members, settingsOf(cut), features)
  return { stage, questions }
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

function chooseWeights(
  rows: CandidateRows,
  learn: Int32Array,
  judge: Judge,
  k: number,
): { readonly weights: Weights; readonly leftOut?: Weights } {
  const alone = bestMember(rows, { k, among: learn })
  judge.first(blended(rows, alone))
  if (learn.length < FEWEST.blend) return { weights: alone }
  const weights = climbWeights(rows, { k, among: learn })
  if (judge.keeps('blend', blended(rows, weights))) return { weights }
  return { weights: alone, leftOut: weights }
}

/**
 * What teaches the ranker: people held out, or the questions that also chose the blend; where these are few, those of the
 * same cut again, one step earlier.
 */
function teachingCuts(select: AutoCut, learn: Questions, seed: number): readonly AutoCut[] {
  const heldOut = teachingCut(select.data, select.questions, seed)
  if (heldOut !== undefined) return [heldOut]
  const own = { data: select.data, questions: learn }
  const scores = select.questions.count * select.data.histories.items
  const earlier = learn.count > ENOUGH || scores > MOST_SCORES ? undefined : select.again?.()
  return earlier === undefined ? [own] : [own, earlier]
}

/**
 * Trees without, then with what is known besides the histories: attributes, numbers, traits, times. They learn from
 * questions whose answers the members did not see.
 */
async function chooseRanker(
  cut: OnCut,
  learn: Questions,
  options: AutoOptions,
): Promise<ChosenRanker | undefined> {
  const { select, context } = options
  const members = weighedOf(cut)
  const groups = groupsFor(select.data, select.questions)
  const drawing = { depth: DEPTH, seed: context.seed }
  const lessons: Lesson[] = []
  for (const teach of teachingCuts(select, learn, context.seed)) {
    const own = teach.data === select.data
    const taught = own ? members : await refitMembers(teach.data, members, options)
    lessons.push(lessonOn(cut, taught, teach, groups))
  }
  const asked = lessons.reduce((sum, { questions }) => sum + questions.count, 0)
  const table = rankerTable(lessons, drawing)
  const judging = lessonOn(cut, members, cut.apart, groups)
  const judged = rankerTable([judging], { ...drawing, most: Infinity })
  const parameters = asked > MANY ? MANY_QUESTIONS : TREES
  const plain = lessonOn(cut, members, cut.apart, []).stage.columns
  let best: ChosenRanker | undefined
  const attempt = (step: AutoStep['step'], own: readonly string[], even: boolean): boolean => {
    const leading = own.length === 0 ? plain : judging.stage.columns
    const trees = fitRanker(table, { leading, even }, parameters, context)
    const said = trees.scores(judged.values, judged.rows)
    if (!cut.judge.keeps(step, lifted(cut, judged, said))) return false
    const chances = learnChances(judging, judged, said)
    best = { trees: trees.leading(leading), groups: own, chances }
    return true
  }
  attempt('ranker', [], false)
  const several = judged.wanted.some((wanted) => wanted > 1)
  const even = several && attempt('even ranker', [], true)
  if (groups.length > 0) attempt('attributes', groups, even)
  return best
}

async function refitMembers(
  data: TrainingData,
  members: readonly WeighedMember[],
  { context }: AutoOptions,
): Promise<readonly WeighedMember[]> {
  const fitted: WeighedMember[] = []
  for (const member of members) {
    const recommender = await member.kind.fit(data, member.parameters, context)
    fitted.push({ ...member, recommender })
  }
  return fitted
}

/** The blend of the questions that judge, with the shortlists lifted above it, as the model does it. */
function lifted(
  { rows, weights, judge }: OnCut,
  { group, item }: RankerTable,
  said: Float32Array,
): Float32Array {
  const score = blended(rows, weights)
  const own = new Float32Array(rows.questions.events.items).fill(Number.NaN)
  for (let from = 0; from < group.length;) {
    const n = group[from] as number
    let to = from
    for (; group[to] === n; to++) own[item[to] as number] = said[to] as number
    const q = judge.questions[n] as number
    for (let r = rows.start[q] as number; r < (rows.start[q + 1] as number); r++) {
      const logit = own[rows.item[r] as number] as number
      // A logit of single precision stays far below 1,000.
      if (!Number.isNaN(logit)) score[r] = 1_000 + logit
    }
    for (; from < to; from++) own[item[from] as number] = Number.NaN
  }
  return score
}

/** Undefined with too few questions. */
function chancesOfBlend(cut: OnCut, { context }: AutoOptions): AutoChances | undefined {
  if (cut.apart.questions.count < FEWEST.blend) return undefined
  const members = weighedOf(cut).filter(({ weight }) => weight > 0)
  const lesson = lessonOn(cut, members, cut.apart)
  const table = rankerTable([lesson], { depth: DEPTH, seed: context.seed, most: Infinity })
  return learnChances(lesson, table, table.blend)
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
