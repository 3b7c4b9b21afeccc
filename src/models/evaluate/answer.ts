import { TopK } from '../../math/index.ts'
import type { Recommender } from '../recommend/recommender.ts'
import { type Metric, oneRelevantValue, severalRelevantValue } from './metric.ts'
import {
  historiesOfQuestions,
  historyOfQuestion,
  type ItemLists,
  type Questions,
} from './questions.ts'

/** How a recommender did, question by question. */
export interface Answers {
  /** Values of each metric, in the order of the metrics. */
  readonly values: readonly Float64Array[]
  /** The largest k of the metrics. */
  readonly depth: number
  /** questions × depth candidates, best first; short lists end in -1. */
  readonly lists: Int32Array
}

/** Scores held at once where a recommender answers blocks of people. */
const BLOCK_SCORES = 1 << 21
const MOST_PEOPLE = 256
const PROGRESS_EVERY = 512

/**
 * Asks a recommender all questions and measures every answer.
 * A score that is no number is as if masked: it is not listed, and a right item with such a score counts 0.
 * Cost: that of scoring, plus about one comparison per candidate and question; nothing is made per question but
 * the views of its history.
 */
export function answerQuestions(
  recommender: Recommender,
  questions: Questions,
  metrics: readonly Metric[],
  progress?: (done: number) => void,
): Answers {
  const depth = Math.max(1, ...metrics.map(({ k }) => k))
  const lists = new Int32Array(questions.count * depth).fill(-1)
  const values = metrics.map(() => new Float64Array(questions.count))
  const sheet = new AnswerSheet(questions, metrics, depth)
  forEachAnswer(recommender, questions, (q, scores) => {
    sheet.take(q, scores)
    lists.set(sheet.list, q * depth)
    values.forEach((of, m) => (of[q] = sheet.values[m] as number))
    if (q % PROGRESS_EVERY === 0) progress?.(q / questions.count)
  })
  progress?.(1)
  return { values, depth, lists }
}

/** Scores all items for each question in turn; the row may be written to and is valid until the call returns. */
function forEachAnswer(
  recommender: Recommender,
  questions: Questions,
  visit: (q: number, scores: Float32Array) => void,
): void {
  const { items } = recommender
  const size = Math.max(1, Math.min(MOST_PEOPLE, Math.floor(BLOCK_SCORES / Math.max(1, items))))
  if (recommender.scoreAll === undefined || size < 2) {
    const row = new Float32Array(items)
    for (let q = 0; q < questions.count; q++) {
      recommender.score(historyOfQuestion(questions, q), row)
      visit(q, row)
    }
    return
  }
  const block = new Float32Array(size * items)
  for (let from = 0; from < questions.count; from += size) {
    const to = Math.min(from + size, questions.count)
    const rows = block.subarray(0, (to - from) * items)
    recommender.scoreAll(historiesOfQuestions(questions, from, to), rows)
    for (let q = from; q < to; q++) {
      visit(q, rows.subarray((q - from) * items, (q - from + 1) * items))
    }
  }
}

/** Turns the scores of one question after the other into a list and its values. */
class AnswerSheet {
  /** The best candidates of the last question. */
  list: Int32Array = new Int32Array(0)
  #scores: Float64Array = new Float64Array(0)
  /** Its value of each metric. */
  readonly values: Float64Array
  readonly #questions: Questions
  readonly #metrics: readonly Metric[]
  readonly #depth: number
  readonly #best = new TopK()
  /** Scores by candidate, where candidates are not just the items. */
  readonly #placed: Float32Array | undefined
  readonly #gainOf: Float64Array
  readonly #gains: Float64Array

  constructor(questions: Questions, metrics: readonly Metric[], depth: number) {
    this.#questions = questions
    this.#metrics = metrics
    this.#depth = depth
    this.values = new Float64Array(metrics.length)
    const { candidateOf, candidates } = questions
    this.#placed = candidateOf === undefined ? undefined : new Float32Array(candidates)
    this.#gainOf = new Float64Array(candidates)
    this.#gains = new Float64Array(depth)
  }

  /** Spoils the scores. */
  take(q: number, scores: Float32Array): void {
    const row = this.#place(scores)
    const questions = this.#questions
    if (questions.masked) this.#mask(row, questions.from[q] as number, questions.to[q] as number)
    if (questions.among === undefined) this.#rankAll(row)
    else this.#rankAmong(row, q, questions.among)
    if (questions.one) this.#measureOne(row, q)
    else this.#measureSeveral(q)
  }

  #place(scores: Float32Array): Float32Array {
    const placed = this.#placed
    const { candidateOf } = this.#questions
    if (placed === undefined || candidateOf === undefined) return scores
    placed.fill(0)
    for (let item = 0; item < candidateOf.length; item++) {
      const candidate = candidateOf[item] as number
      if (candidate >= 0) placed[candidate] = scores[item] as number
    }
    return placed
  }

  #mask(row: Float32Array, from: number, to: number): void {
    const { events, candidateOf } = this.#questions
    for (let e = from; e < to; e++) {
      const item = events.item[e] as number
      const candidate = candidateOf === undefined ? item : (candidateOf[item] ?? -1)
      // No comparison holds for NaN: such a candidate is neither listed nor counted.
      if (candidate >= 0 && candidate < row.length) row[candidate] = Number.NaN
    }
  }

  #rankAll(row: Float32Array): void {
    const best = this.#best
    const depth = this.#depth
    best.reset(depth)
    let floor = Number.NEGATIVE_INFINITY
    for (let candidate = 0; candidate < row.length; candidate++) {
      const score = row[candidate] as number
      // Among equal scores the smaller number stays, so only a higher one can enter a full list.
      if (score > floor) {
        best.offer(candidate, score)
        if (best.size === depth) floor = best.floor
      }
    }
    this.#end(best.ranked())
  }

  #rankAmong(row: Float32Array, q: number, among: ItemLists): void {
    const best = this.#best
    best.reset(this.#depth)
    const { relevant } = this.#questions
    for (const { start, item } of [relevant, among]) {
      const to = start[q + 1] as number
      for (let k = start[q] as number; k < to; k++) {
        const candidate = item[k] as number
        const score = row[candidate] ?? 0
        if (!Number.isNaN(score)) best.offer(candidate, score)
      }
    }
    this.#end(best.ranked())
  }

  #end({ ids, scores }: { readonly ids: Int32Array; readonly scores: Float64Array }): void {
    this.list = ids
    this.#scores = scores
  }

  #measureOne(row: Float32Array, q: number): void {
    const { relevant } = this.#questions
    const right = relevant.item[relevant.start[q] as number] as number
    const score = this.#questions.among === undefined ? row[right] : (row[right] ?? 0)
    // Masked, or no candidate: it cannot be recommended.
    if (score === undefined || Number.isNaN(score)) {
      this.values.fill(0)
      return
    }
    const { higher, equal } = this.#rivals(row, score, q)
    this.#metrics.forEach((metric, m) => {
      this.values[m] = oneRelevantValue(metric, higher, equal)
    })
  }

  /** Candidates that scored higher than the right one, and others that scored the same. */
  #rivals(row: Float32Array, score: number, q: number): { higher: number; equal: number } {
    const scores = this.#scores
    let higher = 0
    while (higher < scores.length && (scores[higher] as number) > score) higher++
    // A list that is full of higher ones ends every metric; the others need not be counted.
    if (higher === this.#depth) return { higher, equal: 0 }
    let end = higher
    while (end < scores.length && scores[end] === score) end++
    if (end < this.#depth) return { higher, equal: end - higher - 1 }
    // Ties go on beyond the list.
    const { among } = this.#questions
    return {
      higher,
      equal: among === undefined ? count(row, score) - 1 : tied(row, score, among, q),
    }
  }

  #measureSeveral(q: number): void {
    const { relevant } = this.#questions
    const from = relevant.start[q] as number
    const to = relevant.start[q + 1] as number
    for (let k = from; k < to; k++) {
      const candidate = relevant.item[k] as number
      if (candidate >= 0) this.#gainOf[candidate] = relevant.gain?.[k] ?? 1
    }
    const gains = this.#gains.subarray(0, this.list.length)
    this.list.forEach((candidate, place) => (gains[place] = this.#gainOf[candidate] as number))
    const ideal = relevant.gain?.slice(from, to).sort((a, b) => b - a) ?? []
    this.#metrics.forEach((metric, m) => {
      this.values[m] = severalRelevantValue(metric, gains, to - from, ideal)
    })
    for (let k = from; k < to; k++) {
      const candidate = relevant.item[k] as number
      if (candidate >= 0) this.#gainOf[candidate] = 0
    }
  }
}

function count(row: Float32Array, score: number): number {
  let found = 0
  for (let candidate = 0; candidate < row.length; candidate++) if (row[candidate] === score) found++
  return found
}

function tied(row: Float32Array, score: number, { start, item }: ItemLists, q: number): number {
  let found = 0
  const to = start[q + 1] as number
  for (let k = start[q] as number; k < to; k++) {
    if ((row[item[k] as number] ?? 0) === score) found++
  }
  return found
}
