import { hash } from 'node:crypto'
import { isJsonObject, type JsonObject } from '../base/index.ts'
import { inspectContent } from './content.ts'
import { ecommerceEventNamed } from './ecommerce.ts'
import type { AttuneEvent, EventType, Rejection } from './event.ts'
import { identifiersOf, usableId } from './identity.ts'
import { correctedTime, parseTime } from './timestamp.ts'

const MAX_NAME_CHARS = 1024
const MAX_MESSAGE_ID_CHARS = 256
const NOTHING: JsonObject = Object.freeze({})
const TYPES: ReadonlySet<string> = new Set<EventType>([
  'track',
  'identify',
  'page',
  'screen',
  'group',
  'alias',
])

/** What a message takes from the body around it. */
export interface Frame {
  readonly receivedAt: number
  /** `sentAt` of the batch, for messages without their own. */
  readonly sentAt: unknown
  /** `context` of the batch: the message's own keys win. */
  readonly context: JsonObject | undefined
  /** false for imported history, whose times are taken as they are. */
  readonly correctClock: boolean
  /** Type given by the route, or undefined where each message has its own. */
  readonly type: EventType | undefined
}

/** A reason to refuse one message; thrown nowhere, returned by the steps below. */
class Refusal {
  readonly code: string
  readonly reason: string

  constructor(code: string, reason: string) {
    this.code = code
    this.reason = reason
  }
}

/**
 * Turns one parsed message into an event, or says why not. Pure; takes over `raw` and may change it.
 * Cost: about 2 µs for a message of 600 bytes.
 */
export function readMessage(raw: unknown, index: number, frame: Frame): AttuneEvent | Rejection {
  if (!isJsonObject(raw)) {
    const reason = 'The message is not a JSON object.'
    return { code: 'EVENTS_INVALID_FIELD', reason, index, messageId: undefined }
  }
  const sentId = messageIdOf(raw)
  const event = eventOf(raw, sentId, index, frame)
  if (event instanceof Refusal) {
    return { code: event.code, reason: event.reason, index, messageId: sentId }
  }
  return event
}

interface Parts {
  readonly properties: JsonObject
  readonly traits: JsonObject
  readonly context: JsonObject
}

function eventOf(
  raw: JsonObject,
  sentId: string | undefined,
  index: number,
  frame: Frame,
): AttuneEvent | Refusal {
  const fault = inspectContent(raw)
  if (fault !== undefined) return new Refusal(fault.code, `${fault.path.slice(1)}: ${fault.what}.`)
  const type = frame.type ?? typeOf(raw.type)
  if (type instanceof Refusal) return type
  const parts = partsOf(raw, frame)
  if (parts instanceof Refusal) return parts
  const { traits, context } = parts
  const name = nameOf(raw, type)
  if (name instanceof Refusal) return name
  const timestamp = timestampOf(raw, frame)
  if (timestamp instanceof Refusal) return timestamp
  const groupId = groupIdOf(raw, type, context)
  if (groupId instanceof Refusal) return groupId
  const { userId, anonymousId } = raw
  const identifiers = identifiersOf({ type, userId, anonymousId, traits, context })
  if (identifiers.length === 0) return nobody()
  const properties = checkedProperties(raw, type, name, parts.properties)
  if (properties instanceof Refusal) return properties
  return {
    type,
    messageId: sentId ?? contentId(raw, index, frame.receivedAt),
    name,
    identifiers,
    timestamp,
    receivedAt: frame.receivedAt,
    properties,
    traits,
    context,
    groupId,
    previousId: type === 'alias' ? previousIdOf(raw) : undefined,
    decisionId: decisionIdOf(properties, context),
  }
}

function partsOf(raw: JsonObject, frame: Frame): Parts | Refusal {
  const properties = objectField(raw, 'properties')
  if (properties instanceof Refusal) return properties
  const traits = objectField(raw, 'traits')
  if (traits instanceof Refusal) return traits
  const own = objectField(raw, 'context')
  if (own instanceof Refusal) return own
  const context = frame.context === undefined ? own : { ...frame.context, ...own }
  return { properties, traits, context }
}

function groupIdOf(
  raw: JsonObject,
  type: EventType,
  context: JsonObject,
): string | undefined | Refusal {
  if (type !== 'group') return usableId(context.groupId)
  return (
    usableId(raw.groupId ?? context.groupId) ??
    new Refusal(
      'EVENTS_INVALID_FIELD',
      'groupId is missing or a placeholder; a group call needs it.',
    )
  )
}

function nobody(): Refusal {
  return new Refusal(
    'EVENTS_NO_IDENTITY',
    'The message has no usable identifier: userId, anonymousId, an email trait and context.externalIds are missing or placeholders.',
  )
}

function typeOf(type: unknown): EventType | Refusal {
  const text = typeof type === 'string' ? type.toLowerCase() : undefined
  if (text !== undefined && TYPES.has(text)) return text as EventType
  const shown = typeof type === 'string' ? JSON.stringify(type.slice(0, 40)) : 'missing or no text'
  return new Refusal('EVENTS_UNKNOWN_TYPE', `type is ${shown}; expected ${[...TYPES].join(', ')}.`)
}

function objectField(raw: JsonObject, field: string): JsonObject | Refusal {
  const value = raw[field]
  if (value === undefined || value === null) return NOTHING
  if (isJsonObject(value)) return value
  return new Refusal('EVENTS_INVALID_FIELD', `${field} must be an object.`)
}

function nameOf(raw: JsonObject, type: EventType): string | Refusal {
  if (type === 'page') return 'Page Viewed'
  if (type === 'screen') return 'Screen Viewed'
  if (type !== 'track') return type
  const name = typeof raw.event === 'string' ? raw.event.trim() : ''
  if (name !== '' && name.length <= MAX_NAME_CHARS) return name.toWellFormed()
  return new Refusal(
    'EVENTS_INVALID_FIELD',
    `event must be a name of 1 to ${MAX_NAME_CHARS} characters; a track call needs it.`,
  )
}

/** Segment calls the time that the device noted originalTimestamp once it has corrected it; clients send timestamp. */
function timestampOf(raw: JsonObject, frame: Frame): number | Refusal {
  const sent = raw.originalTimestamp ?? raw.timestamp
  if (sent === undefined || sent === null || sent === '') return frame.receivedAt
  const original = parseTime(sent)
  if (original === undefined) {
    return new Refusal(
      'EVENTS_BAD_TIMESTAMP',
      'timestamp is neither ISO 8601 nor milliseconds since 1970, or lies before 1970.',
    )
  }
  const sentAt = frame.correctClock ? parseTime(raw.sentAt ?? frame.sentAt) : undefined
  return correctedTime(original, sentAt, frame.receivedAt)
}

function previousIdOf(raw: JsonObject): string | undefined {
  const previous = usableId(raw.previousId)
  // An alias of oneself says nothing new.
  return previous === usableId(raw.userId) ? undefined : previous
}

function checkedProperties(
  raw: JsonObject,
  type: EventType,
  name: string,
  properties: JsonObject,
): JsonObject | Refusal {
  if (type === 'track') {
    const fault = ecommerceEventNamed(name)?.fault(properties)
    return fault === undefined ? properties : new Refusal('EVENTS_INVALID_PROPERTY', `${fault}.`)
  }
  if (type !== 'page' && type !== 'screen') return properties
  const title = typeof raw.name === 'string' ? { name: raw.name } : undefined
  const category = typeof raw.category === 'string' ? { category: raw.category } : undefined
  if (title === undefined && category === undefined) return properties
  return { ...title, ...category, ...properties }
}

function messageIdOf(raw: JsonObject): string | undefined {
  const id = raw.messageId
  if (typeof id === 'number') return String(id)
  if (typeof id !== 'string' || id === '' || id.length > MAX_MESSAGE_ID_CHARS) return undefined
  return id.toWellFormed()
}

/** 132 bits of the content's SHA-256: a replay of the same body gives the same id. Cost: 2 µs for 600 bytes. */
function contentId(raw: JsonObject, index: number, receivedAt: number): string {
  const text = `${receivedAt}:${index}:${JSON.stringify(raw)}`
  return `auto-${hash('sha256', text, 'base64url').slice(0, 22)}`
}

function decisionIdOf(properties: JsonObject, context: JsonObject): string | undefined {
  const id =
    properties.decision_id ?? properties.decisionId ?? context.decisionId ?? context.decision_id
  return typeof id === 'string' && id !== '' && id.length <= 128 ? id : undefined
}
