import { DAY } from '../base/index.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

const MESSAGES_KEPT = 1_000
const DEDUPE_WINDOW = DAY

/**
 * The message ids that a person sent within 24 hours (newest 1,000), as 52-bit hashes: two different
 * messages of one person clash with a chance of 1,000 / 2^52.
 */
export interface MessageRing {
  /** In order of arrival. */
  readonly hashes: number[]
  /** Server times of arrival, same length. */
  readonly times: number[]
}

export function emptyMessages(): MessageRing {
  return { hashes: [], times: [] }
}

export function hasMessage(ring: MessageRing, hash: number, receivedAt: number): boolean {
  const at = ring.hashes.lastIndexOf(hash)
  return at >= 0 && (ring.times[at] as number) > receivedAt - DEDUPE_WINDOW
}

/** Remembers a message in place and forgets those that arrived more than 24 hours before it. */
export function addMessage(ring: MessageRing, hash: number, receivedAt: number): void {
  ring.hashes.push(hash)
  ring.times.push(receivedAt)
  forgetOld(ring, receivedAt)
}

export function mergeMessages(survivor: MessageRing, other: MessageRing): MessageRing {
  const merged = emptyMessages()
  let mine = 0
  let theirs = 0
  while (mine < survivor.times.length || theirs < other.times.length) {
    const a = survivor.times[mine] ?? Number.POSITIVE_INFINITY
    const b = other.times[theirs] ?? Number.POSITIVE_INFINITY
    const [ring, at] = a <= b ? [survivor, mine++] : [other, theirs++]
    merged.hashes.push(ring.hashes[at] as number)
    merged.times.push(ring.times[at] as number)
  }
  const newest = merged.times.at(-1)
  if (newest !== undefined) forgetOld(merged, newest)
  return merged
}

function forgetOld({ hashes, times }: MessageRing, now: number): void {
  let old = Math.max(0, times.length - MESSAGES_KEPT)
  while (old < times.length && (times[old] as number) <= now - DEDUPE_WINDOW) old++
  if (old === 0) return
  hashes.splice(0, old)
  times.splice(0, old)
}

/** A hash takes 7 bytes (32 low bits, 20 high bits in 3 bytes), a time the difference to the one before. */
export function encodeMessages({ hashes, times }: MessageRing, writer: RowWriter): void {
  writer.varint(hashes.length)
  let previous = 0
  for (let i = 0; i < hashes.length; i++) {
    const hash = hashes[i] as number
    const high = Math.floor(hash / 0x1_0000_0000)
    const low = hash >>> 0
    writer.byte(low & 0xff)
    writer.byte((low >>> 8) & 0xff)
    writer.byte((low >>> 16) & 0xff)
    writer.byte(low >>> 24)
    writer.byte(high & 0xff)
    writer.byte((high >>> 8) & 0xff)
    writer.byte(high >>> 16)
    const time = times[i] as number
    writer.signed(time - previous)
    previous = time
  }
}

export function decodeMessages(reader: RowReader): MessageRing {
  const ring = emptyMessages()
  let time = 0
  for (let left = reader.varint(); left > 0; left--) {
    const low =
      (reader.byte() | (reader.byte() << 8) | (reader.byte() << 16) | (reader.byte() << 24)) >>> 0
    const high = reader.byte() | (reader.byte() << 8) | (reader.byte() << 16)
    time += reader.signed()
    ring.hashes.push(high * 0x1_0000_0000 + low)
    ring.times.push(time)
  }
  return ring
}
