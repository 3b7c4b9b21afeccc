import { DAY, HOUR } from '../../base/index.ts'
import type { RowReader, RowWriter } from '../rowBytes.ts'
import type { FeatureEvent, FeatureState } from './feature.ts'

const RESOLUTION = { hour: HOUR, day: DAY, ever: Number.POSITIVE_INFINITY } as const
/** Keys that a `once` series remembers; an order's lines come close together. */
const KEYS_KEPT = 16

/** One number that is summed over events. */
export interface Series {
  readonly id: string
  /** What this event adds; 0 adds nothing. */
  measure(event: FeatureEvent): number
  /** Events with the same key count once (the lines of one order); undefined: no key, counts always. */
  once?(event: FeatureEvent): number | undefined
}

/** Sums by time bucket; sparse, so that a quiet person costs a few bytes. */
export interface WindowedSums {
  /** Newest bucket ever written. */
  newest: number
  /** Triples bucket, series, sum; ascending by bucket, then series. */
  readonly triples: number[]
  /** Keys of `once` series already counted, oldest first. */
  readonly keys: number[]
}

export interface WindowedSumsState extends FeatureState<WindowedSums> {
  /**
   * Sum of a series over the newest `buckets` buckets, the running one included: a window of 7 days at
   * day resolution covers between 6 and 7 days. Cost: the entries inside the window.
   */
  sum(state: WindowedSums, series: string, buckets: number, now: number): number
}

/**
 * Windowed sums at a resolution, the newest `keep` buckets of event time. Late events land in their own
 * bucket while it is kept, so the sums do not depend on the order of arrival.
 */
export function windowedSums(
  id: string,
  resolution: keyof typeof RESOLUTION,
  keep: number,
  series: readonly Series[],
): WindowedSumsState {
  const width = RESOLUTION[resolution]
  const bucketOf = (time: number): number => Math.floor(time / width)
  const numbers = new Map(series.map((one, number) => [one.id, number]))
  const add = (state: WindowedSums, number: number, bucket: number, value: number): boolean => {
    if (bucket <= state.newest - keep) return false
    addTriple(state.triples, bucket, number, value)
    if (bucket > state.newest) advance(state, bucket, keep)
    return true
  }
  return {
    id,
    empty: () => ({ newest: Number.MIN_SAFE_INTEGER, triples: [], keys: [] }),
    write(event, state) {
      const bucket = bucketOf(event.time)
      let changed = false
      for (let i = 0; i < series.length; i++) {
        const one = series[i] as Series
        const value = one.measure(event)
        if (value === 0 || !isNewKey(one.once?.(event), state.keys)) continue
        if (add(state, i, bucket, value)) changed = true
      }
      return changed
    },
    merge: (survivor, other) => mergeSums(survivor, other, keep),
    encode: encodeSums,
    decode: decodeSums,
    sum(state, name, buckets, now) {
      const number = numbers.get(name) ?? -1
      const after = bucketOf(now) - buckets
      let total = 0
      const { triples } = state
      for (let i = triples.length - 3; i >= 0 && (triples[i] as number) > after; i -= 3) {
        if (triples[i + 1] === number) total += triples[i + 2] as number
      }
      return total
    },
  }
}

function isNewKey(key: number | undefined, keys: number[]): boolean {
  if (key === undefined) return true
  if (keys.includes(key)) return false
  keys.push(key)
  if (keys.length > KEYS_KEPT) keys.shift()
  return true
}

function addTriple(triples: number[], bucket: number, series: number, value: number): void {
  let i = triples.length - 3
  while (i >= 0 && isAfter(triples, i, bucket, series)) i -= 3
  if (i >= 0 && triples[i] === bucket && triples[i + 1] === series) {
    triples[i + 2] = (triples[i + 2] as number) + value
  } else if (i + 3 === triples.length) {
    triples.push(bucket, series, value)
  } else {
    triples.splice(i + 3, 0, bucket, series, value)
  }
}

function isAfter(triples: readonly number[], i: number, bucket: number, series: number): boolean {
  const at = triples[i] as number
  return at > bucket || (at === bucket && (triples[i + 1] as number) > series)
}

function advance(state: WindowedSums, newest: number, keep: number): void {
  state.newest = newest
  const { triples } = state
  let old = 0
  while (old < triples.length && (triples[old] as number) <= newest - keep) old += 3
  if (old > 0) triples.splice(0, old)
}

function mergeSums(survivor: WindowedSums, other: WindowedSums, keep: number): WindowedSums {
  const { triples } = other
  for (let i = 0; i < triples.length; i += 3) {
    const bucket = triples[i] as number
    if (bucket > survivor.newest - keep) {
      addTriple(survivor.triples, bucket, triples[i + 1] as number, triples[i + 2] as number)
    }
  }
  if (other.newest > survivor.newest) advance(survivor, other.newest, keep)
  for (const key of other.keys) isNewKey(key, survivor.keys)
  return survivor
}

function encodeSums(state: WindowedSums, writer: RowWriter): void {
  const { triples, keys } = state
  writer.varint(triples.length / 3)
  if (triples.length === 0 && state.newest === Number.MIN_SAFE_INTEGER) writer.byte(0)
  else {
    writer.byte(1)
    writer.signed(state.newest)
  }
  let previous = state.newest
  for (let i = triples.length - 3; i >= 0; i -= 3) {
    const bucket = triples[i] as number
    writer.varint(previous - bucket)
    writer.varint(triples[i + 1] as number)
    writer.number(triples[i + 2] as number)
    previous = bucket
  }
  writer.varint(keys.length)
  for (const key of keys) writer.float64(key)
}

function decodeSums(reader: RowReader): WindowedSums {
  const count = reader.varint()
  const newest = reader.byte() === 0 ? Number.MIN_SAFE_INTEGER : reader.signed()
  const triples: number[] = Array.from({ length: count * 3 }, () => 0)
  let bucket = newest
  for (let i = count * 3 - 3; i >= 0; i -= 3) {
    bucket -= reader.varint()
    triples[i] = bucket
    triples[i + 1] = reader.varint()
    triples[i + 2] = reader.number()
  }
  const keys: number[] = []
  for (let left = reader.varint(); left > 0; left--) keys.push(reader.float64())
  return { newest, triples, keys }
}
