import { hash52, hmacHex } from '../base/index.ts'
import type { AttuneEvent, Identifier } from '../events/index.ts'
import type { StatePut, StateStore } from '../store/index.ts'
import { profilesErrors } from './errors.ts'
import { FeatureSet } from './features/featureSet.ts'
import type { FeatureDeclaration, FeatureEvent } from './features/feature.ts'
import { withBought, withInteractions } from './history.ts'
import { IdentityGraph, type Resolution, withIdentifiers } from './identityGraph.ts'
import { identifierKey, IdentityPolicy, type IdentityRules } from './identityRules.ts'
import { withDrop, withGroup } from './links.ts'
import { type LogPlace, mergeRow } from './mergeLog.ts'
import { mergePersons } from './mergePersons.ts'
import { addMessage, hasMessage } from './messageRing.ts'
import { Person, SECTION } from './person.ts'
import { PersonCache } from './personCache.ts'
import {
  decodePid,
  decodePerson,
  encodePerson,
  encodePid,
  encodeRedirect,
  redirectOf,
} from './personRow.ts'
import type { HistoryEntry, ItemInteraction, Profile, ShownList } from './profile.ts'
import { withRecent } from './recentEvents.ts'
import { type DecisionMatch, keptList, matchShown, withShown } from './shownLists.ts'
import { mergeTraits } from './traits.ts'

export const PROFILE_KIND = 'profile'
export const IDENTITY_KIND = 'identity'

export interface PersonsOptions {
  readonly state: StateStore
  /** Secret of the workspace: without it a pid cannot be traced to its place in the log. */
  readonly salt: string
  readonly features: readonly FeatureDeclaration[]
  /** Memory for persons that are neither pinned nor waiting to be written, bytes (estimated). */
  readonly cacheBytes: number
  /** Dictionary code of an item's first value of an attribute, -1 when unknown. */
  readonly attributeCode: (item: number, path: string) => number
  /** Text of such a code. */
  readonly attributeText: (path: string, code: number) => string
  readonly rules?: Partial<IdentityRules>
}

/** What an event did. */
export interface Applied {
  readonly pid: string
  /** duplicate: a message with this id arrived within the last 24 hours; nothing changed. */
  readonly outcome: 'applied' | 'duplicate'
  readonly profile: Profile
  /** The history as it was before this event, newest last. */
  historyBefore(): readonly HistoryEntry[]
  /** Aligned with the interactions; undefined where no decision is behind it. */
  readonly match: readonly (DecisionMatch | undefined)[]
  /** Pids that became part of this person by this event. */
  readonly merged: readonly string[]
  /** Identifiers of the event that were left out, because they belong to somebody else. */
  readonly dropped: readonly Identifier[]
}

/** A decision that was answered: who asked and which lists were shown. */
export interface DecisionRecord {
  readonly identifiers: readonly Identifier[]
  readonly lists: readonly ShownList[]
}

const NONE: readonly never[] = Object.freeze([])

/** Identifiers that decide whom an event belongs to: its own, and for an alias the former one. */
export function identifiersOf(event: AttuneEvent): readonly Identifier[] {
  const { previousId } = event
  if (previousId === undefined) return event.identifiers
  return [
    ...event.identifiers,
    { type: 'user_id', value: previousId },
    { type: 'anonymous_id', value: previousId },
  ]
}

/**
 * All persons of a workspace: who they are (identity graph), what they did (profile), and the features
 * declared over it. One consumer applies the log in its order; any number of readers find profiles.
 * The rows that `drain` returns depend on the log alone, never on slices, flushes or the cache.
 */
export class Persons {
  readonly #options: PersonsOptions
  readonly #features: FeatureSet
  readonly #policy: IdentityPolicy
  readonly #graph: IdentityGraph
  readonly #cache: PersonCache
  /** Identity keys that the store does not have; those found before the previous settle are forgotten. */
  #absent = new Set<string>()
  #absentBefore = new Set<string>()
  /** Identity, redirect and merge-log rows that wait for the next drain, by kind and id. */
  #pending = new Map<string, StatePut>()
  #dirty: Person[] = []
  readonly #draining: Person[][] = []
  #settled = 0
  readonly #event: { -readonly [K in keyof FeatureEvent]: FeatureEvent[K] }

  constructor(options: PersonsOptions) {
    this.#options = options
    this.#features = new FeatureSet(options.features)
    this.#policy = new IdentityPolicy(options.rules)
    this.#graph = new IdentityGraph(this.#policy)
    this.#cache = new PersonCache(this.#graph, options.cacheBytes)
    const { attributeCode, attributeText } = options
    this.#event = {
      type: 'track',
      name: '',
      time: 0,
      interactions: NONE,
      attribute(item, path) {
        const code = attributeCode(item, path)
        return code < 0 ? undefined : attributeText(path, code)
      },
    }
  }

  /**
   * Loads whom the identifiers name, so that `apply` can be synchronous. The persons stay in memory
   * until the second settle after this.
   */
  async prefetch(identifierSets: readonly (readonly Identifier[])[]): Promise<void> {
    const missing = new Map<string, Identifier>()
    for (const set of identifierSets) {
      for (const identifier of this.#policy.usable(set)) {
        const person = this.#graph.lookup(identifier)
        if (person !== undefined) person.pinned = this.#settled + 2
        else missing.set(identifierKey(identifier), identifier)
      }
    }
    if (missing.size > 0) await this.#load([...missing.keys()], this.#settled + 2)
  }

  /**
   * Applies one event. Synchronous; prefetch must have been awaited for its identifiers.
   * @returns undefined when the event has no usable identifier: it belongs to nobody
   * @throws PROFILES_NOT_PREFETCHED
   */
  apply(
    event: AttuneEvent,
    interactions: readonly ItemInteraction[],
    at: LogPlace,
  ): Applied | undefined {
    const identifiers = this.#identifiersToResolve(event)
    if (identifiers.length === 0) return undefined
    const resolution = this.#resolve(identifiers)
    const hash = hash52(event.messageId)
    const known = resolution.persons.find((one) => hasMessage(one.messages, hash, event.receivedAt))
    if (known !== undefined) return duplicateOf(known, interactions)
    const time = Math.trunc(event.timestamp)
    const { person, merged } = this.#unite(resolution, at, time)
    const historyBefore = person.history
    const match = interactions.map((one) => matchShown(person.shown, one, time, event.decisionId))
    this.#record(person, event, interactions, time)
    addMessage(person.messages, hash, Math.trunc(event.receivedAt))
    person.touch(SECTION.messages)
    this.#logDrops(person, resolution.dropped, at, time)
    return {
      pid: person.pid,
      outcome: 'applied',
      profile: person,
      historyBefore: () => historyBefore,
      match,
      merged,
      dropped: resolution.dropped,
    }
  }

  /**
   * Remembers what was shown. The person is the first known one among the identifiers (an answer merges
   * nobody); if none is known, a person with these identifiers is made, so that the click can be matched.
   */
  applyDecision(record: DecisionRecord, at: LogPlace): { readonly pid: string } | undefined {
    const usable = this.#policy.usable(record.identifiers)
    if (usable.length === 0) return undefined
    const time = record.lists[0]?.time ?? 0
    const resolution = this.#resolve(usable)
    const person = resolution.persons[0] ?? this.#unite(resolution, at, time).person
    person.shown = withShown(person.shown, record.lists.map(keptList))
    this.#changed(person)
    return { pid: person.pid }
  }

  /** The person that an event with these identifiers would belong to now. A cache hit costs about 1 µs. */
  async find(identifiers: readonly Identifier[]): Promise<Profile | undefined> {
    return this.findCached(identifiers) ?? this.#findStored(identifiers)
  }

  /** Like `find`, for persons in memory only. */
  findCached(identifiers: readonly Identifier[]): Profile | undefined {
    const usable = this.#policy.usable(identifiers)
    for (const identifier of usable)
      if (this.#graph.lookup(identifier) === undefined) return undefined
    const person = this.#graph.resolve(usable).persons[0]
    if (person !== undefined) this.#cache.use(person)
    return person
  }

  /** Rows changed since the last drain. Call `settle` once they are committed. */
  drain(): StatePut[] {
    const puts = [...this.#pending.values()]
    const persons: Person[] = []
    for (const person of this.#dirty) {
      if (!person.dirty) continue
      person.dirty = false
      person.draining++
      persons.push(person)
      puts.push({ kind: PROFILE_KIND, id: person.pid, value: encodePerson(person, this.#features) })
    }
    this.#pending = new Map()
    this.#dirty = []
    this.#draining.push(persons)
    return puts
  }

  /** The oldest drained rows are in the store: their persons may leave the memory. */
  settle(): void {
    this.#settled++
    this.#absentBefore = this.#absent
    this.#absent = new Set()
    for (const person of this.#draining.shift() ?? []) {
      person.draining--
      if (this.#cache.get(person.pid) === person) this.#cache.measure(person)
    }
    this.#shrink()
  }

  /** Persons in memory and their estimated bytes, for the status page. */
  get memory(): { readonly persons: number; readonly bytes: number } {
    return { persons: this.#cache.size, bytes: this.#cache.bytes }
  }

  async #findStored(identifiers: readonly Identifier[]): Promise<Profile | undefined> {
    const usable = this.#policy.usable(identifiers)
    const missing = usable.filter((one) => this.#graph.lookup(one) === undefined)
    if (missing.length > 0) await this.#load(missing.map(identifierKey), 0)
    const person = this.#graph.resolve(usable).persons[0]
    if (person !== undefined) this.#cache.use(person)
    return person
  }

  #identifiersToResolve(event: AttuneEvent): readonly Identifier[] {
    const { previousId } = event
    if (previousId === undefined) return this.#policy.usable(event.identifiers)
    const former = { type: 'user_id', value: previousId }
    const type =
      this.#graph.lookup(former) === undefined ||
      this.#graph.lookup({ ...former, type: 'anonymous_id' })
        ? 'anonymous_id'
        : 'user_id'
    return this.#policy.usable([...event.identifiers, { type, value: previousId }])
  }

  #resolve(identifiers: readonly Identifier[]): Resolution {
    for (const identifier of identifiers) {
      if (this.#graph.lookup(identifier) !== undefined) continue
      if (!this.#isAbsent(identifierKey(identifier))) {
        throw profilesErrors.PROFILES_NOT_PREFETCHED(
          `an identifier of type ${identifier.type} was not loaded`,
        )
      }
    }
    return this.#graph.resolve(identifiers)
  }

  /** Makes one person of a resolution: a new one, the known one, or the oldest of several. */
  #unite(
    { persons, kept }: Resolution,
    at: LogPlace,
    time: number,
  ): { person: Person; merged: readonly string[] } {
    const person = persons.length === 0 ? this.#create(at, time) : oldestOf(persons)
    let merged: readonly string[] = NONE
    if (persons.length > 1) {
      const others = persons.filter((one) => one !== person)
      for (const other of others) this.#absorb(person, other)
      merged = others.map(({ pid }) => pid)
      const record = { what: 'merge', ...at, time, others: merged, identifiers: kept } as const
      this.#put(mergeRow(person.pid, record))
    }
    for (const identifier of kept) {
      if (this.#graph.lookup(identifier) === undefined) this.#own(person, identifier)
    }
    person.identifiers = withIdentifiers(person.identifiers, kept)
    return { person, merged }
  }

  #create({ offset, index }: LogPlace, time: number): Person {
    const pid = hmacHex(this.#options.salt, `${offset}:${index}`).slice(0, 16)
    const head = {
      pid,
      createdOffset: offset,
      createdIndex: index,
      createdAt: time,
      seenAt: time,
      events: 0,
      identifiers: NONE,
    }
    const person = new Person(head, undefined, this.#features)
    this.#cache.add(person)
    return person
  }

  #absorb(person: Person, other: Person): void {
    for (const identifier of other.identifiers) this.#own(person, identifier)
    mergePersons(person, other, this.#features)
    this.#cache.remove(other)
    other.dirty = false
    this.#put({ kind: PROFILE_KIND, id: other.pid, value: encodeRedirect(person.pid) })
  }

  #own(person: Person, identifier: Identifier): void {
    this.#graph.set(identifier, person)
    const id = identifierKey(identifier)
    this.#forgetAbsent(id)
    this.#put({ kind: IDENTITY_KIND, id, value: encodePid(person.pid) })
  }

  #record(
    person: Person,
    event: AttuneEvent,
    interactions: readonly ItemInteraction[],
    time: number,
  ): void {
    person.events++
    if (time > person.seenAt) person.seenAt = time
    if (time < person.createdAt) person.createdAt = time
    for (const _ in event.traits) {
      person.traits = mergeTraits(person.traits, event.traits)
      break
    }
    if (event.groupId !== undefined) person.links = withGroup(person.links, event.groupId)
    if (interactions.length > 0) {
      person.history = withInteractions(person.history, interactions, time)
      const bought = withBought(person.bought, interactions)
      if (bought !== person.bought) person.bought = bought
    }
    person.recent = withRecent(person.recent, event.name, time, interactions[0]?.number)
    const featureEvent = this.#event
    featureEvent.type = event.type
    featureEvent.name = event.name
    featureEvent.time = time
    featureEvent.interactions = interactions
    if (this.#features.write(featureEvent, person.states)) person.touch(SECTION.features)
    this.#changed(person)
  }

  #logDrops(person: Person, dropped: readonly Identifier[], at: LogPlace, time: number): void {
    const fresh = dropped.filter((one) => !person.links.drops.includes(identifierKey(one)))
    if (fresh.length === 0) return
    for (const one of fresh) person.links = withDrop(person.links, identifierKey(one))
    const record = { what: 'drop', ...at, time, others: NONE, identifiers: fresh } as const
    this.#put(mergeRow(person.pid, record))
  }

  #changed(person: Person): void {
    this.#cache.use(person)
    if (person.dirty) return
    person.dirty = true
    this.#dirty.push(person)
  }

  #put(put: StatePut): void {
    this.#pending.set(`${put.kind}/${put.id}`, put)
  }

  /** Reads persons by identity keys. When a commit lands meanwhile, what was read may be old: read again. */
  async #load(keys: readonly string[], pinned: number): Promise<void> {
    const { state } = this.#options
    for (;;) {
      const version = this.#settled
      const pids = await state.getMany(IDENTITY_KIND, keys)
      const wanted = new Set<string>()
      for (const pid of pids) if (pid !== undefined) wanted.add(decodePid(pid))
      const ids = [...wanted].filter((pid) => this.#cache.get(pid) === undefined)
      const rows = ids.length === 0 ? NONE : await state.getMany(PROFILE_KIND, ids)
      if (version !== this.#settled) continue
      this.#install(ids, rows, pinned)
      for (let i = 0; pinned > 0 && i < keys.length; i++) {
        if (pids[i] === undefined) this.#absent.add(keys[i] as string)
      }
      this.#shrink()
      return
    }
  }

  #install(
    pids: readonly string[],
    rows: readonly (Uint8Array | undefined)[],
    pinned: number,
  ): void {
    for (let i = 0; i < pids.length; i++) {
      const row = rows[i]
      const pid = pids[i] as string
      if (row === undefined || this.#cache.get(pid) !== undefined || redirectOf(row) !== undefined)
        continue
      const person = decodePerson(pid, row, this.#features)
      if (person.identifiers.some((one) => this.#graph.lookup(one) !== undefined)) continue
      person.pinned = pinned
      this.#cache.add(person)
    }
  }

  #isAbsent(key: string): boolean {
    return this.#absent.has(key) || this.#absentBefore.has(key)
  }

  #forgetAbsent(key: string): void {
    this.#absent.delete(key)
    this.#absentBefore.delete(key)
  }

  #shrink(): void {
    const settled = this.#settled
    this.#cache.shrink(
      (person) => !person.dirty && person.draining === 0 && person.pinned <= settled,
      (person) => {
        for (const identifier of person.identifiers) this.#forgetAbsent(identifierKey(identifier))
      },
    )
  }
}

function oldestOf(persons: readonly Person[]): Person {
  return persons.reduce((oldest, one) => {
    const earlier =
      one.createdOffset < oldest.createdOffset ||
      (one.createdOffset === oldest.createdOffset && one.createdIndex < oldest.createdIndex)
    return earlier ? one : oldest
  })
}

function duplicateOf(person: Person, interactions: readonly ItemInteraction[]): Applied {
  return {
    pid: person.pid,
    outcome: 'duplicate',
    profile: person,
    historyBefore: () => person.history,
    match: interactions.map(() => undefined),
    merged: NONE,
    dropped: NONE,
  }
}
