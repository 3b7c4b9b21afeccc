import { DAY, SECOND } from '../base/index.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

const MESSAGES_KEPT = 1_000
const WINDOW_SECONDS = DAY / SECOND
/** 6 bytes of hash, 4 bytes of arrival in seconds; a fixed width can be searched without reading. */
const ENTRY_BYTES = 10

/*
 * The message ids that a person sent within 24 hours (newest 1,000), in order of arrival. Of the 52-bit
 * hash 48 bits are kept: two different messages of one person clash with a chance of 1,000 / 2^48.
 */

/** Arrival as stored, whole seconds since 1970. */
export function arrivalOf(receivedAt: number): number {
  return Math.min(0xffff_ffff, Math.max(0, Math.floor(receivedAt / SECOND)))
}

/** Whether a message id arrived within the 24 hours before `arrival`. Cost: about 1 ns a kept message. */
export function hasMessage(reader: RowReader, hash: number, arrival: number): boolean {
  const { bytes } = reader
  const low = hash >>> 0
  const first = low & 0xff
  for (let at = reader.end - ENTRY_BYTES; at >= reader.at; at -= ENTRY_BYTES) {
    if (bytes[at] !== first || uint32(bytes, at) !== low) continue
    if (highOf(bytes, at) !== highBits(hash)) continue
    return arrivalAt(bytes, at) > arrival - WINDOW_SECONDS
  }
  return false
}

/** Writes the stored messages with one added, without those that are too old or too many. */
export function appendMessage(
  reader: RowReader,
  hash: number,
  arrival: number,
  writer: RowWriter,
): void {
  const from = keptFrom(reader.bytes, reader.at, reader.end, arrival, 1)
  writer.raw(reader.bytes, from, reader.end)
  writer.reserve(ENTRY_BYTES)
  const { bytes, at } = writer
  writeUint32(bytes, at, hash >>> 0)
  const high = highBits(hash)
  bytes[at + 4] = high & 0xff
  bytes[at + 5] = high >>> 8
  writeUint32(bytes, at + 6, arrival)
  writer.at = at + ENTRY_BYTES
}

/** Both rings in order of arrival; at equal arrivals the survivor's come first. */
export function mergeMessages(survivor: Uint8Array, other: Uint8Array): Uint8Array {
  const merged = new Uint8Array(survivor.length + other.length)
  let mine = 0
  let theirs = 0
  for (let at = 0; at < merged.length; at += ENTRY_BYTES) {
    const fromMine =
      theirs >= other.length ||
      (mine < survivor.length && arrivalAt(survivor, mine) <= arrivalAt(other, theirs))
    const [source, from] = fromMine ? [survivor, mine] : [other, theirs]
    merged.set(source.subarray(from, from + ENTRY_BYTES), at)
    if (fromMine) mine += ENTRY_BYTES
    else theirs += ENTRY_BYTES
  }
  if (merged.length === 0) return merged
  const newest = arrivalAt(merged, merged.length - ENTRY_BYTES)
  return merged.subarray(keptFrom(merged, 0, merged.length, newest, 0))
}

function keptFrom(
  bytes: Uint8Array,
  from: number,
  end: number,
  arrival: number,
  more: number,
): number {
  let at = Math.max(from, end - (MESSAGES_KEPT - more) * ENTRY_BYTES)
  while (at < end && arrivalAt(bytes, at) <= arrival - WINDOW_SECONDS) at += ENTRY_BYTES
  return at
}

function highBits(hash: number): number {
  return Math.floor(hash / 0x1_0000_0000) & 0xffff
}

function highOf(bytes: Uint8Array, at: number): number {
  return (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8)
}

function arrivalAt(bytes: Uint8Array, at: number): number {
  return uint32(bytes, at + 6)
}

function uint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
  return (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff
  bytes[at + 1] = (value >>> 8) & 0xff
  bytes[at + 2] = (value >>> 16) & 0xff
  bytes[at + 3] = value >>> 24
}
