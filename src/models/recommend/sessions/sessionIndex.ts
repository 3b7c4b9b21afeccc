import { modelErrors } from '../../errors.ts'
import type { Histories } from '../histories.ts'
import { type Section, type SectionReader, sectionsOf } from '../savedState.ts'
import { placesOf } from '../sequences/transitionMatrix.ts'

/**
 * Past sessions and, for each item, the sessions with it, newest first. Session 0 is the newest one: by the time
 * of its last event where times are known, else by its number. A session lists each item once, at the place
 * of its last event, oldest first. 8 bytes an event.
 */
export class SessionIndex {
  readonly items: number
  /** The items of session s are item[start[s]] .. item[start[s+1]-1]. */
  readonly start: Uint32Array
  readonly item: Int32Array
  /** The sessions with item i are session[first[i]] .. session[first[i+1]-1], newest first. */
  readonly first: Uint32Array
  readonly session: Int32Array

  private constructor(items: number, start: Uint32Array, item: Int32Array) {
    this.items = items
    this.start = start
    this.item = item
    const { places, first } = placesOf(item, items)
    this.first = first
    this.session = sessionsAt(places, start)
  }

  static of(histories: Histories): SessionIndex {
    const { items, people, start, item } = histories
    const starts = new Uint32Array(people + 1)
    const kept = new Int32Array(item.length)
    const seenIn = new Int32Array(items).fill(-1)
    let size = 0
    newestFirst(histories).forEach((person, session) => {
      const begin = size
      for (let e = (start[person + 1] as number) - 1; e >= (start[person] as number); e--) {
        const i = item[e] as number
        if (seenIn[i] === session) continue
        seenIn[i] = session
        kept[size++] = i
      }
      kept.subarray(begin, size).reverse()
      starts[session + 1] = size
    })
    return new SessionIndex(items, starts, kept.slice(0, size))
  }

  get sessions(): number {
    return this.start.length - 1
  }

  /** Number of sessions with an item. */
  count(item: number): number {
    return (this.first[item + 1] as number) - (this.first[item] as number)
  }

  /** log(sessions / sessions with the item), 0 for an item that nobody had. */
  inverseFrequencies(): Float32Array {
    return Float32Array.from({ length: this.items }, (_, i) =>
      this.count(i) === 0 ? 0 : Math.log(this.sessions / this.count(i)),
    )
  }

  save(): readonly Section[] {
    return sectionsOf(Uint32Array.of(this.items), this.start, this.item)
  }

  /** @throws MODELS_CORRUPT_STATE */
  static load(reader: SectionReader): SessionIndex {
    const items = reader.int32()[0] ?? 0
    const start = Uint32Array.from(reader.int32())
    const item = reader.int32()
    if (start.length === 0 || start[start.length - 1] !== item.length) {
      throw modelErrors.MODELS_CORRUPT_STATE('sessions whose bounds do not fit their events')
    }
    return new SessionIndex(items, start, item)
  }
}

/** People with events, the one with the newest last event first; without times the last person is the newest. */
function newestFirst({ people, start, time }: Histories): Uint32Array {
  const order = new Uint32Array(people)
  for (let p = 0; p < people; p++) order[p] = people - 1 - p
  if (time === undefined) return order
  const newest = Float64Array.from({ length: people }, (_, p) =>
    start[p] === start[p + 1] ? -Number.MAX_VALUE : (time[(start[p + 1] as number) - 1] as number),
  )
  return order.sort((a, b) => {
    const difference = (newest[b] as number) - (newest[a] as number)
    return difference !== 0 ? difference : b - a
  })
}

function sessionsAt(places: Uint32Array, start: Uint32Array): Int32Array {
  const owner = new Int32Array(places.length)
  for (let s = 0; s + 1 < start.length; s++) owner.fill(s, start[s], start[s + 1])
  return Int32Array.from(places, (e) => owner[e] as number)
}
