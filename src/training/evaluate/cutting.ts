import { randomInt, type Random, seededRandom } from '../../base/index.ts'
import type { Histories, ItemLists } from '../../models/index.ts'

/** People that a cut asks about: their mean is known to about 1 %, and a choice should take seconds. */
export const MOST_ASKED = 8_000

/** The numbers in a random order. */
export function shuffled(numbers: ArrayLike<number>, seed: number): Int32Array {
  const random = seededRandom(seed)
  const drawn = Int32Array.from(numbers)
  for (let k = 0; k < drawn.length; k++) swap(drawn, k, k + randomInt(random, drawn.length - k))
  return drawn
}

/** At most n of the people, drawn without replacement, in rising order. */
export function someOf(people: ArrayLike<number>, n: number, seed: number): Int32Array {
  return shuffled(people, seed).slice(0, n).sort()
}

function swap(array: Int32Array, a: number, b: number): void {
  const before = array[a] as number
  array[a] = array[b] as number
  array[b] = before
}

/** n of the places from..to-1, drawn without replacement. */
export function somePlaces(from: number, to: number, n: number, random: Random): Int32Array {
  const places = Int32Array.from({ length: to - from }, (_, k) => from + k)
  for (let k = 0; k < n; k++) swap(places, k, k + randomInt(random, places.length - k))
  return places.subarray(0, n)
}

/** The people whose histories have at least so many events. */
export function peopleWith({ people, start }: Histories, events: number): number[] {
  const found: number[] = []
  for (let p = 0; p < people; p++) {
    if ((start[p + 1] as number) - (start[p] as number) >= events) found.push(p)
  }
  return found
}

/** Histories without the marked events. */
export function withoutEvents(histories: Histories, hidden: Uint8Array): Histories {
  const { people, items, start, item, weight, basket, time, traits } = histories
  const shown = new Uint32Array(people + 1)
  const kept = new Uint32Array(item.length)
  let at = 0
  for (let p = 0; p < people; p++) {
    const to = start[p + 1] as number
    for (let e = start[p] as number; e < to; e++) if (hidden[e] === 0) kept[at++] = e
    shown[p + 1] = at
  }
  const take = <T extends Int32Array | Float32Array | Float64Array>(from: T, into: T): T => {
    for (let k = 0; k < at; k++) into[k] = from[kept[k] as number] as number
    return into
  }
  return {
    people,
    items,
    start: shown,
    item: take(item, new Int32Array(at)),
    ...(weight && { weight: take(weight, new Float32Array(at)) }),
    ...(basket && { basket: take(basket, new Int32Array(at)) }),
    ...(time && { time: take(time, new Float64Array(at)) }),
    ...(traits && { traits }),
  }
}

/** Grows lists one after the other. */
export class ListBuilder {
  readonly #item: number[] = []
  readonly #start: number[] = [0]

  add(items: Iterable<number>): void {
    for (const item of items) this.#item.push(item)
    this.#start.push(this.#item.length)
  }

  lists(): ItemLists {
    return { start: Uint32Array.from(this.#start), item: Int32Array.from(this.#item) }
  }
}

/** Numbers the items that somebody had, in the order of all items; undefined when all of them were had. */
export function candidatesHad(histories: Histories): {
  readonly candidates: number
  readonly candidateOf?: Int32Array
} {
  const had = new Uint8Array(histories.items)
  for (const item of histories.item) had[item] = 1
  let candidates = 0
  const candidateOf = Int32Array.from(had, (one) => (one === 1 ? candidates++ : -1))
  return candidates === histories.items ? { candidates } : { candidates, candidateOf }
}

/** What the data show of one person: places of the events of each of `people`. */
export function wholeHistories(
  { start }: Histories,
  people: ArrayLike<number>,
): { readonly from: Uint32Array; readonly to: Uint32Array; readonly who: Int32Array } {
  return {
    from: Uint32Array.from(people, (p) => start[p] as number),
    to: Uint32Array.from(people, (p) => start[p + 1] as number),
    who: Int32Array.from(people),
  }
}
