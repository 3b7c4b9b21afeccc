import type { Histories } from '../../models/index.ts'

/** Events in the order of their file, in columns of one length. */
export interface EventRows {
  readonly person: Int32Array
  readonly item: Int32Array
  /** Sorts the events of a person; equal ones keep the order of the file. */
  readonly order?: Float64Array
  readonly weight?: Float64Array
  readonly basket?: Int32Array
  /** Days. */
  readonly time?: Float64Array
}

export interface GroupedEvents {
  readonly histories: Histories
  /** Row of each event. */
  readonly row: Uint32Array
}

/** Larger weights would drown all others, and their sums leave the range of 32-bit numbers. */
const LARGEST_WEIGHT = 1e6

/**
 * Histories from rows. Events with a weight of 0 or less are left out, larger weights than 1,000,000 are cut to it.
 * Cost: linear, plus sorting the people whose events are not in order.
 */
export function groupEvents(rows: EventRows, people: number, items: number): GroupedEvents {
  const kept = keptRows(rows)
  const start = new Uint32Array(people + 1)
  for (const r of kept) {
    const p = (rows.person[r] as number) + 1
    start[p] = (start[p] as number) + 1
  }
  for (let p = 0; p < people; p++) start[p + 1] = (start[p + 1] as number) + (start[p] as number)
  const next = start.slice(0, people)
  const place = new Uint32Array(kept.length)
  for (const r of kept) {
    const p = rows.person[r] as number
    const at = next[p] as number
    place[at] = r
    next[p] = at + 1
  }
  const order = rows.order ?? rows.time
  if (order !== undefined) sortWithin(place, start, order)
  const { weight, basket, time } = rows
  const histories = {
    people,
    items,
    start,
    item: Int32Array.from(place, (r) => rows.item[r] as number),
    ...(weight && {
      weight: Float32Array.from(place, (r) => Math.min(LARGEST_WEIGHT, weight[r] as number)),
    }),
    ...(basket && { basket: Int32Array.from(place, (r) => basket[r] as number) }),
    ...(time && { time: Float64Array.from(place, (r) => time[r] as number) }),
  }
  return { histories, row: place }
}

function keptRows({ person, weight }: EventRows): Uint32Array {
  const all = Uint32Array.from(person, (_, r) => r)
  return weight === undefined ? all : all.filter((r) => (weight[r] as number) > 0)
}

function sortWithin(place: Uint32Array, start: Uint32Array, order: Float64Array): void {
  for (let p = 0; p + 1 < start.length; p++) {
    const rows = place.subarray(start[p], start[p + 1])
    let rising = true
    for (let k = 1; k < rows.length && rising; k++) {
      rising = (order[rows[k] as number] as number) >= (order[rows[k - 1] as number] as number)
    }
    if (!rising) {
      rows.sort((a, b) => (order[a] as number) - (order[b] as number) || a - b)
    }
  }
}
