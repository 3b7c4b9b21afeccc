import type { Histories } from '../../models/index.ts'
import { MINUTE } from '../../base/index.ts'
import { TRAINED_ACTIONS } from '../fit/trainedActions.ts'
import type { TrainingSet } from '../fit/trainingSet.ts'

/** Newest events of a person that relations are counted in; beyond, a single account would dominate pairs. */
const MOST_EVENTS = 500
/** Purchases of a person this close belong together, as in the live counts where no order is named. */
const ORDER_PAUSE = 10 * MINUTE
const BUY = TRAINED_ACTIONS.indexOf('buy')

/** What people did, one after the other, oldest first; events in a row with the same item are one, but for a further order of it. */
export interface RelationEvents {
  readonly items: number
  readonly people: number
  /** Length people + 1. */
  readonly start: Uint32Array
  readonly item: Int32Array
  /** 1 where the person paid attention to the item in another way than buying it. */
  readonly attended: Uint8Array
  /** 1 where the item was bought. */
  readonly bought: Uint8Array
  /** Number of the order of a purchase, rising over all people; -1 for the rest. */
  readonly order: Int32Array
  readonly orders: number
  /** Where it lies in the set; of several in one, the first. */
  readonly place: Uint32Array
}

/**
 * The events from(person) .. to(person)-1 of a set, the newest 500 of each person.
 * Cost: linear.
 */
export function relationEvents(
  set: TrainingSet,
  people: ArrayLike<number>,
  from: (person: number) => number,
  to: (person: number) => number,
): RelationEvents {
  const first = (p: number): number => Math.max(from(p), to(p) - MOST_EVENTS)
  let room = 0
  for (let k = 0; k < people.length; k++) {
    const p = people[k] as number
    room += Math.max(0, to(p) - first(p))
  }
  const columns = new EventColumns(room)
  const start = new Uint32Array(people.length + 1)
  for (let k = 0; k < people.length; k++) {
    const p = people[k] as number
    start[k + 1] = columns.write(set, first(p), to(p))
  }
  return { items: set.items, people: people.length, start, ...columns.taken() }
}

class EventColumns {
  readonly #item: Int32Array
  readonly #attended: Uint8Array
  readonly #bought: Uint8Array
  readonly #order: Int32Array
  readonly #place: Uint32Array
  #count = 0
  #orders = 0

  constructor(room: number) {
    this.#item = new Int32Array(room)
    this.#attended = new Uint8Array(room)
    this.#bought = new Uint8Array(room)
    this.#order = new Int32Array(room).fill(-1)
    this.#place = new Uint32Array(room)
  }

  /** @returns where the next person begins */
  write(set: TrainingSet, from: number, to: number): number {
    const begin = this.#count
    let boughtAt = Number.NEGATIVE_INFINITY
    for (let e = from; e < to; e++) {
      const item = set.item[e] as number
      const buys = set.action[e] === BUY
      const pause = buys && (set.time[e] as number) - boughtAt > ORDER_PAUSE
      const again = pause && this.#bought[this.#count - 1] === 1
      if (this.#count === begin || this.#item[this.#count - 1] !== item || again) {
        this.#place[this.#count] = e
        this.#item[this.#count++] = item
      }
      if (!buys) {
        this.#attended[this.#count - 1] = 1
        continue
      }
      if (pause) this.#orders++
      boughtAt = set.time[e] as number
      this.#bought[this.#count - 1] = 1
      this.#order[this.#count - 1] = this.#orders - 1
    }
    return this.#count
  }

  taken() {
    const count = this.#count
    return {
      item: this.#item.subarray(0, count),
      attended: this.#attended.subarray(0, count),
      bought: this.#bought.subarray(0, count),
      order: this.#order.subarray(0, count),
      place: this.#place.subarray(0, count),
      orders: this.#orders,
    }
  }
}

/** What people paid attention to, as the live counts take it: what was bought and not looked at is left out. */
export function attentionIn(events: RelationEvents): Histories {
  const { people, items, attended } = events
  const start = new Uint32Array(people + 1)
  const item = new Int32Array(events.item.length)
  let count = 0
  for (let p = 0; p < people; p++) {
    for (let e = events.start[p] as number; e < (events.start[p + 1] as number); e++) {
      if (attended[e] === 1) item[count++] = events.item[e] as number
    }
    start[p + 1] = count
  }
  return { people, items, start, item: item.slice(0, count) }
}

/** The purchases alone, an order or (`people`) all purchases of a person in a row. */
export function purchasesIn(events: RelationEvents, by: 'order' | 'person'): Histories {
  const { people, items, orders } = events
  const rows = by === 'order' ? orders : people
  const start = new Uint32Array(rows + 1)
  const rowOf = (p: number, e: number): number => (by === 'order' ? (events.order[e] as number) : p)
  const item: number[] = []
  for (let p = 0; p < people; p++) {
    const end = events.start[p + 1] as number
    for (let e = events.start[p] as number; e < end; e++) {
      if (events.bought[e] === 0) continue
      // Rows rise with the events, so what ends last is the end of the row.
      item.push(events.item[e] as number)
      start[rowOf(p, e) + 1] = item.length
    }
  }
  for (let r = 0; r < rows; r++) {
    start[r + 1] = Math.max(start[r + 1] as number, start[r] as number)
  }
  return { people: rows, items, start, item: Int32Array.from(item) }
}
