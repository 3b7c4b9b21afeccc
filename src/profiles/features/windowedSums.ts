import { DAY, HOUR } from '../../base/index.ts'
import type { RowReader, RowWriter } from '../rowBytes.ts'
import type { FeatureEvent, FeatureState } from './feature.ts'

const RESOLUTION = { hour: HOUR, day: DAY, ever: Number.POSITIVE_INFINITY } as const
/** Keys that the `once` series of a state remember; the lines of an order arrive close together. */
const KEYS_KEPT = 4

/** One number that is summed over events. */
export interface Series {
  readonly id: string
  /** What this event adds; 0 adds nothing. */
  measure(event: FeatureEvent): number
  /** Events with the same key (32 bits) count once, such as the lines of one order; undefined: counts always. */
  once?(event: FeatureEvent): number | undefined
}

/** Sums by time bucket; sparse, so that a quiet person costs a few bytes. */
export interface WindowedSums {
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
  return {
    id,
    empty: () => ({ triples: [], keys: [] }),
    write(event, state) {
      const bucket = bucketOf(event.time)
      for (let i = 0; i < series.length; i++) {
        const one = series[i] as Series
        const value = one.measure(event)
        if (value === 0 || !isNewKey(one.once?.(event), state.keys)) continue
        add(state.triples, bucket, i, value, keep)
      }
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

/** Adds to a bucket that is still kept, and forgets those that a newer one pushes out. */
function add(triples: number[], bucket: number, series: number, value: number, keep: number): void {
  const newest = triples.length === 0 ? bucket : (triples[triples.length - 3] as number)
  if (bucket <= newest - keep) return
  let i = triples.length - 3
  while (i >= 0 && isAfter(triples, i, bucket, series)) i -= 3
  if (i >= 0 && triples[i] === bucket && triples[i + 1] === series) {
    triples[i + 2] = (triples[i + 2] as number) + value
  } else if (i + 3 === triples.length) {
    triples.push(bucket, series, value)
  } else {
    triples.splice(i + 3, 0, bucket, series, value)
  }
  if (bucket > newest) forgetUpTo(triples, bucket - keep)
}

function isAfter(triples: readonly number[], i: number, bucket: number, series: number): boolean {
  const at = triples[i] as number
  return at > bucket || (at === bucket && (triples[i + 1] as number) > series)
}

function forgetUpTo(triples: number[], bucket: number): void {
  let old = 0
  while (old < triples.length && (triples[old] as number) <= bucket) old += 3
  if (old > 0) triples.splice(0, old)
}

function mergeSums(survivor: WindowedSums, other: WindowedSums, keep: number): WindowedSums {
  const { triples } = other
  for (let i = 0; i < triples.length; i += 3) {
    const series = triples[i + 1] as number
    add(survivor.triples, triples[i] as number, series, triples[i + 2] as number, keep)
  }
  for (const key of other.keys) isNewKey(key, survivor.keys)
  return survivor
}

function encodeSums({ triples, keys }: WindowedSums, writer: RowWriter): void {
  writer.varint(triples.length / 3)
  let previous = 0
  for (let i = 0; i < triples.length; i += 3) {
    const bucket = triples[i] as number
    if (i === 0) writer.signed(bucket)
    else writer.varint(bucket - previous)
    writer.varint(triples[i + 1] as number)
    writer.number(triples[i + 2] as number)
    previous = bucket
  }
  writer.varint(keys.length)
  for (let i = 0; i < keys.length; i++) writer.varint(keys[i] as number)
}

function decodeSums(reader: RowReader): WindowedSums {
  const triples: number[] = []
  let bucket = 0
  for (let i = 0, count = reader.varint(); i < count; i++) {
    bucket = i === 0 ? reader.signed() : bucket + reader.varint()
    const series = reader.varint()
    triples.push(bucket, series, reader.number())
  }
  const keys: number[] = []
  for (let left = reader.varint(); left > 0; left--) keys.push(reader.varint())
  return { triples, keys }
}
