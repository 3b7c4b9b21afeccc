import { hash52 } from '../base/index.ts'
import type { AttuneEvent, Identifier } from '../events/index.ts'
import { arrivalOf, hasMessage } from './messageRing.ts'
import { type Person, SECTION } from './person.ts'
import type { ItemInteraction } from './itemInteraction.ts'
import type { HistoryEntry, Profile } from './profile.ts'
import { RowReader } from './rowBytes.ts'
import { type DecisionMatch, matchShown } from './shownLists.ts'

/** Entries that `historyBefore` gives unless told otherwise. */
export const HISTORY_READ = 50
const NONE: readonly never[] = Object.freeze([])
const reader = new RowReader()

/** What an event did. */
export interface Applied {
  readonly pid: string
  /** duplicate: a message with this id arrived within the last 24 hours; nothing changed. */
  readonly outcome: 'applied' | 'duplicate'
  readonly profile: Profile
  /**
   * The newest entries of the history as it was before this event, newest last (default 50). To be
   * called before the next event is applied. Cost: about 25 ns an entry.
   */
  historyBefore(limit?: number): readonly HistoryEntry[]
  /** Aligned with the interactions; undefined where no decision is behind it. */
  readonly match: readonly (DecisionMatch | undefined)[]
  /** Pids that became part of this person by this event. */
  readonly merged: readonly string[]
  /** Identifiers of the event that were left out, because they belong to somebody else. */
  readonly dropped: readonly Identifier[]
}

/** How a message id is remembered: its 52-bit hash, and its arrival in seconds. */
export interface Message {
  readonly hash: number
  readonly arrival: number
}

export function messageOf({ messageId, receivedAt }: AttuneEvent): Message {
  return { hash: hash52(messageId), arrival: arrivalOf(receivedAt) }
}

/** Whether a person sent this message within the last 24 hours. */
export function isDuplicate(person: Person, { hash, arrival }: Message): boolean {
  return hasMessage(person.openSection(reader, SECTION.messages), hash, arrival)
}

/** The answer to an event that changed nothing. */
export function duplicateOf(person: Person, interactions: readonly ItemInteraction[]): Applied {
  return {
    pid: person.pid,
    outcome: 'duplicate',
    profile: person,
    historyBefore: (limit = HISTORY_READ) => person.readHistory(limit, 0),
    match: interactions.map(() => undefined),
    merged: NONE,
    dropped: NONE,
  }
}

/** The decision behind each interaction. Most persons were shown nothing: that costs no reading. */
export function matchesOf(
  person: Person,
  event: AttuneEvent,
  interactions: readonly ItemInteraction[],
  time: number,
): readonly (DecisionMatch | undefined)[] {
  if (interactions.length === 0) return NONE
  if (event.decisionId === undefined && !person.wasShownAnything) {
    return interactions.map(() => undefined)
  }
  const { shown } = person
  return interactions.map((one) => matchShown(shown, one, time, event.decisionId))
}
