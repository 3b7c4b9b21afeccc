import type { CsrMatrix } from '../../math/index.ts'

/** Which of many values each row has: row r has the values index[start[r]] .. index[start[r+1]-1], rising. */
export interface ValueRows {
  /** Values are 0 .. values-1. */
  readonly values: number
  readonly start: Uint32Array
  readonly index: Int32Array
  /** Names of the values, such as `genre=Drama`, for explanations. */
  readonly names?: readonly string[]
}

/**
 * What people did with items: for each person a list of events, oldest first. People and items are whole
 * numbers from 0; an event may repeat an item. Every recommender is fitted on one of these and asked with
 * another, so a person who was not there at fit time is asked for like any other.
 */
export interface Histories {
  readonly people: number
  /** Items are 0 .. items-1. */
  readonly items: number
  /** Length people + 1: the events of person p are start[p] .. start[p+1]-1. */
  readonly start: Uint32Array
  readonly item: Int32Array
  /** How much an event counts; above 0. Absent: 1 each. */
  readonly weight?: Float32Array
  /**
   * Events of a person with the same number belong together (a basket, an order), numbers rising with time.
   * Absent: every event stands alone.
   */
  readonly basket?: Int32Array
  /** Time of each event, in days from any zero, rising within a person. Absent: only the order is known. */
  readonly time?: Float64Array
  /** What is known of each person besides, such as country or age group; a person may have no values. */
  readonly traits?: ValueRows
  /** Time at which each person asks, on the scale of `time`. Absent: not known. */
  readonly now?: Float64Array
}

/** The events of one person, oldest first. */
export interface History {
  readonly item: Int32Array
  readonly weight?: Float32Array
  readonly basket?: Int32Array
  readonly time?: Float64Array
  /** The person's trait values, numbered as in the histories of the fit; those beyond count for nothing. */
  readonly traits?: Int32Array
  /** When the person asks, on the scale of `time`. */
  readonly now?: number
}

/** Histories of no more than the given rows, in the given order. Cost: linear in their events. */
export function selectPeople(histories: Histories, rows: ArrayLike<number>): Histories {
  return cutHistories(histories, rows, (p) => histories.start[p + 1] as number)
}

/** As `selectPeople`, each history only up to the event before `end(person)`, a place in `item`. */
export function cutHistories(
  histories: Histories,
  rows: ArrayLike<number>,
  end: (person: number) => number,
): Histories {
  const start = new Uint32Array(rows.length + 1)
  for (let r = 0; r < rows.length; r++) {
    const p = rows[r] as number
    start[r + 1] = (start[r] as number) + Math.max(0, end(p) - (histories.start[p] as number))
  }
  const events = start[rows.length] as number
  const take = <T extends Int32Array | Float32Array | Float64Array>(from: T, into: T): T => {
    for (let r = 0; r < rows.length; r++) {
      const first = histories.start[rows[r] as number] as number
      const length = (start[r + 1] as number) - (start[r] as number)
      into.set(from.subarray(first, first + length), start[r])
    }
    return into
  }
  const { item, weight, basket, time, traits, now } = histories
  return {
    people: rows.length,
    items: histories.items,
    start,
    item: take(item, new Int32Array(events)),
    ...(weight && { weight: take(weight, new Float32Array(events)) }),
    ...(basket && { basket: take(basket, new Int32Array(events)) }),
    ...(time && { time: take(time, new Float64Array(events)) }),
    ...(traits && { traits: selectRows(traits, rows) }),
    ...(now && { now: Float64Array.from(rows, (p) => now[p] as number) }),
  }
}

/** The values of no more than the given rows, in the given order; a row below 0 has none. */
export function selectRows(table: ValueRows, rows: ArrayLike<number>): ValueRows {
  const start = new Uint32Array(rows.length + 1)
  for (let r = 0; r < rows.length; r++) {
    start[r + 1] = (start[r] as number) + valuesOf(table, rows[r] as number).length
  }
  const index = new Int32Array(start[rows.length] as number)
  for (let r = 0; r < rows.length; r++) index.set(valuesOf(table, rows[r] as number), start[r])
  return { ...table, start, index }
}

/** The values of one row, as a view; none below 0. */
export function valuesOf({ start, index }: ValueRows, row: number): Int32Array {
  return row < 0 ? index.subarray(0, 0) : index.subarray(start[row], start[row + 1])
}

/** One person's events, as views. */
export function historyOf(histories: Histories, person: number): History {
  const from = histories.start[person] as number
  const to = histories.start[person + 1] as number
  const { item, weight, basket, time, traits, now } = histories
  return {
    item: item.subarray(from, to),
    ...(weight && { weight: weight.subarray(from, to) }),
    ...(basket && { basket: basket.subarray(from, to) }),
    ...(time && { time: time.subarray(from, to) }),
    ...(traits && { traits: valuesOf(traits, person) }),
    ...(now && { now: now[person] as number }),
  }
}

/**
 * Where the newest events of the places from..to-1 begin: those of the last basket, or the last event alone where
 * there are no baskets.
 */
export function newestFrom({ basket }: Pick<History, 'basket'>, from: number, to: number): number {
  let first = Math.max(from, to - 1)
  if (basket === undefined) return first
  while (first > from && basket[first - 1] === basket[first]) first--
  return first
}

/** The newest events of a history: its last basket, or its last event. As views. */
export function newestEvents(history: History): History {
  const { item, weight, basket, time } = history
  const first = newestFrom(history, 0, item.length)
  return {
    item: item.subarray(first),
    ...(weight && { weight: weight.subarray(first) }),
    ...(basket && { basket: basket.subarray(first) }),
    ...(time && { time: time.subarray(first) }),
  }
}

/** The newest events of everybody. A copy. */
export function newestOfAll(histories: Histories): Histories {
  const { people, items, start, item, weight, basket, time } = histories
  const first = Uint32Array.from({ length: people }, (_, p) =>
    newestFrom(histories, start[p] as number, start[p + 1] as number),
  )
  const shown = new Uint32Array(people + 1)
  first.forEach((from, p) => {
    shown[p + 1] = (shown[p] as number) + (start[p + 1] as number) - from
  })
  const kept = new Uint32Array(shown[people] as number)
  first.forEach((from, p) => {
    for (let at = shown[p] as number; at < (shown[p + 1] as number); at++) {
      kept[at] = from + at - (shown[p] as number)
    }
  })
  return {
    people,
    items,
    start: shown,
    item: Int32Array.from(kept, (e) => item[e] as number),
    ...(weight && { weight: Float32Array.from(kept, (e) => weight[e] as number) }),
    ...(basket && { basket: Int32Array.from(kept, (e) => basket[e] as number) }),
    ...(time && { time: Float64Array.from(kept, (e) => time[e] as number) }),
  }
}

/** One history as histories of one person, without traits. */
export function onePerson({ item, weight, basket, time }: History, items: number): Histories {
  return {
    people: 1,
    items,
    start: Uint32Array.of(0, item.length),
    item,
    ...(weight && { weight }),
    ...(basket && { basket }),
    ...(time && { time }),
  }
}

/**
 * Person × item with one entry for each pair that occurs; its value is 1 with `binary`, else the sum of the
 * weights of its events. Cost: linear, plus sorting each person's items.
 */
export function interactionMatrix(histories: Histories, binary = true): CsrMatrix {
  const { people, items, start, item, weight } = histories
  const rows = new Uint32Array(people + 1)
  const index = new Int32Array(item.length)
  const value = new Float32Array(item.length)
  const sum = new Float64Array(items)
  let at = 0
  for (let p = 0; p < people; p++) {
    const first = at
    const to = start[p + 1] as number
    for (let e = start[p] as number; e < to; e++) {
      const i = item[e] as number
      const before = sum[i] as number
      if (before === 0) index[at++] = i
      sum[i] = before + (weight === undefined ? 1 : (weight[e] as number))
    }
    index.subarray(first, at).sort()
    for (let e = first; e < at; e++) {
      const i = index[e] as number
      value[e] = binary ? 1 : (sum[i] as number)
      sum[i] = 0
    }
    rows[p + 1] = at
  }
  return {
    rows: people,
    columns: items,
    start: rows,
    index: index.slice(0, at),
    value: value.slice(0, at),
  }
}
