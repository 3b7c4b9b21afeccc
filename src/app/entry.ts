import type { JsonObject } from '../base/index.ts'
import type { DecisionRecord } from '../decisions/index.ts'
import { decodeEnvelope, type ParsedBody, parseBody } from '../events/index.ts'
import type { EntryKind, LogEntry } from '../store/index.ts'

/** Content of a log entry, by kind. */
export type EntryContent =
  | { readonly kind: 'messages'; readonly body: ParsedBody }
  | {
      readonly kind: 'items'
      readonly items: readonly unknown[]
      readonly removed: readonly string[]
    }
  | {
      readonly kind: 'decisions'
      readonly records: readonly DecisionRecord[]
      /** By record and list: the catalogue's numbers of the items, where whoever made the decisions hands them over. */
      readonly numbers?: readonly (readonly (readonly number[])[])[]
    }
  | { readonly kind: 'command'; readonly command: JsonObject }

/** One log entry, understood. A pure function of its bytes and arrival time. */
export interface ReadableEntry {
  readonly offset: number
  readonly receivedAt: number
  /** Number of events inside. */
  readonly count: number
  readonly content: EntryContent
}

const text = new TextDecoder()
const utf8 = new TextEncoder()

/** Reads a log entry back. An emptied entry (erased) has no events. */
export function readEntry(entry: LogEntry): ReadableEntry {
  const { offset, receivedAt, count } = entry
  return { offset, receivedAt, count, content: readContent(entry.kind, entry.bytes, receivedAt) }
}

/** Bytes of a JSON entry (items, decisions, command). */
export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return utf8.encode(JSON.stringify(value))
}

function readContent(kind: EntryKind, bytes: Uint8Array, receivedAt: number): EntryContent {
  if (kind === 'messages') return { kind, body: readMessages(bytes, receivedAt) }
  const parsed = bytes.length === 0 ? {} : JSON.parse(text.decode(bytes))
  switch (kind) {
    case 'items':
      return { kind, items: parsed.items ?? [], removed: parsed.delete ?? [] }
    case 'decisions':
      return { kind, records: parsed.decisions ?? [] }
    case 'command':
      return { kind, command: parsed }
  }
}

function readMessages(bytes: Uint8Array, receivedAt: number): ParsedBody {
  if (bytes.length === 0) return { events: [], indexes: [], rejections: [] }
  const { route, body } = decodeEnvelope(bytes)
  return parseBody(route, body, receivedAt)
}

/** Some of what a slice of the log holds: applied in one go, without giving the thread back. */
export interface SlicePart {
  readonly entries: readonly ReadableEntry[]
  /** False when more of the last entry follows in the next part. */
  readonly complete: boolean
}

/** Cuts entries into parts of about `events` events; an entry with more of them is cut as well. */
export function* partsOf(entries: readonly ReadableEntry[], events: number): Generator<SlicePart> {
  let part: ReadableEntry[] = []
  let size = 0
  for (const entry of entries) {
    const pieces = piecesOf(entry, events)
    for (const [i, piece] of pieces.entries()) {
      part.push(piece)
      size += piece.count
      if (size < events) continue
      yield { entries: part, complete: i === pieces.length - 1 }
      part = []
      size = 0
    }
  }
  if (part.length > 0) yield { entries: part, complete: true }
}

function piecesOf(entry: ReadableEntry, size: number): readonly ReadableEntry[] {
  const { content } = entry
  if (content.kind !== 'messages' || content.body.events.length <= size) return [entry]
  const { events, indexes, rejections } = content.body
  const pieces: ReadableEntry[] = []
  for (let i = 0; i < events.length; i += size) {
    const last = i + size >= events.length
    const body = {
      events: events.slice(i, i + size),
      indexes: indexes.slice(i, i + size),
      rejections: last ? rejections : [],
    }
    pieces.push({ ...entry, count: body.events.length, content: { kind: 'messages', body } })
  }
  return pieces
}
