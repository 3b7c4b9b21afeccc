import type { JsonObject } from '../base/index.ts'
import type { Action, Identifier } from '../events/index.ts'

/** One remembered interaction of a person, newest last in `Profile.history`. */
export interface HistoryEntry {
  /** Dense item number of the catalogue. */
  readonly item: number
  readonly action: Action
  readonly time: number
  readonly value: number
}

/** What was shown to the person in one placement of one decision. */
export interface ShownList {
  readonly decision: string
  readonly placement: string
  readonly version: number
  readonly time: number
  /** Dense item numbers in shown order. */
  readonly items: readonly number[]
}

/** Everything known of one person, in the form the hot path uses. */
export interface Profile {
  readonly pid: string
  readonly identifiers: readonly Identifier[]
  readonly traits: JsonObject
  readonly groups: readonly string[]
  readonly createdAt: number
  readonly seenAt: number
  /** Events of this person so far, of any type. */
  readonly events: number
  readonly history: readonly HistoryEntry[]
  readonly shown: readonly ShownList[]
}
