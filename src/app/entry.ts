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
  | { readonly kind: 'decisions'; readonly records: readonly DecisionRecord[] }
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
