import { type Random, seededRandom } from '../../../base/index.ts'
import { historiesOfQuestions, type Questions } from '../../evaluate/questions.ts'
import { fitTrees, type TreeParameters, type Trees } from '../../predict/trees.ts'
import type { FitContext } from '../recommender.ts'
import type { SecondStage, Shortlist } from './secondStage.ts'

/** Rows of the training table; more teach little and cost memory. */
const MOST_ROWS = 2_500_000
/** Scores that are held at once for one member. */
const BLOCK_SCORES = 1 << 21
const MOST_QUESTIONS = 64

/** Questions with what turns each into rows. */
export interface Lesson {
  readonly stage: SecondStage
  /** The members of the stage did not see their answers. */
  readonly questions: Questions
}

/** Candidates of questions in rows that teach a ranker, or judge one. */
export interface RankerTable {
  readonly rows: number
  readonly columns: number
  /** rows × columns */
  readonly values: Float32Array
  readonly label: Float32Array
  readonly weight: Float32Array
  /** Question of each row, rising. */
  readonly group: Int32Array
  readonly item: Int32Array
  readonly blend: Float32Array
  /** Right items of each question, found or not. */
  readonly wanted: Uint32Array
}

/**
 * The rows of the best candidates of each question, with whether they are right. Questions are numbered through all lessons.
 * Wrong candidates are sampled where there
 * are more rows than `most` and weigh 1 over their chance: unweighted, quality falls with every tree.
 */
export function rankerTable(
  lessons: readonly Lesson[],
  { depth, seed, most = MOST_ROWS }: { depth: number; seed: number; most?: number },
): RankerTable {
  const random = seededRandom(seed)
  const asked = lessons.reduce((sum, { questions }) => sum + questions.count, 0)
  const chance = Math.min(1, most / Math.max(1, asked * depth))
  const table = new TableBuilder(lessons[0]?.stage.columns ?? 0, chance, random)
  let before = 0
  for (const lesson of lessons) {
    forEachShortlist(lesson, (q, list, right) => table.add(before + q, list, right))
    before += lesson.questions.count
  }
  const wanted = lessons.flatMap(({ questions: { count, relevant } }) =>
    Array.from(
      { length: count },
      (_, q) => (relevant.start[q + 1] as number) - (relevant.start[q] as number),
    ),
  )
  return { ...table.finish(), wanted: Uint32Array.from(wanted) }
}

/** What trees are grown on. */
export interface RankerForm {
  /** The columns that may split, the first ones of the table. */
  readonly leading: number
  /** Do rows of questions with many right items count less? */
  readonly even: boolean
}

/**
 * Trees that order the best candidates of a blend anew, by the chance that each is right. The rows must come from
 * questions whose answers the members did not see when they were fitted: trees on rows that they saw learn to trust
 * what they remember (McElfresh et al. 2022 on leakage; measured: every tree then makes it worse).
 */
export function fitRanker(
  table: RankerTable,
  { leading, even }: RankerForm,
  parameters: Partial<TreeParameters>,
  context: FitContext,
): Trees {
  const { rows, columns, values, label, group } = table
  const weight = even ? evenWeights(table) : table.weight
  const taught = { rows, columns, values, label, weight, group }
  return fitTrees(taught, { ...parameters, leadingColumns: leading }, context)
}

/**
 * Each row less where its question has many right items, by the root of their number: what is measured is a mean over
 * questions, and one with forty right items is no forty questions. The mean weight stays.
 */
function evenWeights({ weight, group, wanted }: RankerTable): Float32Array {
  const divided = weight.map(
    (own, row) => own / Math.sqrt(Math.max(1, wanted[group[row] as number] as number)),
  )
  const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0)
  const scale = sum(weight) / Math.max(1e-12, sum(divided))
  return divided.map((own) => own * scale)
}

/** Visits the shortlist of each question, with 1 for each item that is right. Both are valid until the next. */
function forEachShortlist(
  { stage, questions }: Lesson,
  visit: (q: number, list: Shortlist, right: Uint8Array) => void,
): void {
  const { items } = stage
  const size = Math.max(1, Math.min(MOST_QUESTIONS, Math.floor(BLOCK_SCORES / Math.max(1, items))))
  const scores = new Float32Array(size * items)
  const answers = new Answers(questions)
  for (let from = 0; from < questions.count; from += size) {
    const to = Math.min(from + size, questions.count)
    const histories = historiesOfQuestions(questions, from, to)
    stage.each(histories, scores.subarray(0, (to - from) * items), (p, list) => {
      visit(from + p, list, answers.of(from + p, list.item))
    })
  }
}

/** Tells which items are right. */
class Answers {
  readonly #questions: Questions
  readonly #marks: Uint8Array
  #right = new Uint8Array(256)

  constructor(questions: Questions) {
    this.#questions = questions
    this.#marks = new Uint8Array(questions.candidates)
  }

  /** A view that is valid until the next call. */
  of(q: number, items: Int32Array): Uint8Array {
    const { relevant, candidateOf } = this.#questions
    const wanted = relevant.item.subarray(relevant.start[q], relevant.start[q + 1])
    if (this.#right.length < items.length) this.#right = new Uint8Array(items.length)
    for (const candidate of wanted) if (candidate >= 0) this.#marks[candidate] = 1
    for (let k = 0; k < items.length; k++) {
      const i = items[k] as number
      this.#right[k] = this.#marks[candidateOf === undefined ? i : (candidateOf[i] ?? -1)] ?? 0
    }
    for (const candidate of wanted) if (candidate >= 0) this.#marks[candidate] = 0
    return this.#right.subarray(0, items.length)
  }
}

/** The table as it grows. */
class TableBuilder {
  readonly #columns: number
  readonly #chance: number
  readonly #random: Random
  #rows = 0
  #values = new Float32Array(1 << 20)
  #label = new Float32Array(1 << 15)
  #weight = new Float32Array(1 << 15)
  #group = new Int32Array(1 << 15)
  #item = new Int32Array(1 << 15)
  #blend = new Float32Array(1 << 15)

  constructor(columns: number, chance: number, random: Random) {
    this.#columns = columns
    this.#chance = chance
    this.#random = random
  }

  add(q: number, { item, blend, rows }: Shortlist, right: Uint8Array): void {
    const chance = this.#chance
    for (let k = 0; k < item.length; k++) {
      const label = right[k] as number
      if (label === 0 && chance < 1 && this.#random.next() >= chance) continue
      this.#reserve()
      const row = this.#rows++
      const from = k * this.#columns
      this.#values.set(rows.subarray(from, from + this.#columns), row * this.#columns)
      this.#label[row] = label
      this.#weight[row] = label === 1 ? 1 : 1 / chance
      this.#group[row] = q
      this.#item[row] = item[k] as number
      this.#blend[row] = blend[k] as number
    }
  }

  #reserve(): void {
    if (this.#rows === this.#label.length) {
      this.#label = wider(this.#label, (n) => new Float32Array(n))
      this.#weight = wider(this.#weight, (n) => new Float32Array(n))
      this.#group = wider(this.#group, (n) => new Int32Array(n))
      this.#item = wider(this.#item, (n) => new Int32Array(n))
      this.#blend = wider(this.#blend, (n) => new Float32Array(n))
    }
    if ((this.#rows + 1) * this.#columns > this.#values.length) {
      this.#values = wider(this.#values, (n) => new Float32Array(n))
    }
  }

  finish(): Omit<RankerTable, 'wanted'> {
    const rows = this.#rows
    return {
      rows,
      columns: this.#columns,
      values: this.#values.subarray(0, rows * this.#columns),
      label: this.#label.subarray(0, rows),
      weight: this.#weight.subarray(0, rows),
      group: this.#group.subarray(0, rows),
      item: this.#item.subarray(0, rows),
      blend: this.#blend.subarray(0, rows),
    }
  }
}

function wider<T extends Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  array: T,
  make: (length: number) => T,
): T {
  const result = make(array.length * 2)
  result.set(array)
  return result
}
