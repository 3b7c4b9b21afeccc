import { type Random, seededRandom } from '../../../base/index.ts'
import { historyOfQuestion } from '../../evaluate/questions.ts'
import { fitTrees, type TreeParameters, type Trees } from '../../predict/trees.ts'
import type { FitContext } from '../recommender.ts'
import type { CandidateRows } from './candidateRows.ts'
import type { RankerFeatures } from './rankerFeatures.ts'
import { type CandidateBlock, Shortlist } from './shortlist.ts'

/** Rows of the training table; more teach little and cost memory. */
const MOST_ROWS = 2_500_000

/**
 * Trees that order the best candidates of a blend anew, by the chance that each is right. The rows must come from
 * questions whose answers the members did not see when they were fitted: trees on rows that they saw learn to trust
 * what they remember (McElfresh et al. 2022 on leakage; measured: every tree then makes it worse).
 * Wrong candidates are sampled where there are too many and weigh 1 over their chance.
 */
export function fitRanker(
  rows: CandidateRows,
  newest: readonly Float32Array[],
  blend: Float32Array,
  features: RankerFeatures,
  depth: number,
  asked: ArrayLike<number>,
  parameters: Partial<TreeParameters>,
  context: FitContext,
): Trees {
  const random = seededRandom(context.seed)
  const table = new RankerTable(features.columns.length)
  const shortlist = new Shortlist(features, rows.value.length, depth)
  const out = new Float32Array(depth * features.columns.length)
  const chance = chanceToKeep(rows, depth, asked)
  for (let n = 0; n < asked.length; n++) {
    const q = asked[n] as number
    const block = blockOf(rows, newest, blend, q)
    const places = shortlist.write(historyOfQuestion(rows.questions, q), block, out)
    table.addQuestion(q, places, rows.right.subarray(rows.start[q]), out, chance, random)
  }
  return fitTrees(table.finish(), parameters, context)
}

/** The rows of one question. */
export function blockOf(
  rows: CandidateRows,
  newest: readonly Float32Array[],
  blend: Float32Array,
  q: number,
): CandidateBlock {
  const from = rows.start[q] as number
  const to = rows.start[q + 1] as number
  return {
    item: rows.item.subarray(from, to),
    value: rows.value.map((column) => column.subarray(from, to)),
    standard: rows.standard.map((column) => column.subarray(from, to)),
    newest: newest.map((column) => column.subarray(from, to)),
    blend: blend.subarray(from, to),
  }
}

function chanceToKeep(rows: CandidateRows, depth: number, asked: ArrayLike<number>): number {
  let listed = 0
  for (let n = 0; n < asked.length; n++) {
    const q = asked[n] as number
    listed += Math.min(depth, (rows.start[q + 1] as number) - (rows.start[q] as number))
  }
  return Math.min(1, MOST_ROWS / Math.max(1, listed))
}

/** The training table as it grows. */
class RankerTable {
  readonly #columns: number
  #rows = 0
  #values = new Float32Array(1 << 20)
  #label = new Float32Array(1 << 15)
  #weight = new Float32Array(1 << 15)
  #group = new Int32Array(1 << 15)

  constructor(columns: number) {
    this.#columns = columns
  }

  addQuestion(
    q: number,
    places: Int32Array,
    right: Uint8Array,
    written: Float32Array,
    chance: number,
    random: Random,
  ): void {
    for (let k = 0; k < places.length; k++) {
      const label = right[places[k] as number] as number
      if (label === 0 && chance < 1 && random.next() >= chance) continue
      this.#reserve()
      const row = this.#rows++
      const from = k * this.#columns
      this.#values.set(written.subarray(from, from + this.#columns), row * this.#columns)
      this.#label[row] = label
      this.#weight[row] = label === 1 ? 1 : 1 / chance
      this.#group[row] = q
    }
  }

  #reserve(): void {
    if (this.#rows === this.#label.length) {
      this.#label = wider(this.#label, (n) => new Float32Array(n))
      this.#weight = wider(this.#weight, (n) => new Float32Array(n))
      this.#group = wider(this.#group, (n) => new Int32Array(n))
    }
    if ((this.#rows + 1) * this.#columns > this.#values.length) {
      this.#values = wider(this.#values, (n) => new Float32Array(n))
    }
  }

  finish() {
    const rows = this.#rows
    return {
      rows,
      columns: this.#columns,
      values: this.#values.subarray(0, rows * this.#columns),
      label: this.#label.subarray(0, rows),
      weight: this.#weight.subarray(0, rows),
      group: this.#group.subarray(0, rows),
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
