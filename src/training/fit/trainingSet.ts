import type { Histories } from '../../models/index.ts'
import type { InteractionColumns } from '../../store/index.ts'
import { shuffled } from '../evaluate/cutting.ts'
import { HistoryColumns, type PersonEvents } from './personEvents.ts'

/** Newest events of a person that models are fitted on; beyond, a single account would dominate item pairs. */
const MOST_EVENTS = 500

/** All that a workspace may train on, by person and time. */
export interface TrainingSet extends PersonEvents {
  readonly people: number
  /** Length people + 1: the events of person p are start[p] .. start[p+1]-1. */
  readonly start: Uint32Array
  /** Items are 0 .. items-1, by the catalogue's numbers. */
  readonly items: number
}

/**
 * Sorts each person's events by time, equal times by item: a function of the set of rows.
 * Cost: about 15 ns a row, 21 bytes a row beside the columns. Rows of items beyond `items` are left out.
 */
export function trainingSet(columns: InteractionColumns, items: number): TrainingSet {
  const { rows, people, person } = columns
  const start = new Uint32Array(people + 1)
  const item = new Int32Array(rows)
  const action = new Uint8Array(rows)
  const value = new Float32Array(rows)
  const time = new Float64Array(rows)
  let count = 0
  for (let r = 0; r < rows; r++) {
    const i = columns.item[r] as number
    if (i >= items) continue
    item[count] = i
    action[count] = columns.action[r] as number
    value[count] = columns.value[r] as number
    time[count] = columns.time[r] as number
    count++
    start[(person[r] as number) + 1] = count
  }
  // People without a row left end where the one before does.
  for (let p = 0; p < people; p++)
    start[p + 1] = Math.max(start[p + 1] as number, start[p] as number)
  const set = {
    people,
    start,
    items,
    item: item.subarray(0, count),
    action: action.subarray(0, count),
    value: value.subarray(0, count),
    time: time.subarray(0, count),
  }
  for (let p = 0; p < people; p++) sortByTime(set, start[p] as number, start[p + 1] as number)
  return set
}

/** Insertion: rows come nearly in the order of time, since sealed files are sorted by it. */
function sortByTime(set: PersonEvents, from: number, to: number): void {
  const { item, action, value, time } = set
  for (let e = from + 1; e < to; e++) {
    const t = time[e] as number
    const i = item[e] as number
    const before = time[e - 1] as number
    if (t > before || (t === before && i >= (item[e - 1] as number))) continue
    const a = action[e] as number
    const v = value[e] as number
    let at = e
    for (; at > from; at--) {
      const earlier = time[at - 1] as number
      if (earlier < t || (earlier === t && (item[at - 1] as number) <= i)) break
      item[at] = item[at - 1] as number
      action[at] = action[at - 1] as number
      value[at] = value[at - 1] as number
      time[at] = earlier
    }
    item[at] = i
    action[at] = a
    value[at] = v
    time[at] = t
  }
}

/**
 * The same, or so many people drawn from it that they have at most `mostEvents` events, at least one of them. Cost: linear.
 */
export function somePeople(set: TrainingSet, mostEvents: number, seed: number): TrainingSet {
  const { people, start } = set
  if ((start[people] as number) <= mostEvents) return set
  const kept = drawnPeople(set, mostEvents, seed)
  const starts = new Uint32Array(kept.length + 1)
  kept.forEach((p, k) => {
    starts[k + 1] = (starts[k] as number) + (start[p + 1] as number) - (start[p] as number)
  })
  const take = <T extends Int32Array | Uint8Array | Float32Array | Float64Array>(
    from: T,
    into: T,
  ): T => {
    kept.forEach((p, k) => into.set(from.subarray(start[p], start[p + 1]), starts[k]))
    return into
  }
  const events = starts[kept.length] as number
  return {
    people: kept.length,
    start: starts,
    items: set.items,
    item: take(set.item, new Int32Array(events)),
    action: take(set.action, new Uint8Array(events)),
    value: take(set.value, new Float32Array(events)),
    time: take(set.time, new Float64Array(events)),
  }
}

/** Everybody, or people drawn until the next one would have more events than there may be; in rising order. */
export function drawnPeople(
  { people, start }: Pick<TrainingSet, 'people' | 'start'>,
  mostEvents: number,
  seed: number,
): Int32Array {
  const all = Int32Array.from({ length: people }, (_, p) => p)
  if ((start[people] as number) <= mostEvents) return all
  const order = shuffled(all, seed)
  let events = 0
  const kept = order.findIndex((p) => {
    events += (start[p + 1] as number) - (start[p] as number)
    return events > mostEvents
  })
  return order.slice(0, Math.max(1, kept)).sort()
}

/** What the models are fitted on in the end: everybody's newest events. */
export function historiesOf(set: TrainingSet): Histories {
  const everybody = Uint32Array.from({ length: set.people }, (_, p) => p)
  return historiesBefore(set, everybody, (p) => set.start[p + 1] as number)
}

/**
 * What the models are fitted on: each person's newest 500 events before `end`, people without any left out.
 * @param end place of the first event of a person that is not to be seen
 */
export function historiesBefore(
  set: TrainingSet,
  people: ArrayLike<number>,
  end: (person: number) => number,
): Histories {
  const froms = new Uint32Array(people.length)
  let room = 0
  for (let k = 0; k < people.length; k++) {
    const p = people[k] as number
    froms[k] = Math.max(set.start[p] as number, end(p) - MOST_EVENTS)
    room += Math.max(0, end(p) - (froms[k] as number))
  }
  const columns = new HistoryColumns(room)
  const start = new Uint32Array(people.length + 1)
  let count = 0
  let at = 0
  for (let k = 0; k < people.length; k++) {
    const next = columns.write(set, froms[k] as number, end(people[k] as number), at)
    if (next > at) start[++count] = next
    at = next
  }
  return columns.histories(start.slice(0, count + 1), set.items)
}
