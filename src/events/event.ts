import type { JsonObject } from '../base/index.ts'

export type EventType = 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias'

/** One identifier of a person, such as user_id:42 or email:a@b.example. */
export interface Identifier {
  /** user_id, email, anonymous_id or the type of an external id, in snake_case. */
  readonly type: string
  readonly value: string
}

/**
 * One accepted Segment message, parsed and normalised. Names are Segment's.
 * Order in the log decides everything; `timestamp` is when it happened for the person.
 */
export interface AttuneEvent {
  readonly type: EventType
  readonly messageId: string
  /** Track: the event name. Page and screen: "Page Viewed" / "Screen Viewed". Else the type. */
  readonly name: string
  /** Usable identifiers, without refused values, in the order user_id, email, then alphabetical by type. */
  readonly identifiers: readonly Identifier[]
  /** Milliseconds, corrected for clock skew, never after receivedAt + 5 minutes. */
  readonly timestamp: number
  readonly receivedAt: number
  readonly properties: JsonObject
  readonly traits: JsonObject
  readonly context: JsonObject
  readonly groupId: string | undefined
  /** alias: the identifier that becomes part of the person. */
  readonly previousId: string | undefined
  /** Decision id that the sender attached (properties.decision_id or context.decisionId). */
  readonly decisionId: string | undefined
}

/** What a person did with one item, read from an event; the unit that models and history use. */
export interface Interaction {
  readonly item: string
  /** view, click, cart, uncart, wish, buy, rate, skip, consume, or other. */
  readonly action: Action
  /** Rating given, or money spent (price × quantity), or 1. */
  readonly value: number
  readonly quantity: number
  /** Order or basket that the interaction belongs to. */
  readonly order: string | undefined
  /** 1-based place in the list where it was shown. */
  readonly position: number | undefined
}

/** Order is part of the stored format: append only. */
export const ACTIONS = [
  'view',
  'click',
  'cart',
  'uncart',
  'wish',
  'buy',
  'rate',
  'skip',
  'consume',
  'impression',
  'other',
] as const
export type Action = (typeof ACTIONS)[number]

/** Why one message of a body was not accepted. Kept in the dead-letter view. */
export interface Rejection {
  readonly code: string
  readonly reason: string
  /** Place of the message in its body, from 0. */
  readonly index: number
  readonly messageId: string | undefined
}

/** Everything that one logged body contains. Pure function of its bytes and arrival time. */
export interface ParsedBody {
  readonly events: readonly AttuneEvent[]
  /** Place in the body of each event, from 0 (same length as events). */
  readonly indexes: readonly number[]
  readonly rejections: readonly Rejection[]
}
