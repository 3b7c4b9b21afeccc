import type { FeatureSet } from './features/featureSet.ts'
import { mergeBought, mergeHistories } from './history.ts'
import { withIdentifiers } from './identityGraph.ts'
import { mergeLinks } from './links.ts'
import { mergeMessages } from './messageRing.ts'
import type { Person } from './person.ts'
import { mergeRecent } from './recentEvents.ts'
import { withShown } from './shownLists.ts'
import { joinTraits } from './traits.ts'

/** Makes `other` part of `person`. Deterministic; the other person's values must not be used afterwards. */
export function mergePersons(person: Person, other: Person, features: FeatureSet): void {
  person.createdAt = Math.min(person.createdAt, other.createdAt)
  person.seenAt = Math.max(person.seenAt, other.seenAt)
  person.events += other.events
  person.identifiers = withIdentifiers(person.identifiers, other.identifiers)
  person.traits = joinTraits(person.traits, other.traits)
  person.links = mergeLinks(person.links, other.links)
  person.history = mergeHistories(person.history, other.history)
  person.bought = mergeBought(person.bought, other.bought)
  person.shown = withShown(person.shown, other.shown)
  person.recent = mergeRecent(person.recent, other.recent)
  person.messages = mergeMessages(person.messages, other.messages)
  person.states = features.merge(person.states, other.states)
}
