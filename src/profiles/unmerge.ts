import type { AttuneEvent, Identifier } from '../events/index.ts'
import { profilesErrors } from './errors.ts'
import { identifierKey, type IdentityPolicy } from './identityRules.ts'
import type { LogPlace } from './mergeLog.ts'
import type { Person } from './person.ts'
import type { DecisionRecord, Population } from './population.ts'
import type { ItemInteraction } from './itemInteraction.ts'

/** The two identifiers that must no longer be one person. */
export interface Unmerge {
  readonly first: Identifier
  readonly second: Identifier
}

/** One thing of the log that may concern a person. */
export type PersonRecord =
  | {
      readonly event: AttuneEvent
      readonly interactions: readonly ItemInteraction[]
      readonly at: LogPlace
    }
  | { readonly decision: DecisionRecord; readonly at: LogPlace }

/** What a replay needs: who the person is, and an empty population to live again in. */
export interface Replay {
  readonly person: Person
  readonly policy: IdentityPolicy
  readonly population: Population
}

/**
 * Lives a person's records again in a population that forbids the merge. An event belongs to whoever
 * owns its best identifier (resolution never drops that one), so records of others are passed over, and
 * identifiers of others, which were dropped when the event came, are left out.
 * @throws PROFILES_HISTORY_TRIMMED when the log no longer has all of the person's events; nothing changed
 */
export async function replayPerson(
  { person, policy, population }: Replay,
  records: AsyncIterable<PersonRecord>,
): Promise<void> {
  const owned = new Set(person.identifiers.map(identifierKey))
  const isOwned = (one: Identifier): boolean => owned.has(identifierKey(one))
  const { events } = person
  let applied = 0
  for await (const record of records) {
    if ('decision' in record) {
      const usable = policy.usable(record.decision.identifiers)
      if (usable[0] === undefined || !isOwned(usable[0])) continue
      const { lists } = record.decision
      population.applyDecision({ lists, identifiers: usable.filter(isOwned) }, record.at)
    } else {
      const event = ownEvent(record.event, policy, isOwned)
      if (event === undefined) continue
      if (population.apply(event, record.interactions, record.at)?.outcome === 'applied') applied++
    }
  }
  if (applied < events) {
    throw profilesErrors.PROFILES_HISTORY_TRIMMED(
      `the log still has ${applied} of the ${events} events of this person`,
    )
  }
}

function ownEvent(
  event: AttuneEvent,
  policy: IdentityPolicy,
  isOwned: (one: Identifier) => boolean,
): AttuneEvent | undefined {
  const { previousId } = event
  const former =
    previousId === undefined
      ? []
      : ['user_id', 'anonymous_id'].map((type) => ({ type, value: previousId })).filter(isOwned)
  const usable = policy.usable(event.identifiers)
  const best = usable[0] ?? former[0]
  if (best === undefined || !isOwned(best)) return undefined
  return {
    ...event,
    identifiers: usable.filter(isOwned),
    previousId: former.length > 0 ? previousId : undefined,
  }
}
