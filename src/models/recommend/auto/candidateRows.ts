import { TopK } from '../../../math/index.ts'
import { historiesOfQuestions, type Questions } from '../../evaluate/questions.ts'
import { historyOf } from '../histories.ts'
import type { Recommender } from '../recommender.ts'

/**
 * The candidates of many questions, one row each: the items that a member finds best for the question, joined
 * over the members. Rows of question q are start[q] .. start[q+1]-1, in no order of meaning.
 */
export interface CandidateRows {
  readonly questions: Questions
  readonly start: Uint32Array
  readonly item: Int32Array
  /** Of each member, the z-score of its value among the rows of the question; 0 where all are equal. */
  readonly standard: readonly Float32Array[]
  /** Of each member, the plain value. */
  readonly value: readonly Float32Array[]
  /** 1 where the item is right, else 0. */
  readonly right: Uint8Array
}

/** Scores that are held at once for all members together. */
const BLOCK_SCORES = 1 << 23
const MOST_QUESTIONS = 64

/**
 * Asks the members for the best `perMember` items of each question and for their values of all of them.
 * Cost: every member scores every question once; 8 bytes a row and member are kept.
 */
export function candidateRows(
  members: readonly Recommender[],
  questions: Questions,
  perMember: number,
): CandidateRows {
  const items = questions.events.items
  const found = new RowList(members.length)
  const start = new Uint32Array(questions.count + 1)
  const union = new CandidateUnion(items, perMember)
  forEachScoredTogether(members, questions, (q, rows) => {
    const from = questions.from[q] as number
    const to = questions.to[q] as number
    const own = questions.events.item.subarray(from, to)
    const list = askedAmong(questions, q) ?? union.of(rows, questions.masked ? own : undefined)
    for (const item of list) if (item < items) found.add(item, rows)
    start[q + 1] = found.length
  })
  const { item, value } = found.columns()
  return {
    questions,
    start,
    item,
    value,
    standard: value.map((column) => standardised(column, start)),
    right: rightOnes(questions, start, item),
  }
}

/** The candidates of a question that names them. */
function askedAmong({ among, relevant, candidateOf }: Questions, q: number): number[] | undefined {
  // Where candidates are not just the items, the best of the members stand for them.
  if (among === undefined || candidateOf !== undefined) return undefined
  const { start, item } = relevant
  const right = item.subarray(start[q], start[q + 1])
  return [...right, ...among.item.subarray(among.start[q], among.start[q + 1])]
}

/** Rows of growing columns. */
class RowList {
  length = 0
  #item = new Int32Array(1 << 16)
  readonly #value: Float32Array[]

  constructor(members: number) {
    this.#value = Array.from({ length: members }, () => new Float32Array(1 << 16))
  }

  add(item: number, rows: readonly Float32Array[]): void {
    if (this.length === this.#item.length) this.#grow()
    this.#item[this.length] = item
    for (let m = 0; m < rows.length; m++) {
      const column = this.#value[m] as Float32Array
      column[this.length] = (rows[m] as Float32Array)[item] as number
    }
    this.length++
  }

  #grow(): void {
    const item = new Int32Array(this.length * 2)
    item.set(this.#item)
    this.#item = item
    this.#value.forEach((column, m) => {
      const wider = new Float32Array(this.length * 2)
      wider.set(column)
      this.#value[m] = wider
    })
  }

  columns(): { item: Int32Array; value: readonly Float32Array[] } {
    return {
      item: this.#item.slice(0, this.length),
      value: this.#value.map((column) => column.slice(0, this.length)),
    }
  }
}

/** Collects the best items of several rows of scores, each item once. */
export class CandidateUnion {
  readonly #best = new TopK()
  readonly #n: number
  readonly #taken: Uint8Array
  readonly #masked: Uint8Array
  #list: Int32Array

  constructor(items: number, n: number) {
    this.#n = n
    this.#taken = new Uint8Array(items)
    this.#masked = new Uint8Array(items)
    this.#list = new Int32Array(1_024)
  }

  /** A view that is valid until the next call. Only items with a score above 0 count as found by a row. */
  of(rows: readonly Float32Array[], masked: Int32Array | undefined): Int32Array {
    let count = 0
    if (this.#list.length < rows.length * this.#n) {
      this.#list = new Int32Array(rows.length * this.#n)
    }
    this.#mark(masked, 1)
    for (const row of rows) {
      for (const item of this.#bestOf(row)) {
        if (this.#taken[item] === 1) continue
        this.#taken[item] = 1
        this.#list[count++] = item
      }
    }
    this.#mark(masked, 0)
    const list = this.#list.subarray(0, count)
    for (const item of list) this.#taken[item] = 0
    return list
  }

  #bestOf(row: Float32Array): Int32Array {
    const best = this.#best
    best.reset(this.#n)
    let floor = Number.NEGATIVE_INFINITY
    for (let item = 0; item < row.length; item++) {
      const score = row[item] as number
      if (score > floor && score !== 0 && this.#masked[item] === 0) {
        best.offer(item, score)
        if (best.size === this.#n) floor = best.floor
      }
    }
    return best.ranked().ids
  }

  #mark(items: Int32Array | undefined, value: 0 | 1): void {
    if (items === undefined) return
    for (const item of items) if (item < this.#masked.length) this.#masked[item] = value
  }
}

function forEachScoredTogether(
  members: readonly Recommender[],
  questions: Questions,
  visit: (q: number, rows: readonly Float32Array[]) => void,
): void {
  const items = questions.events.items
  const fitting = Math.floor(BLOCK_SCORES / Math.max(1, items * members.length))
  const size = Math.max(1, Math.min(MOST_QUESTIONS, fitting))
  const blocks = members.map(() => new Float32Array(size * items))
  for (let from = 0; from < questions.count; from += size) {
    const to = Math.min(from + size, questions.count)
    const histories = historiesOfQuestions(questions, from, to)
    members.forEach((member, m) => {
      const block = (blocks[m] as Float32Array).subarray(0, (to - from) * items)
      if (member.scoreAll !== undefined) member.scoreAll(histories, block)
      else {
        for (let p = 0; p < to - from; p++) {
          member.score(historyOf(histories, p), block.subarray(p * items, (p + 1) * items))
        }
      }
    })
    for (let q = from; q < to; q++) {
      visit(
        q,
        blocks.map((block) => block.subarray((q - from) * items, (q - from + 1) * items)),
      )
    }
  }
}

function standardised(column: Float32Array, start: Uint32Array): Float32Array {
  const result = new Float32Array(column.length)
  for (let q = 0; q + 1 < start.length; q++) {
    const rows = result.subarray(start[q], start[q + 1])
    rows.set(column.subarray(start[q], start[q + 1]))
    const { mean, scale } = spreadOf(rows)
    for (let r = 0; r < rows.length; r++) rows[r] = ((rows[r] as number) - mean) * scale
  }
  return result
}

/** Mean, and 1 over the standard deviation; 0 where there is none. */
export function spreadOf(values: Float32Array): { readonly mean: number; readonly scale: number } {
  let sum = 0
  let squares = 0
  for (let k = 0; k < values.length; k++) sum += values[k] as number
  const mean = values.length === 0 ? 0 : sum / values.length
  for (let k = 0; k < values.length; k++) squares += ((values[k] as number) - mean) ** 2
  const variance = values.length === 0 ? 0 : squares / values.length
  return { mean, scale: variance > 1e-20 ? 1 / Math.sqrt(variance) : 0 }
}

function rightOnes(questions: Questions, start: Uint32Array, item: Int32Array): Uint8Array {
  const right = new Uint8Array(item.length)
  const marks = new Uint8Array(questions.candidates)
  const { relevant, candidateOf } = questions
  for (let q = 0; q < questions.count; q++) {
    const wanted = relevant.item.subarray(relevant.start[q], relevant.start[q + 1])
    for (const candidate of wanted) if (candidate >= 0) marks[candidate] = 1
    const to = start[q + 1] as number
    for (let r = start[q] as number; r < to; r++) {
      const i = item[r] as number
      right[r] = marks[candidateOf === undefined ? i : (candidateOf[i] ?? -1)] ?? 0
    }
    for (const candidate of wanted) if (candidate >= 0) marks[candidate] = 0
  }
  return right
}
