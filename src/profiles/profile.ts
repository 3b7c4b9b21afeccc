import type { JsonObject } from '../base/index.ts'
import type { Action, Identifier } from '../events/index.ts'
import type { FeatureValue } from './features/feature.ts'

/** One remembered interaction of a person. */
export interface HistoryEntry {
  /** Dense item number of the catalogue. */
  readonly item: number
  readonly action: Action
  /** When it happened for the person, whole milliseconds. */
  readonly time: number
  /** Rating, money or 1, as in the interaction. */
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

/** One event of any type, kept for display. */
export interface RecentEvent {
  readonly name: string
  readonly time: number
  /** First item that the event was about, undefined when none. */
  readonly item: number | undefined
}

/**
 * Everything known of one person, in the form the hot path uses. A live object: lists that it returned
 * are never changed afterwards (a new event makes new lists), the object itself moves on.
 */
export interface Profile {
  /** Random-looking key of the person; 16 hex digits. */
  readonly pid: string
  readonly identifiers: readonly Identifier[]
  readonly traits: JsonObject
  readonly groups: readonly string[]
  /** Timestamp of the first event, milliseconds. */
  readonly createdAt: number
  /** Newest timestamp of an event, milliseconds. */
  readonly seenAt: number
  /** Events of this person so far, of any type. */
  readonly events: number
  /** Newest 200 interactions by time, newest last. */
  readonly history: readonly HistoryEntry[]
  /** Newest 12 lists, newest last. */
  readonly shown: readonly ShownList[]
  /** Distinct items bought, least recently bought first, at most 2,000. */
  readonly bought: readonly number[]
  /** Newest 30 events by time, newest last. */
  readonly recent: readonly RecentEvent[]
  /**
   * What `history` has, newest first, without making a list of it; `action` is its place in ACTIONS. Cost: about 10 ns an
   * entry.
   */
  visitHistory(each: (item: number, action: number, time: number) => void): void
  /** Value of a declared feature at `now`; undefined when no such feature is declared. */
  feature(name: string, now: number): FeatureValue | undefined
}
