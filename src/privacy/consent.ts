import type { JsonObject } from '../base/index.ts'

/**
 * What personal data may be used for. The names are Attune's own; a later reader maps TCF purposes onto them.
 */
export type Purpose = 'collect' | 'personalize' | 'measure' | 'advertise' | 'train'

/** The part of an event that consent is read from. An event of the events domain has this form. */
export interface ConsentSubject {
  readonly type: string
  readonly name: string
  readonly identifiers: readonly { readonly type: string; readonly value: string }[]
  readonly context: JsonObject
}

/** May the event be used? A refusal is an answer, not an error. */
export type ConsentVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string }

/**
 * Decides for one event and the purposes it is wanted for (collect alone when none are named).
 * Pure, so that a replay decides alike.
 */
export type ConsentGate = (event: ConsentSubject, purposes?: readonly Purpose[]) => ConsentVerdict

const ALLOWED: ConsentVerdict = Object.freeze({ allowed: true })

/**
 * The gate on the path of every event, before the log. There are no rules yet: everything passes.
 * Cost: none; no allocation.
 */
export const consentGate: ConsentGate = () => ALLOWED
