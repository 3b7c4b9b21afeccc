import type { FeatureEvent } from './features/feature.ts'
import { appendBought, appendHistory, type NewEntries } from './history.ts'
import { appendMessage } from './messageRing.ts'
import { type Household, LocatedRow, type Person, SECTION } from './person.ts'
import { rowBuilder } from './personRow.ts'
import { appendPlain } from './plainEvents.ts'
import { RowReader } from './rowBytes.ts'

/** An event in the form in which a person's row takes it in. */
export interface Happening extends NewEntries {
  /** 52-bit hash of the message id, and arrival in seconds. */
  readonly message: number
  readonly arrival: number
  readonly forFeatures: FeatureEvent
}

const reader = new RowReader()
const locatedRow = new LocatedRow()

/**
 * Writes a person's row anew with one event in it: the hot path. Most sections are copied as bytes;
 * only the feature states are read, told of the event and written.
 */
export function recordEvent(person: Person, happening: Happening, household: Household): void {
  const { interactions, time } = happening
  const { features } = household
  const { head } = person
  const located = locatedRow.of(person)
  const hasItems = interactions.length > 0
  rowBuilder.begin({
    createdOffset: head.createdOffset,
    createdIndex: head.createdIndex,
    createdAt: Math.min(head.createdAt, time),
    seenAt: Math.max(head.seenAt, time),
    events: head.events + 1,
  })
  const { writer } = rowBuilder
  rowBuilder.keepUpTo(located, SECTION.links)
  if (hasItems) {
    appendHistory(located.section(reader, SECTION.history), happening, writer)
    rowBuilder.next()
    if (buysAny(happening)) {
      appendBought(located.section(reader, SECTION.bought), interactions, writer)
      rowBuilder.next()
    }
    rowBuilder.keepUpTo(located, SECTION.plain)
  } else {
    rowBuilder.keepUpTo(located, SECTION.bought)
    appendPlain(located.section(reader, SECTION.plain), happening, writer)
    rowBuilder.next()
  }
  const messages = located.section(reader, SECTION.messages)
  appendMessage(messages, happening.message, happening.arrival, writer)
  rowBuilder.next()
  const states = person.readStates()
  features.write(happening.forFeatures, states)
  features.encode(states, writer)
  rowBuilder.next()
  rowBuilder.finish(person)
}

function buysAny({ interactions }: Happening): boolean {
  for (const { action } of interactions) if (action === 'buy') return true
  return false
}
