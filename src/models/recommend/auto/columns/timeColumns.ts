import type { History } from '../../histories.ts'
import type { TrainingData } from '../../recommender.ts'
import { type Section, type SectionReader, sectionsOf } from '../../savedState.ts'
import type { ColumnGroup, ColumnGroupKind } from './columnGroup.ts'

const NAME = 'time'
const COLUMNS = [
  'time: days since the last event',
  'time: hour lift',
  'time: weekday lift',
] as const
/** Parts of a day: of three hours each. */
const DAY_PARTS = 8
const WEEKDAYS = 7
const PER_ITEM = DAY_PARTS + WEEKDAYS
/** Events at the usual times that are added to those of an item. */
const PRIOR_EVENTS = 5

/**
 * How long the person was away, and how much of what is done with the candidate is done at this hour and on this weekday:
 * log of (events counted + 5) over (events expected + 5). Not known unless the time of the question is.
 */
class TimeColumns implements ColumnGroup {
  readonly name = NAME
  readonly columns = COLUMNS
  /** items × parts of the day and weekdays */
  readonly #lift: Float32Array
  #away = Number.NaN
  #part = -1
  #weekday = -1

  constructor(lift: Float32Array) {
    this.#lift = lift
  }

  read({ time, now }: History): void {
    this.#away = now === undefined ? Number.NaN : now - (time?.[time.length - 1] ?? Number.NaN)
    this.#part = now === undefined ? -1 : partOf(now)
    this.#weekday = now === undefined ? -1 : weekdayOf(now)
  }

  write(item: number, out: Float32Array, at: number): void {
    const row = item * PER_ITEM
    out[at] = this.#away
    out[at + 1] = this.#part < 0 ? Number.NaN : (this.#lift[row + this.#part] as number)
    out[at + 2] = this.#weekday < 0 ? Number.NaN : (this.#lift[row + this.#weekday] as number)
  }

  save(): readonly Section[] {
    return sectionsOf(this.#lift)
  }
}

function partOf(day: number): number {
  return Math.min(DAY_PARTS - 1, Math.floor((day - Math.floor(day)) * DAY_PARTS))
}

/** Place of the weekday in a row of an item; any day will do for the first. */
function weekdayOf(day: number): number {
  const weekday = Math.floor(day) % WEEKDAYS
  return DAY_PARTS + (weekday < 0 ? weekday + WEEKDAYS : weekday)
}

export const timeColumns: ColumnGroupKind = {
  name: NAME,
  suits: ({ histories }, { now }) => histories.time !== undefined && now !== undefined,
  learn: ({ histories }: TrainingData) => {
    const { items, item, time } = histories
    if (time === undefined || item.length === 0) return undefined
    const counted = new Float32Array(items * PER_ITEM)
    const all = new Float32Array(items)
    const usual = new Float64Array(PER_ITEM)
    item.forEach((i, e) => {
      all[i] = (all[i] as number) + 1
      for (const place of [partOf(time[e] as number), weekdayOf(time[e] as number)]) {
        counted[i * PER_ITEM + place] = (counted[i * PER_ITEM + place] as number) + 1
        usual[place] = (usual[place] as number) + 1 / item.length
      }
    })
    const lift = counted.map((count, at) => {
      const expected = (all[Math.floor(at / PER_ITEM)] as number) * (usual[at % PER_ITEM] as number)
      return Math.log((count + PRIOR_EVENTS) / (expected + PRIOR_EVENTS))
    })
    return new TimeColumns(lift)
  },
  load: (reader: SectionReader) => new TimeColumns(reader.float32()),
}
