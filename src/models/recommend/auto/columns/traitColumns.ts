import { valuesOf, type Histories, type History, type ValueRows } from '../../histories.ts'
import type { TrainingData } from '../../recommender.ts'
import { type Section, type SectionReader, sectionsOf } from '../../savedState.ts'
import type { ColumnGroup, ColumnGroupKind } from './columnGroup.ts'

const NAME = 'traits'
const COLUMNS = ['traits: mean lift', 'traits: best lift', 'traits: least lift'] as const
/** Fewer people say nothing about a value. */
const FEWEST_PEOPLE = 20
/** Numbers that are kept: the values of most people, as many as fit. */
const MOST_LIFTS = 1 << 23
const MOST_VALUES = 64
/** People who had the item, as many as expected, who are added to those counted: 0 of 1 expected is little evidence. */
const PRIOR_PEOPLE = 2

/**
 * How much likelier people who share a trait with this one have the candidate: log of (those counted + 2) over
 * (those expected + 2), for each trait value of the person.
 */
class TraitColumns implements ColumnGroup {
  readonly name = NAME
  readonly columns = COLUMNS
  readonly #items: number
  /** Row of each value in the lifts, -1: too few people have it. */
  readonly #rowOf: Int32Array
  /** values kept × items */
  readonly #lift: Float32Array
  #own: number[] = []

  constructor(rowOf: Int32Array, lift: Float32Array) {
    this.#rowOf = rowOf
    this.#lift = lift
    const kept = rowOf.reduce((most, row) => Math.max(most, row + 1), 0)
    this.#items = lift.length / Math.max(1, kept)
  }

  read({ traits }: History): void {
    this.#own = []
    for (const v of traits ?? []) {
      const row = this.#rowOf[v] ?? -1
      if (row >= 0) this.#own.push(row * this.#items)
    }
  }

  write(item: number, out: Float32Array, at: number): void {
    let sum = 0
    let best = Number.NEGATIVE_INFINITY
    let least = Number.POSITIVE_INFINITY
    for (const row of this.#own) {
      const lift = this.#lift[row + item] as number
      sum += lift
      if (lift > best) best = lift
      if (lift < least) least = lift
    }
    const known = this.#own.length > 0
    out[at] = known ? sum / this.#own.length : Number.NaN
    out[at + 1] = known ? best : Number.NaN
    out[at + 2] = known ? least : Number.NaN
  }

  save(): readonly Section[] {
    return sectionsOf(this.#rowOf, this.#lift)
  }
}

/** The row of each value that is kept: those of most people first. */
function rowsOf({ values, index }: ValueRows, items: number): Int32Array {
  const people = new Uint32Array(values)
  for (const v of index) people[v] = (people[v] as number) + 1
  const most = Math.min(MOST_VALUES, Math.floor(MOST_LIFTS / Math.max(1, items)))
  const kept = Array.from(people.keys())
    .filter((v) => (people[v] as number) >= FEWEST_PEOPLE)
    .sort((a, b) => (people[b] as number) - (people[a] as number) || a - b)
    .slice(0, most)
  const rowOf = new Int32Array(values).fill(-1)
  kept.forEach((v, row) => (rowOf[v] = row))
  return rowOf
}

function liftsOf(histories: Histories, traits: ValueRows, rowOf: Int32Array): Float32Array {
  const { people, items, start, item } = histories
  const kept = rowOf.reduce((most, row) => Math.max(most, row + 1), 0)
  const counted = new Float32Array(kept * items)
  const all = new Float32Array(items)
  const having = new Float32Array(kept)
  const last = new Int32Array(items).fill(-1)
  for (let p = 0; p < people; p++) {
    const rows = Array.from(valuesOf(traits, p), (v) => rowOf[v] as number).filter((r) => r >= 0)
    for (const row of rows) having[row] = (having[row] as number) + 1
    for (let e = start[p] as number; e < (start[p + 1] as number); e++) {
      const i = item[e] as number
      if (last[i] === p) continue
      last[i] = p
      all[i] = (all[i] as number) + 1
      for (const row of rows) {
        counted[row * items + i] = (counted[row * items + i] as number) + 1
      }
    }
  }
  return counted.map((count, at) => {
    const row = Math.floor(at / items)
    const expected = ((all[at - row * items] as number) * (having[row] as number)) / people
    return Math.log((count + PRIOR_PEOPLE) / (expected + PRIOR_PEOPLE))
  })
}

export const traitColumns: ColumnGroupKind = {
  name: NAME,
  suits: ({ histories }, { who }) => histories.traits !== undefined && who !== undefined,
  learn: ({ histories }: TrainingData) => {
    const { traits, items } = histories
    if (traits === undefined) return undefined
    const rowOf = rowsOf(traits, items)
    return new TraitColumns(rowOf, liftsOf(histories, traits, rowOf))
  },
  load: (reader: SectionReader) => new TraitColumns(reader.int32(), reader.float32()),
}
