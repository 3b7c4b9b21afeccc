import { crc32, zstdDecompressSync } from 'node:zlib'
import type { EntryKind, LogEntry, NewEntry } from '../../eventLog.ts'

/*
 * One log entry as bytes, little-endian:
 *
 *   0  u32 magic        4  u32 stored length   8  u32 raw length   12 u32 crc of the stored body
 *   16 f64 receivedAt   24 u32 events inside   28 u8 kind, u8 codec, u16 zero
 *   32 f64 offset       40 u32 crc of bytes 0–39                   44 body …
 *
 * Header and body have a checksum each: a damaged body costs one entry, and after a damaged header the
 * next whole header is found by searching for the magic number.
 */
export const FRAME_HEADER_BYTES = 44
const MAGIC = 0x4c475441
const HEADER_CRC_AT = 40

/** Order is part of the stored format: append only. */
const KINDS: readonly EntryKind[] = ['messages', 'items', 'decisions', 'command']
const RAW = 0
const ZSTD = 1

/** Bytes of an entry's body, prefix included. */
export function bodyLength({ prefix, bytes }: NewEntry): number {
  return (prefix?.length ?? 0) + bytes.length
}

/** Writes header and body of a not yet numbered entry at `at`; checksums and offset come with `sealFrame`. */
export function writeFrame(target: Buffer, at: number, entry: NewEntry): number {
  const { prefix } = entry
  const length = bodyLength(entry)
  target.writeUInt32LE(MAGIC, at)
  target.writeUInt32LE(length, at + 4)
  target.writeUInt32LE(length, at + 8)
  target.writeDoubleLE(entry.receivedAt, at + 16)
  target.writeUInt32LE(entry.count, at + 24)
  target.writeUInt32LE(KINDS.indexOf(entry.kind), at + 28)
  if (prefix !== undefined) target.set(prefix, at + FRAME_HEADER_BYTES)
  target.set(entry.bytes, at + FRAME_HEADER_BYTES + length - entry.bytes.length)
  return at + FRAME_HEADER_BYTES + length
}

/** Bytes of the frame at `at`, header included. */
export function frameBytes(source: Buffer, at: number): number {
  return FRAME_HEADER_BYTES + source.readUInt32LE(at + 4)
}

/** Marks the frame at `at`, whose body was replaced by `storedLength` compressed bytes. */
export function markCompressed(target: Buffer, at: number, storedLength: number): void {
  target.writeUInt32LE(storedLength, at + 4)
  target.writeUInt8(ZSTD, at + 29)
}

/** Gives the frame at `at` its offset and checksums. */
export function sealFrame(target: Buffer, at: number, offset: number): void {
  const end = at + frameBytes(target, at)
  target.writeUInt32LE(crc32(target.subarray(at + FRAME_HEADER_BYTES, end)), at + 12)
  target.writeDoubleLE(offset, at + 32)
  target.writeUInt32LE(crc32(target.subarray(at, at + HEADER_CRC_AT)), at + HEADER_CRC_AT)
}

/** Where a frame lies in its row. */
export interface FramePlace {
  readonly offset: number
  readonly at: number
}

/** Places of all frames whose header is whole, in order. Cost: one pass over the headers. */
export function findFrames(row: Buffer): FramePlace[] {
  const places: FramePlace[] = []
  let at = 0
  while (at + FRAME_HEADER_BYTES <= row.length) {
    if (!isHeader(row, at)) {
      at = nextMagic(row, at + 1)
      continue
    }
    places.push({ offset: row.readDoubleLE(at + 32), at })
    at += frameBytes(row, at)
  }
  return places
}

/** Size of the entry's body in memory, in bytes. */
export function rawBytes(row: Buffer, place: FramePlace): number {
  return row.readUInt32LE(place.at + 8)
}

/**
 * The entry of a frame found by `findFrames`.
 * @returns undefined when the body does not match its checksum
 */
export function readFrame(row: Buffer, place: FramePlace): LogEntry | undefined {
  const { at, offset } = place
  const body = row.subarray(at + FRAME_HEADER_BYTES, at + frameBytes(row, at))
  if (crc32(body) !== row.readUInt32LE(at + 12)) return undefined
  const kind = KINDS[row.readUInt8(at + 28)]
  if (kind === undefined) return undefined
  return {
    offset,
    kind,
    receivedAt: row.readDoubleLE(at + 16),
    count: row.readUInt32LE(at + 24),
    bytes: row.readUInt8(at + 29) === RAW ? body : zstdDecompressSync(body),
  }
}

function isHeader(row: Buffer, at: number): boolean {
  return (
    row.readUInt32LE(at) === MAGIC &&
    row.readUInt32LE(at + HEADER_CRC_AT) === crc32(row.subarray(at, at + HEADER_CRC_AT)) &&
    at + frameBytes(row, at) <= row.length
  )
}

function nextMagic(row: Buffer, from: number): number {
  const magic = Buffer.alloc(4)
  magic.writeUInt32LE(MAGIC)
  const found = row.indexOf(magic, from)
  return found === -1 ? row.length : found
}
