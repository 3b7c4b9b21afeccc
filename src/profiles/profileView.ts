import type { JsonObject } from '../base/index.ts'
import type { Action, Identifier } from '../events/index.ts'
import type { FeatureValue } from './features/feature.ts'
import type { MergeRecord } from './mergeLog.ts'
import type { Household, Person } from './person.ts'

/** A person as people read it: ids of items instead of numbers, everything newest first. */
export interface ProfileView {
  readonly pid: string
  readonly identifiers: readonly Identifier[]
  readonly traits: JsonObject
  readonly groups: readonly string[]
  /** Milliseconds: first and newest event. */
  readonly createdAt: number
  readonly seenAt: number
  readonly events: number
  /** Declared features with their values now. */
  readonly features: Readonly<Record<string, FeatureValue>>
  readonly history: readonly {
    readonly item: string
    readonly action: Action
    readonly time: number
    readonly value: number
  }[]
  readonly recent: readonly {
    readonly name: string
    readonly time: number
    readonly item?: string
  }[]
  readonly shown: readonly {
    readonly decision: string
    readonly placement: string
    readonly version: number
    readonly time: number
    readonly items: readonly string[]
  }[]
  readonly bought: readonly string[]
  /** Merges, dropped identifiers and un-merges. */
  readonly merges: readonly MergeRecord[]
}

/** Lists newest first; of the bought items the 200 most recently bought. */
export function viewOf(
  person: Person,
  { attributeText, features }: Household,
  merges: readonly MergeRecord[],
  now: number,
  idOf: (item: number) => string,
): ProfileView {
  const { pid, identifiers, traits, groups, head } = person
  return {
    pid,
    identifiers,
    traits,
    groups,
    createdAt: head.createdAt,
    seenAt: head.seenAt,
    events: head.events,
    features: features.values(person.states, now, attributeText),
    history: person.history
      .map(({ item, action, time, value }) => ({ item: idOf(item), action, time, value }))
      .toReversed(),
    recent: person.recent
      .map(({ name, time, item }) =>
        item === undefined ? { name, time } : { name, time, item: idOf(item) },
      )
      .toReversed(),
    shown: person.shown.map((list) => ({ ...list, items: list.items.map(idOf) })).toReversed(),
    bought: person.bought.slice(-200).map(idOf).toReversed(),
    merges: merges.toReversed(),
  }
}
