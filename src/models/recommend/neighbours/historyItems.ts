import type { Histories, History } from '../histories.ts'

/** How the events of a history count. */
export interface HistoryOptions {
  /** True: an item counts 1 however often and heavily it occurs; false: the sum of its weights. */
  readonly binary: boolean
  /** Only so many newest events of a history count; 0: all. */
  readonly newest: number
}

/** The distinct known items of one history, each with what it counts. Reused from history to history. */
export class HistoryItems {
  readonly #items: number
  readonly #options: HistoryOptions
  /** Place of each item in the list, plus 1. */
  readonly #place: Int32Array
  item = new Int32Array(64)
  value = new Float64Array(64)
  count = 0

  constructor(items: number, options: HistoryOptions) {
    this.#items = items
    this.#options = options
    this.#place = new Int32Array(items)
  }

  /** Items come in the order of their first counted event. Cost: linear in the events. */
  read(history: History): void {
    const { binary, newest } = this.#options
    const { item, weight } = history
    const from = newest > 0 ? Math.max(0, item.length - newest) : 0
    if (item.length - from > this.item.length) {
      this.item = new Int32Array(2 * item.length)
      this.value = new Float64Array(2 * item.length)
    }
    let count = 0
    for (let e = from; e < item.length; e++) {
      const i = item[e] as number
      if (i >= this.#items) continue
      const place = this.#place[i] as number
      if (place === 0) {
        this.item[count] = i
        this.value[count++] = binary ? 1 : (weight?.[e] ?? 1)
        this.#place[i] = count
      } else if (!binary) {
        this.value[place - 1] = (this.value[place - 1] as number) + (weight?.[e] ?? 1)
      }
    }
    for (let k = 0; k < count; k++) this.#place[this.item[k] as number] = 0
    this.count = count
  }
}

/** Histories of no more than their newest events; the same ones where none is longer. */
export function newestEvents(histories: Histories, newest: number): Histories {
  const { people, start, item, weight, basket, time } = histories
  const kept = new Uint32Array(people + 1)
  let longest = 0
  for (let p = 0; p < people; p++) {
    const length = (start[p + 1] as number) - (start[p] as number)
    longest = Math.max(longest, length)
    kept[p + 1] = (kept[p] as number) + Math.min(length, newest)
  }
  if (newest === 0 || longest <= newest) return histories
  const take = <T extends Int32Array | Float32Array | Float64Array>(from: T, into: T): T => {
    for (let p = 0; p < people; p++) {
      const to = start[p + 1] as number
      const first = to - ((kept[p + 1] as number) - (kept[p] as number))
      into.set(from.subarray(first, to), kept[p])
    }
    return into
  }
  const events = kept[people] as number
  return {
    people,
    items: histories.items,
    start: kept,
    item: take(item, new Int32Array(events)),
    ...(weight && { weight: take(weight, new Float32Array(events)) }),
    ...(basket && { basket: take(basket, new Int32Array(events)) }),
    ...(time && { time: take(time, new Float64Array(events)) }),
  }
}
