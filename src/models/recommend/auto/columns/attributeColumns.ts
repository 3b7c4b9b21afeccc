import type { History, ValueRows } from '../../histories.ts'
import type { TrainingData } from '../../recommender.ts'
import { type Section, sectionsOf } from '../../savedState.ts'
import type { ColumnGroup, ColumnGroupKind } from './columnGroup.ts'

/** What is known of the items' attribute values. */
interface AttributeFigures extends Pick<ValueRows, 'start' | 'index'> {
  /** Of each value, log of the items over those that have it: a brand says more than "Beauty". */
  readonly rarity: Float32Array
  /** Of each value, the share of all events that are with it. */
  readonly share: Float32Array
}

const NAME = 'attributes'
const COLUMNS = [
  'attributes: mean taste',
  'attributes: best taste',
  'attributes: least taste',
  'attributes: had of late',
  'attributes: shared with the newest',
  'attributes: rarest shared with the newest',
] as const
/** Newest events of a history that are looked at. */
const EVENTS = 300
const RECENT_DECAY = 0.9
/** Events at the usual shares that each history is taken to have besides its own. */
const PRIOR_EVENTS = 2

/**
 * How the attribute values of a candidate go with those of the history. Taste for a value: log of its share of the
 * person's events over its share of all events, both drawn together by two events at the usual shares.
 */
class AttributeColumns implements ColumnGroup {
  readonly name = NAME
  readonly columns = COLUMNS
  readonly #figures: AttributeFigures
  readonly #count: Float32Array
  readonly #recent: Float32Array
  readonly #newest: Uint8Array
  /** Values of the history, which are to be forgotten by the next. */
  readonly #touched: number[] = []
  readonly #taste: Float32Array
  #tasteOfOthers = 0

  constructor(figures: AttributeFigures) {
    this.#figures = figures
    const values = figures.rarity.length
    this.#count = new Float32Array(values)
    this.#recent = new Float32Array(values)
    this.#newest = new Uint8Array(values)
    this.#taste = new Float32Array(values)
  }

  read({ item, basket }: History): void {
    this.#forget()
    const from = Math.max(0, item.length - EVENTS)
    const { start } = this.#figures
    const newest = basket?.[item.length - 1]
    let weight = 1
    let total = 0
    for (let e = item.length - 1; e >= from; e--) {
      const i = item[e] as number
      const isNewest = e === item.length - 1 || (newest !== undefined && basket?.[e] === newest)
      if (i + 1 < start.length) this.#count1(i, weight, isNewest)
      total += weight
      weight *= RECENT_DECAY
    }
    this.#finish(item.length - from, total)
  }

  #count1(item: number, weight: number, isNewest: boolean): void {
    const { start, index } = this.#figures
    for (let k = start[item] as number; k < (start[item + 1] as number); k++) {
      const v = index[k] as number
      if (this.#count[v] === 0) this.#touched.push(v)
      this.#count[v] = (this.#count[v] as number) + 1
      this.#recent[v] = (this.#recent[v] as number) + weight
      if (isNewest) this.#newest[v] = 1
    }
  }

  #finish(events: number, total: number): void {
    const all = events + PRIOR_EVENTS
    this.#tasteOfOthers = Math.log(PRIOR_EVENTS / all)
    for (const v of this.#touched) {
      const share = Math.max(1e-9, this.#figures.share[v] as number)
      const own = (this.#count[v] as number) / share
      this.#taste[v] = Math.log((own + PRIOR_EVENTS) / all)
      this.#recent[v] = (this.#recent[v] as number) / total
    }
  }

  #forget(): void {
    for (const v of this.#touched) {
      this.#count[v] = 0
      this.#recent[v] = 0
      this.#newest[v] = 0
    }
    this.#touched.length = 0
  }

  write(item: number, out: Float32Array, at: number): void {
    const { start, index, rarity } = this.#figures
    const from = start[item] as number
    const to = start[item + 1] as number
    if (!(to > from)) {
      out.fill(Number.NaN, at, at + COLUMNS.length)
      return
    }
    let sum = 0
    let best = Number.NEGATIVE_INFINITY
    let least = Number.POSITIVE_INFINITY
    let weight = 1e-9
    let recent = 0
    let shared = 0
    let rarest = 0
    for (let k = from; k < to; k++) {
      const v = index[k] as number
      const rare = rarity[v] as number
      const taste = this.#count[v] === 0 ? this.#tasteOfOthers : (this.#taste[v] as number)
      sum += taste
      if (taste > best) best = taste
      if (taste < least) least = taste
      weight += rare
      recent += rare * (this.#recent[v] as number)
      if (this.#newest[v] === 0) continue
      shared += rare
      if (rare > rarest) rarest = rare
    }
    out[at] = sum / (to - from)
    out[at + 1] = best
    out[at + 2] = least
    out[at + 3] = recent / weight
    out[at + 4] = shared / weight
    out[at + 5] = rarest
  }

  save(): readonly Section[] {
    const { start, index, rarity, share } = this.#figures
    return sectionsOf(start, index, rarity, share)
  }
}

export const attributeColumns: ColumnGroupKind = {
  name: NAME,
  suits: ({ attributes }) => attributes !== undefined,
  learn: ({ histories, attributes }: TrainingData) => {
    if (attributes === undefined) return undefined
    const { values, start, index } = attributes
    const items = start.length - 1
    const rarity = new Float32Array(values)
    for (const v of index) rarity[v] = (rarity[v] as number) + 1
    rarity.forEach((having, v) => (rarity[v] = Math.log(items / Math.max(1, having))))
    const share = new Float64Array(values)
    for (const i of histories.item) {
      for (let k = start[i] as number; k < (start[i + 1] as number); k++) {
        share[index[k] as number] = (share[index[k] as number] as number) + 1
      }
    }
    const events = Math.max(1, histories.item.length)
    return new AttributeColumns({
      start,
      index,
      rarity,
      share: Float32Array.from(share, (count) => count / events),
    })
  },
  load: (reader) =>
    new AttributeColumns({
      start: reader.uint32(),
      index: reader.int32(),
      rarity: reader.float32(),
      share: reader.float32(),
    }),
}
