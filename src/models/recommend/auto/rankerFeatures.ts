import { modelErrors } from '../../errors.ts'
import type { Questions } from '../../evaluate/questions.ts'
import { type Histories, type History, newestFrom } from '../histories.ts'
import type { TrainingData } from '../recommender.ts'
import { spreadOf } from './candidateRows.ts'
import type { ColumnGroup } from './columns/columnGroup.ts'
import { COLUMN_GROUPS } from './columns/columnGroups.ts'

/** What the ranker knows besides what it is told of a person. */
export interface RankerFigures {
  readonly items: ItemFigures
  /** Of attributes, numbers, traits and times, where the data have any. */
  readonly groups: readonly ColumnGroup[]
}

/** How often the items were had. */
interface ItemFigures {
  /** Logarithm of the people who had the item, less that of the mean item. */
  readonly popularity: Float32Array
  /** The same for the newest events alone. */
  readonly recent: Float32Array
}

/** The share of the events, newest by time, that counts as recent. */
const RECENT_SHARE = 0.1
/** Columns besides those of the members and the two of their blend. */
const OWN_COLUMNS = [
  'popularity',
  'recent popularity',
  'trend',
  'popularity against the history',
  'length of the history',
  'popularity of the last item',
  'steps since the item was last had',
  'times the item was had',
  'days since the item was last had',
  'share of the baskets with the item',
] as const
const PER_MEMBER = 4
/** More than the candidates of a person. */
const PLACES = 1 << 16

/**
 * What data teach about their items.
 * @param groups names of the groups of columns, which the data must have something for
 */
export function rankerFigures(data: TrainingData, groups: readonly string[]): RankerFigures {
  const kinds = COLUMN_GROUPS.filter(({ name }) => groups.includes(name))
  return {
    items: itemFigures(data.histories),
    groups: kinds.map((kind) => {
      const group = kind.learn(data)
      if (group !== undefined) return group
      throw modelErrors.MODELS_BAD_DATA(`the ranker was taught with ${kind.name}: there are none`)
    }),
  }
}

/** Names of the groups of columns that data and questions have something for. */
export function groupsFor(data: TrainingData, questions: Questions): readonly string[] {
  return COLUMN_GROUPS.filter((kind) => kind.suits(data, questions)).map(({ name }) => name)
}

/**
 * Counts people and recent events for each item. Recent are the newest tenth of the events where times are known, else
 * the newest event or basket of each person. Cost: linear, plus sorting the times.
 */
function itemFigures(histories: Histories): ItemFigures {
  const { people, items, start, item } = histories
  const had = new Float32Array(items)
  const recent = new Float32Array(items)
  const last = new Int32Array(items).fill(-1)
  const isRecent = recentEvents(histories)
  for (let p = 0; p < people; p++) {
    const from = start[p] as number
    const to = start[p + 1] as number
    const newest = newestFrom(histories, from, to)
    for (let e = from; e < to; e++) {
      const i = item[e] as number
      if (last[i] !== p) had[i] = (had[i] as number) + 1
      last[i] = p
      if (isRecent(e, newest)) recent[i] = (recent[i] as number) + 1
    }
  }
  return { popularity: aboveMean(had), recent: aboveMean(recent) }
}

/** Logarithm of 1 + a count, less that of the mean count: twice the data leave it as it is. */
function aboveMean(counts: Float32Array): Float32Array {
  const mean = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length)
  const level = Math.log(mean + 0.1)
  return counts.map((count) => Math.log(count + 0.1) - level)
}

function recentEvents({ item, time }: Histories): (event: number, newest: number) => boolean {
  if (time === undefined) return (event, newest) => event >= newest
  const first = Math.floor(item.length * (1 - RECENT_SHARE))
  const cut = Float64Array.from(time).sort()[first] ?? 0
  return (event) => (time[event] as number) >= cut
}

/** What the members say of the candidates of one person, in one order. */
export interface Opinions {
  readonly item: Int32Array
  /** Of each member, its value for each candidate. */
  readonly value: readonly Float32Array[]
  /** Of each member, its value for each candidate when asked with the newest events alone. */
  readonly newest: readonly Float32Array[]
  readonly blend: Float32Array
}

/**
 * The columns of the second stage, for the candidates of one person at a time. Training and serving fill rows by
 * this one class, so that the two cannot drift apart.
 */
export class RankerFeatures {
  readonly columns: readonly string[]
  readonly #figures: RankerFigures
  readonly #members: number
  /** Event of the history, from its end, where an item was last had; 0: never. */
  readonly #steps: Int32Array
  readonly #times: Int32Array
  readonly #baskets: Int32Array
  #keys = new Float64Array(0)
  #bits = new Int32Array(0)

  /** @param members names, in their order */
  constructor(figures: RankerFigures, members: readonly string[]) {
    this.#figures = figures
    this.#members = members.length
    const items = figures.items.popularity.length
    this.#steps = new Int32Array(items)
    this.#times = new Int32Array(items)
    this.#baskets = new Int32Array(items)
    this.columns = [
      ...members.flatMap((name) => [
        name,
        `${name} of best`,
        `${name} rank`,
        `${name} of the newest`,
      ]),
      'blend',
      'blend rank',
      ...OWN_COLUMNS,
      ...figures.groups.flatMap(({ columns }) => columns),
    ]
  }

  /** Writes one row per candidate into `out` (candidates × columns, row by row). */
  write(history: History, { item, value, newest, blend }: Opinions, out: Float32Array): void {
    const width = this.columns.length
    for (let m = 0; m < this.#members; m++) {
      const plain = value[m] as Float32Array
      standardised(out, m * PER_MEMBER, width, plain)
      shares(out, m * PER_MEMBER + 1, width, plain)
      this.#ranks(plain, out, m * PER_MEMBER + 2)
      shares(out, m * PER_MEMBER + 3, width, newest[m] as Float32Array)
    }
    let first = this.#members * PER_MEMBER
    for (let r = 0; r < blend.length; r++) out[r * width + first] = blend[r] as number
    this.#ranks(blend, out, first + 1)
    first += 2
    this.#own(history, item, out, first)
    first += OWN_COLUMNS.length
    for (const group of this.#figures.groups) {
      group.read(history)
      for (let r = 0; r < item.length; r++) group.write(item[r] as number, out, r * width + first)
      first += group.columns.length
    }
  }

  #own(history: History, candidates: Int32Array, out: Float32Array, first: number): void {
    const { popularity, recent } = this.#figures.items
    const width = this.columns.length
    const known = this.#read(history)
    const length = history.item.length
    const last = length === 0 ? Number.NaN : (popularity[history.item[length - 1] ?? 0] ?? 0)
    const now = history.now ?? history.time?.[length - 1] ?? Number.NaN
    for (let r = 0; r < candidates.length; r++) {
      const item = candidates[r] as number
      const own = popularity[item] as number
      const steps = this.#steps[item] as number
      let at = r * width + first
      out[at++] = own
      out[at++] = recent[item] as number
      out[at++] = (recent[item] as number) - own
      out[at++] = own - known.popularity
      out[at++] = length
      out[at++] = last
      out[at++] = steps === 0 ? Number.NaN : steps
      out[at++] = this.#times[item] as number
      out[at++] = steps === 0 ? Number.NaN : now - (history.time?.[length - steps] ?? Number.NaN)
      out[at] = known.baskets === 0 ? 0 : (this.#baskets[item] as number) / known.baskets
    }
    this.#forget(history)
  }

  /** Marks what the person had. */
  #read({ item, basket }: History): { readonly popularity: number; readonly baskets: number } {
    let sum = 0
    let baskets = 0
    let before = Number.NaN
    for (let e = 0; e < item.length; e++) {
      const i = item[e] as number
      if (i >= this.#steps.length) continue
      const own = basket === undefined ? e : (basket[e] as number)
      if (own !== before) baskets++
      before = own
      sum += this.#figures.items.popularity[i] as number
      this.#steps[i] = item.length - e
      this.#times[i] = (this.#times[i] as number) + 1
      this.#baskets[i] = (this.#baskets[i] as number) + 1
    }
    return { popularity: item.length === 0 ? Number.NaN : sum / item.length, baskets }
  }

  #forget({ item }: History): void {
    for (const i of item) {
      if (i >= this.#steps.length) continue
      this.#steps[i] = 0
      this.#times[i] = 0
      this.#baskets[i] = 0
    }
  }

  #ranks(values: Float32Array, out: Float32Array, column: number): void {
    const n = values.length
    if (this.#keys.length < n) {
      this.#keys = new Float64Array(2 * n)
      this.#bits = new Int32Array(2 * n)
    }
    // The order of the bits of a float is that of its value; the place breaks ties. Sorting plain numbers is five times as
    // fast as sorting by a function.
    const bits = this.#bits.subarray(0, n)
    new Float32Array(bits.buffer, 0, n).set(values)
    const keys = this.#keys.subarray(0, n)
    for (let r = 0; r < n; r++) {
      const own = bits[r] as number
      keys[r] = -(own < 0 ? -(own & 0x7fff_ffff) : own) * PLACES + r
    }
    keys.sort()
    const width = this.columns.length
    for (let rank = 0; rank < n; rank++) {
      const key = keys[rank] as number
      out[(key - Math.floor(key / PLACES) * PLACES) * width + column] = rank + 1
    }
  }
}

/** z-scores among the candidates; 0 where all are equal. */
function standardised(
  out: Float32Array,
  column: number,
  width: number,
  values: Float32Array,
): void {
  const { mean, scale } = spreadOf(values)
  for (let r = 0; r < values.length; r++) {
    out[r * width + column] = ((values[r] as number) - mean) * scale
  }
}

/** Values as shares of the largest. */
function shares(out: Float32Array, column: number, width: number, values: Float32Array): void {
  let best = 1e-12
  for (let r = 0; r < values.length; r++) best = Math.max(best, values[r] as number)
  for (let r = 0; r < values.length; r++) out[r * width + column] = (values[r] as number) / best
}
