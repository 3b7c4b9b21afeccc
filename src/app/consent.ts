import { isJsonObject } from '../base/index.ts'
import { type ParsedBody, parseBody, readJson, type Route } from '../events/index.ts'
import type { ConsentGate } from '../privacy/index.ts'
import { jsonBytes } from './entry.ts'

export interface ConsentedBody {
  /** The body as it may be kept: without the messages that were refused; undefined when none is left. */
  readonly body: Uint8Array | undefined
  /** What the kept body says, exactly as a replay will read it. */
  readonly parsed: ParsedBody
  readonly refused: number
}

const NOTHING: ParsedBody = { events: [], indexes: [], rejections: [] }

/** Reads a body and lets each event through the consent gate; what is refused never reaches the log. */
export function readConsented(
  route: Route,
  body: Uint8Array,
  receivedAt: number,
  consent: ConsentGate,
): ConsentedBody {
  const parsed = parseBody(route, body, receivedAt)
  const refused = new Set<number>()
  for (let i = 0; i < parsed.events.length; i++) {
    const event = parsed.events[i]
    if (event === undefined || consent(event, ['collect']).allowed) continue
    refused.add(parsed.indexes[i] ?? i)
  }
  if (refused.size === 0) return { parsed, body, refused: 0 }
  const kept = withoutMessages(body, refused)
  return {
    body: kept,
    parsed: kept === undefined ? NOTHING : parseBody(route, kept, receivedAt),
    refused: refused.size,
  }
}

function withoutMessages(body: Uint8Array, refused: ReadonlySet<number>): Uint8Array | undefined {
  const root = readJson(body)
  const batch = isJsonObject(root) ? root['batch'] : root
  if (!Array.isArray(batch) || batch.length === refused.size) return undefined
  const kept = batch.filter((_, i) => !refused.has(i))
  return jsonBytes(isJsonObject(root) ? { ...root, batch: kept } : kept)
}
