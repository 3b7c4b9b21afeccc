import { mergeBought, mergeHistories } from './history.ts'
import { withIdentifiers } from './identityGraph.ts'
import { mergeLinks } from './links.ts'
import { mergeMessages } from './messageRing.ts'
import type { Household, Person } from './person.ts'
import { changePerson } from './personRow.ts'
import { mergePlain } from './plainEvents.ts'
import { RowWriter } from './rowBytes.ts'
import { encodeShown, mergeShown } from './shownLists.ts'
import { joinTraits } from './traits.ts'

const writer = new RowWriter()

/** Makes `other` part of `person`. Deterministic. */
export function mergePersons(person: Person, other: Person, household: Household): void {
  const mine = person.head
  const theirs = other.head
  const change = {
    head: {
      createdAt: Math.min(mine.createdAt, theirs.createdAt),
      seenAt: Math.max(mine.seenAt, theirs.seenAt),
      events: mine.events + theirs.events,
    },
    identifiers: withIdentifiers(person.identifiers, other.identifiers),
    traits: joinTraits(person.traits, other.traits),
    links: mergeLinks(person.links, other.links),
    history: mergeHistories(person.entries, other.entries),
    bought: mergeBought(person.bought, other.bought),
    plain: mergePlain(person.plain, other.plain),
    messages: mergeMessages(person.messages, other.messages),
    states: household.features.merge(person.readStates(), other.readStates()),
  }
  if (other.wasShownAnything) {
    writer.reset()
    encodeShown(mergeShown(person.shown, other.shown), household.dictionaries.placements, writer)
    person.storeShown(writer)
  }
  changePerson(person, change, household)
}
