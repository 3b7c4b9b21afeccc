import type { EventType } from '../../events/index.ts'
import type { ItemInteraction } from '../itemInteraction.ts'
import type { RowReader, RowWriter } from '../rowBytes.ts'

/** What a feature may know of an event. */
export interface FeatureEvent {
  readonly type: EventType
  readonly name: string
  /** When it happened for the person, milliseconds. */
  readonly time: number
  readonly interactions: readonly ItemInteraction[]
  /** First value of an item's attribute as text ('brand', 'categories', 'attributes.color'), undefined when unknown. */
  attribute(item: number, path: string): string | undefined
  /** The catalogue's code of the same value, to be kept in a state; -1 when unknown. */
  attributeCode(item: number, path: string): number
}

/** Text of a code that the catalogue gave to a value of an attribute. */
export type AttributeText = (path: string, code: number) => string

/** A key and its weight, heaviest first in lists. */
export interface WeightedKey {
  readonly key: string
  readonly weight: number
}

/** null: there is nothing to say yet (no order, no cart). */
export type FeatureValue = number | null | readonly WeightedKey[]

/** What kind of value a feature has, for people and for training columns. */
export interface FeatureSchema {
  readonly type: 'number' | 'weights'
  /** count, money, days, ratio … */
  readonly unit: string
  readonly description: string
}

/**
 * What is kept of a person's events for one or more features. Every function is pure of clock and
 * randomness; `write` may change `state` in place and depends on the event and the state alone.
 * Encoding is canonical: encode(decode(bytes)) gives the same bytes.
 */
export interface FeatureState<State = unknown> {
  /** Stable name, also of the stored form: a changed form needs a new id. Features that name the same state share it. */
  readonly id: string
  empty(): State
  write(event: FeatureEvent, state: State): void
  /** Joins two persons' states; neither argument is used afterwards. */
  merge(survivor: State, other: State): State
  encode(state: State, writer: RowWriter): void
  decode(reader: RowReader): State
}

/**
 * A declared feature. The same declaration serves online (written as events arrive, read at a decision)
 * and builds training data (replay the events up to a moment, read at that moment), so that the two
 * cannot drift apart.
 */
export interface FeatureDeclaration<State = unknown> {
  readonly name: string
  readonly schema: FeatureSchema
  readonly state: FeatureState<State>
  /**
   * Pure; `now` is not before the newest event that the state has seen by more than clock skew.
   * `textOf` gives the text of an attribute's code.
   */
  value(state: State, now: number, textOf: AttributeText): FeatureValue
}
