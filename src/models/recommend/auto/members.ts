import { answerQuestions } from '../../evaluate/answer.ts'
import { metricOf } from '../../evaluate/metric.ts'
import { type Questions } from '../../evaluate/questions.ts'
import type {
  FitContext,
  Parameters,
  Recommender,
  RecommenderKind,
  TrainingData,
} from '../recommender.ts'
import { parametersOf } from '../recommenders.ts'
import { climbWeights, meanOf } from './blend.ts'
import { pairedGain } from '../../evaluate/pairedGain.ts'
import { candidateRows } from './candidateRows.ts'

/** Training data without what the questions ask for. */
export interface AutoCut {
  readonly data: TrainingData
  readonly questions: Questions
  /** The same kind of cut again inside the data. */
  readonly again?: () => AutoCut
}

/** A kind with its parameters, fitted. */
export interface Member {
  readonly kind: RecommenderKind
  readonly parameters: Parameters
  readonly recommender: Recommender
  /** NDCG@k of the member alone. */
  readonly value: number
  /** The same for each question. */
  readonly answers: Float64Array
}

/** A kind with its parameters. */
export interface MemberSetting {
  readonly kind: RecommenderKind
  readonly parameters: Parameters
}

export interface MemberOptions {
  /** What is compared; with `settings` nothing is. */
  readonly kinds: readonly RecommenderKind[]
  /** The members, where they were chosen before. */
  readonly settings?: readonly MemberSetting[]
  readonly context: FitContext
  /** Lists are judged by NDCG cut off here. */
  readonly k: number
  readonly say: (line: string) => void
  /** Is told what is about to be tried. */
  readonly trying?: (name: string) => void
  /** False when no further kind or setting should be tried. Absent: there is time for all. */
  readonly inTime?: () => boolean
}

/** Enough to tell which members add something to each other; all rows of all kinds are held at once. */
const SCREENING = { perMember: 50, questions: 2_000 }
/** A blend of fewer is filled up with the best of the rest: what has no weight of its own may still help the trees. */
const MEMBERS = 5
/** Questions that settings of one kind are compared by. */
const TRIED = 8_000

/**
 * Chooses the members of a blend: every kind that suits the data is fitted with its first setting; the ones that a
 * blend of all of them uses (at most five) are fitted with their other settings, and each keeps its best. The best of the
 * rest join them up to five.
 * A kind that fails is passed over. Empty when all failed.
 */
export async function chooseMembers(
  { data, questions }: AutoCut,
  options: MemberOptions,
): Promise<readonly Member[]> {
  const some = someQuestions(questions, TRIED)
  if (options.settings !== undefined) return fitSettings(options.settings, data, some, options)
  const tried: Member[] = []
  for (const kind of options.kinds) {
    if (options.inTime?.() === false) {
      options.say(`${kind.name}: not tried. The time for choosing was up.`)
      continue
    }
    if (kind.suits?.(data) === false) {
      const { people, items } = data.histories
      const size = `${people} people × ${items} items`
      options.say(
        `${kind.name}: passed over. Too large for it (${size}), or without baskets, times or attributes it needs.`,
      )
      continue
    }
    const member = await tryMember(kind, {}, data, some, options)
    if (member !== undefined) tried.push(member)
  }
  const screened = someQuestions(some, SCREENING.questions)
  const rows = candidateRows(
    tried.map(({ recommender }) => recommender),
    screened,
    SCREENING.perMember,
  )
  const weights = tried.length === 0 ? [] : climbWeights(rows, { k: options.k })
  const members: Member[] = []
  for (const [m, member] of tried.entries()) {
    if ((weights[m] ?? 0) > 0) members.push(await bestSetting(member, data, some, options))
  }
  const others = tried.filter((_, m) => !((weights[m] ?? 0) > 0))
  others.sort((a, b) => b.value - a.value)
  return [...members, ...others.slice(0, Math.max(0, MEMBERS - members.length))]
}

async function fitSettings(
  settings: readonly MemberSetting[],
  data: TrainingData,
  questions: Questions,
  options: MemberOptions,
): Promise<readonly Member[]> {
  const members: Member[] = []
  for (const { kind, parameters } of settings) {
    const member = await tryMember(kind, parameters, data, questions, options)
    if (member !== undefined) members.push(member)
  }
  return members
}

/** The first setting, unless another beats it by more than a paired standard error. */
async function bestSetting(
  first: Member,
  data: TrainingData,
  questions: Questions,
  options: MemberOptions,
): Promise<Member> {
  let best = first
  const usual = JSON.stringify(first.parameters)
  for (const setting of first.kind.candidates?.(data) ?? []) {
    if (options.inTime?.() === false) break
    if (JSON.stringify(parametersOf(first.kind, setting)) === usual) continue
    const other = await tryMember(first.kind, setting, data, questions, options)
    if (other === undefined || other.value <= best.value) continue
    const { mean: gain, standardError: error } = pairedGain(other.answers, first.answers)
    if (gain > error) best = other
  }
  return best
}

async function tryMember(
  kind: RecommenderKind,
  changes: Partial<Parameters>,
  data: TrainingData,
  questions: Questions,
  { context, k, say, trying }: MemberOptions,
): Promise<Member | undefined> {
  const parameters = parametersOf(kind, changes)
  const changed = Object.entries(changes).map(([key, value]) => `${key}=${value}`)
  const name = [kind.name, ...changed].join(' ')
  trying?.(name)
  try {
    const recommender = await kind.fit(data, parameters, context)
    const [values = new Float64Array(0)] = answerQuestions(recommender, questions, [
      metricOf(`ndcg@${k}`),
    ]).values
    const value = meanOf(values)
    say(`${name}: ndcg@${k} ${value.toFixed(4)} on the cut`)
    return { kind, parameters, recommender, value, answers: values }
  } catch (error) {
    // Whatever it is, the others are not to suffer from it.
    say(`${name}: passed over. ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** n of the questions, evenly spread. */
function someQuestions(questions: Questions, n: number): Questions {
  if (questions.count <= n) return questions
  const step = questions.count / n
  return selectQuestions(
    questions,
    Int32Array.from({ length: n }, (_, q) => Math.floor(q * step)),
  )
}

/** Some of the questions. Their histories are not copied. */
export function selectQuestions(questions: Questions, chosen: Int32Array): Questions {
  const { from, to, relevant, among, who, now } = questions
  const start = new Uint32Array(chosen.length + 1)
  const item: number[] = []
  const gain: number[] = []
  const other = new Uint32Array(chosen.length + 1)
  const others: number[] = []
  chosen.forEach((q, n) => {
    for (let k = relevant.start[q] as number; k < (relevant.start[q + 1] as number); k++) {
      item.push(relevant.item[k] as number)
      if (relevant.gain !== undefined) gain.push(relevant.gain[k] as number)
    }
    start[n + 1] = item.length
    if (among !== undefined) {
      for (const one of among.item.subarray(among.start[q], among.start[q + 1])) others.push(one)
    }
    other[n + 1] = others.length
  })
  return {
    ...questions,
    count: chosen.length,
    from: Uint32Array.from(chosen, (q) => from[q] as number),
    to: Uint32Array.from(chosen, (q) => to[q] as number),
    relevant: {
      start,
      item: Int32Array.from(item),
      ...(relevant.gain && { gain: Float64Array.from(gain) }),
    },
    ...(among && { among: { start: other, item: Int32Array.from(others) } }),
    ...(who && { who: Int32Array.from(chosen, (q) => who[q] as number) }),
    ...(now && { now: Float64Array.from(chosen, (q) => now[q] as number) }),
  }
}
