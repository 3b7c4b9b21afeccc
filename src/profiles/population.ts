import { hmacHex } from '../base/index.ts'
import type { AttuneEvent, Identifier } from '../events/index.ts'
import type { StatePut } from '../store/index.ts'
import {
  type Applied,
  duplicateOf,
  HISTORY_READ,
  isDuplicate,
  matchesOf,
  type Message,
  messageOf,
} from './applied.ts'
import { profilesErrors } from './errors.ts'
import type { FeatureEvent } from './features/feature.ts'
import { isLate } from './history.ts'
import { IdentityGraph, type Resolution, withIdentifiers } from './identityGraph.ts'
import { identifierKey, type IdentityPolicy } from './identityRules.ts'
import { withApart, withDrop, withGroup } from './links.ts'
import { type LogPlace, mergeRow } from './mergeLog.ts'
import { mergePersons } from './mergePersons.ts'
import { type Household, Person, SECTION } from './person.ts'
import { PersonCache } from './personCache.ts'
import {
  changePerson,
  encodePid,
  encodeRedirect,
  type PersonChange,
  startPerson,
} from './personRow.ts'
import type { ItemInteraction } from './itemInteraction.ts'
import type { ShownList } from './profile.ts'
import { type Happening, recordEvent } from './recordEvent.ts'
import { RowReader, RowWriter } from './rowBytes.ts'
import { RowCopies } from './rowCopies.ts'
import { appendShown } from './shownLists.ts'
import { mergeTraits } from './traits.ts'

export const PROFILE_KIND = 'profile'
/** What a person was shown; by pid, as the profile. A row of its own: decisions write nothing else. */
export const SHOWN_KIND = 'shown'
export const IDENTITY_KIND = 'identity'

/** A decision that was answered: who asked and which lists were shown. */
export interface DecisionRecord {
  readonly identifiers: readonly Identifier[]
  readonly lists: readonly ShownList[]
}

export interface PopulationOptions {
  readonly household: Household
  readonly policy: IdentityPolicy
  readonly salt: string
  readonly cacheBytes: number
  readonly attributeCode: (item: number, path: string) => number
  /** Whether the store certainly has no person with this identifier (asked when none is in memory). */
  readonly isAbsent: (key: string) => boolean
  /** Pairs of identifier keys that no person may hold both of. */
  readonly forbidden?: readonly (readonly [string, string])[]
}

/** Persons of one part of a drain: about a quarter of a millisecond. */
const PERSONS_A_PART = 128
/** Kinds of the rows that are a person. */
const ROW_KINDS: ReadonlySet<string> = new Set([PROFILE_KIND, SHOWN_KIND])
const NONE: readonly never[] = Object.freeze([])
const reader = new RowReader()
const writer = new RowWriter()

/**
 * The persons in memory and what an event does to them: resolve identities, merge, record. Synchronous,
 * without clock or randomness: the rows are a function of the events in their order.
 */
export class Population {
  readonly graph: IdentityGraph
  readonly cache: PersonCache
  /** Persons made since the start, less those that became part of another. */
  grown = 0
  readonly #options: PopulationOptions
  readonly #household: Household
  readonly #policy: IdentityPolicy
  readonly #forFeatures: { -readonly [K in keyof FeatureEvent]: FeatureEvent[K] }
  /** Identity, redirect and merge-log rows that wait for the next drain, by kind and id. */
  #pending = new Map<string, StatePut>()
  #dirty: Person[] = []

  constructor(options: PopulationOptions) {
    this.#options = options
    this.#household = options.household
    this.#policy = options.policy
    this.graph = new IdentityGraph(options.policy, options.forbidden ?? NONE)
    this.cache = new PersonCache(this.graph, options.household.arena, options.cacheBytes)
    this.#forFeatures = {
      type: 'track',
      name: '',
      time: 0,
      interactions: NONE,
      ...attributesOf(options),
    }
  }

  /** As Persons.apply. */
  apply(
    event: AttuneEvent,
    interactions: readonly ItemInteraction[],
    at: LogPlace,
  ): Applied | undefined {
    const known =
      event.previousId === undefined ? this.graph.personOfAll(event.identifiers) : undefined
    if (known?.whole === true) return this.#applyTo(known, NONE, NONE, event, interactions)
    const identifiers = this.#identifiersToResolve(event)
    if (identifiers.length === 0) return undefined
    const resolution = this.#resolve(identifiers)
    for (const { whole } of resolution.persons) if (!whole) throw notPrefetched('the message ids')
    const message = messageOf(event)
    const duplicate = resolution.persons.find((one) => isDuplicate(one, message))
    if (duplicate !== undefined) return duplicateOf(duplicate, interactions)
    const { person, merged } = this.#unite(resolution, at, Math.trunc(event.timestamp))
    this.#logDrops(person, resolution.dropped, at, Math.trunc(event.timestamp))
    return this.#applyTo(person, merged, resolution.dropped, event, interactions)
  }

  /** As Persons.applyDecision. */
  applyDecision(record: DecisionRecord, at: LogPlace): { readonly pid: string } | undefined {
    const person = this.graph.personOfAll(record.identifiers) ?? this.#shownTo(record, at)
    if (person === undefined) return undefined
    const { placements } = this.#household.dictionaries
    writer.reset()
    appendShown(person.openShown(reader), record.lists, placements, writer)
    person.storeShown(writer)
    this.#markShown(person)
    return { pid: person.pid }
  }

  /** The first known person of a decision, else a new one; undefined without a usable identifier. */
  #shownTo({ identifiers, lists }: DecisionRecord, at: LogPlace): Person | undefined {
    const usable = this.#policy.usable(identifiers)
    if (usable.length === 0) return undefined
    const resolution = this.#resolve(usable)
    return resolution.persons[0] ?? this.#unite(resolution, at, lists[0]?.time ?? 0).person
  }

  /** Identifiers that decide whom an event belongs to, best first. */
  #identifiersToResolve(event: AttuneEvent): readonly Identifier[] {
    const { previousId } = event
    if (previousId === undefined) return this.#policy.usable(event.identifiers)
    const userId = { type: 'user_id', value: previousId }
    const anonymousId = { type: 'anonymous_id', value: previousId }
    const isUser =
      this.graph.lookup(userId) !== undefined && this.graph.lookup(anonymousId) === undefined
    return this.#policy.usable([...event.identifiers, isUser ? userId : anonymousId])
  }

  /**
   * Adds a person as it is stored, `whole` or without the message ids.
   * @returns undefined when one of its identifiers has become another's meanwhile
   */
  install(pid: string, row: Uint8Array, shown: Uint8Array | undefined, whole: boolean) {
    const person = new Person(pid, this.#household)
    if (whole) person.load(row)
    else person.loadForReading(Buffer.from(row.buffer, row.byteOffset, row.length))
    if (shown !== undefined) person.loadShown(shown)
    const { identifiers } = person
    if (identifiers.some((one) => this.graph.lookup(one) !== undefined)) {
      person.release()
      return undefined
    }
    person.fold()
    this.cache.add(person)
    for (const identifier of identifiers) this.graph.set(identifier, person)
    return person
  }

  /**
   * Puts the persons of another population into the place of one of this one (an un-merge).
   * @returns their pids, the oldest first
   */
  replace(person: Person, replay: Population): readonly string[] {
    for (const identifier of person.identifiers) {
      this.graph.delete(identifier)
      this.put({ kind: IDENTITY_KIND, id: identifierKey(identifier), value: undefined })
    }
    this.#forget(person)
    const { parts, persons } = replay.drain()
    const oldestFirst = [...persons].sort((a, b) => (isOlder(a, b) ? -1 : 1))
    const pids = oldestFirst.map(({ pid }) => pid)
    if (pids[0] !== undefined && !pids.includes(person.pid)) {
      this.put({ kind: PROFILE_KIND, id: person.pid, value: encodeRedirect(pids[0]) })
    }
    for (const put of [...parts].flat())
      if (!ROW_KINDS.has(put.kind) || !pids.includes(put.id)) this.put(put)
    for (const one of oldestFirst) this.#adopt(one, replay)
    return pids
  }

  /** Gives all memory back. */
  clear(): void {
    for (const person of this.#dirty)
      if (this.cache.get(person.pid) === person) this.cache.remove(person)
  }

  #adopt(person: Person, replay: Population): void {
    const { pid } = person
    for (const kind of ROW_KINDS) this.#pending.delete(`${kind}/${pid}`)
    const adopted = this.install(pid, person.row(), person.shownRow(), true)
    if (adopted === undefined)
      throw new Error(`the rebuilt person ${pid} has a stranger's identifier`)
    this.markDirty(adopted)
    this.#markShown(adopted)
    replay.cache.remove(person)
  }

  put(put: StatePut): void {
    this.#pending.set(`${put.kind}/${put.id}`, put)
  }

  markDirty(person: Person): void {
    person.used = true
    if (person.dirty) return
    if (!person.shownDirty) this.#dirty.push(person)
    person.dirty = true
  }

  #markShown(person: Person): void {
    person.used = true
    if (person.shownDirty) return
    if (!person.dirty) this.#dirty.push(person)
    person.shownDirty = true
  }

  /**
   * Rows that changed since the last drain, in parts that are made when they are asked for, and the persons whose rows are
   * among them. Nothing may be applied before the last part.
   */
  drain(): { readonly parts: Iterable<readonly StatePut[]>; readonly persons: readonly Person[] } {
    const persons = this.#dirty.filter(({ dirty, shownDirty }) => dirty || shownDirty)
    const parts = partsOf([...this.#pending.values()], persons)
    this.#pending = new Map()
    this.#dirty = []
    return { parts, persons }
  }

  #applyTo(
    person: Person,
    merged: readonly string[],
    dropped: readonly Identifier[],
    event: AttuneEvent,
    interactions: readonly ItemInteraction[],
  ): Applied {
    const message = messageOf(event)
    if (isDuplicate(person, message)) return duplicateOf(person, interactions)
    const time = Math.trunc(event.timestamp)
    const added = interactions.length
    const before =
      added > 0 && isLate(person.openSection(reader, SECTION.history), time)
        ? person.entries
        : undefined
    const match = matchesOf(person, event, interactions, time)
    this.#describe(person, event)
    recordEvent(person, this.#happening(event, message, interactions, time), this.#household)
    this.markDirty(person)
    return {
      pid: person.pid,
      outcome: 'applied',
      profile: person,
      historyBefore: (limit = HISTORY_READ) =>
        before?.slice(-limit) ?? person.readHistory(limit, added),
      match,
      merged,
      dropped,
    }
  }

  #happening(
    event: AttuneEvent,
    { hash, arrival }: Message,
    interactions: readonly ItemInteraction[],
    time: number,
  ): Happening {
    const forFeatures = this.#forFeatures
    forFeatures.type = event.type
    forFeatures.name = event.name
    forFeatures.time = time
    forFeatures.interactions = interactions
    return {
      interactions,
      time,
      name: this.#household.dictionaries.names.intern(event.name),
      message: hash,
      arrival,
      forFeatures,
    }
  }

  /** Takes over traits and groups; rare, so it rewrites the row by itself. */
  #describe(person: Person, event: AttuneEvent): void {
    const { groupId, traits } = event
    if (groupId !== undefined) {
      const links = withGroup(person.links, groupId)
      if (links !== person.links) this.#change(person, { links })
    }
    for (const _ in traits) {
      this.#change(person, { traits: mergeTraits(person.traits, traits) })
      break
    }
  }

  #change(person: Person, change: PersonChange): void {
    changePerson(person, change, this.#household)
    this.markDirty(person)
  }

  #resolve(identifiers: readonly Identifier[]): Resolution {
    for (const identifier of identifiers) {
      if (this.graph.lookup(identifier) !== undefined) continue
      if (!this.#options.isAbsent(identifierKey(identifier))) {
        throw notPrefetched(`an identifier of type ${identifier.type}`)
      }
    }
    return this.graph.resolve(identifiers)
  }

  /** Makes one person of a resolution: a new one, the known one, or the oldest of several. */
  #unite(
    { persons, kept }: Resolution,
    at: LogPlace,
    time: number,
  ): { person: Person; merged: readonly string[] } {
    const person = persons.length === 0 ? this.#create(at, time) : oldestOf(persons)
    const others = persons.filter((one) => one !== person)
    const merged = others.map(({ pid }) => pid)
    for (const other of others) this.#absorb(person, other)
    if (others.length > 0) {
      const record = {
        what: 'merge',
        ...placeOf(at),
        time,
        others: merged,
        identifiers: kept,
      } as const
      this.put(mergeRow(person.pid, record))
    }
    const identifiers = withIdentifiers(person.identifiers, kept)
    if (identifiers !== person.identifiers) {
      for (const one of kept) if (this.graph.lookup(one) === undefined) this.#own(person, one)
      this.#change(person, { identifiers, links: this.#linksOf(person, kept) })
    }
    return { person, merged }
  }

  /** In a replay with a forbidden pair, who gets one of the two must never get the other. */
  #linksOf(person: Person, identifiers: readonly Identifier[]): Person['links'] {
    let { links } = person
    for (const [a, b] of this.#options.forbidden ?? NONE) {
      for (const identifier of identifiers) {
        const key = identifierKey(identifier)
        if (key === a) links = withApart(links, a, b)
        if (key === b) links = withApart(links, b, a)
      }
    }
    return links
  }

  #create({ offset, index }: LogPlace, time: number): Person {
    const pid = hmacHex(this.#options.salt, `${offset}:${index}`).slice(0, 16)
    const person = new Person(pid, this.#household)
    startPerson(person, {
      createdOffset: offset,
      createdIndex: index,
      createdAt: time,
      seenAt: time,
      events: 0,
    })
    this.cache.add(person)
    this.grown++
    return person
  }

  #absorb(person: Person, other: Person): void {
    for (const identifier of other.identifiers) this.#own(person, identifier)
    mergePersons(person, other, this.#household)
    this.markDirty(person)
    if (other.wasShownAnything) this.#markShown(person)
    this.#forget(other)
    this.grown--
    this.put({ kind: PROFILE_KIND, id: other.pid, value: encodeRedirect(person.pid) })
  }

  /** Takes a person out; its profile row is the caller's business. */
  #forget(person: Person): void {
    const { pid } = person
    if (person.wasShownAnything) this.put({ kind: SHOWN_KIND, id: pid, value: undefined })
    person.dirty = false
    person.shownDirty = false
    this.cache.remove(person)
  }

  #own(person: Person, identifier: Identifier): void {
    this.graph.set(identifier, person)
    this.put({ kind: IDENTITY_KIND, id: identifierKey(identifier), value: encodePid(person.pid) })
  }

  #logDrops(person: Person, dropped: readonly Identifier[], at: LogPlace, time: number): void {
    if (dropped.length === 0) return
    const logged = person.links.drops
    const fresh = dropped.filter((one) => !logged.includes(identifierKey(one)))
    if (fresh.length === 0) return
    const links = fresh.reduce((all, one) => withDrop(all, identifierKey(one)), person.links)
    this.#change(person, { links })
    const record = { what: 'drop', ...placeOf(at), time, others: NONE, identifiers: fresh } as const
    this.put(mergeRow(person.pid, record))
  }
}

function* partsOf(
  first: readonly StatePut[],
  persons: readonly Person[],
): Generator<readonly StatePut[]> {
  if (first.length > 0) yield first
  for (let from = 0; from < persons.length; from += PERSONS_A_PART) {
    yield rowsOf(persons.slice(from, from + PERSONS_A_PART))
  }
}

/** The rows of these persons, which have none to be written any more. */
function rowsOf(persons: readonly Person[]): readonly StatePut[] {
  const copies = new RowCopies(persons)
  const puts: StatePut[] = []
  for (const person of persons) {
    const { pid, dirty, shownDirty } = person
    if (dirty) puts.push({ kind: PROFILE_KIND, id: pid, value: copies.row(person) })
    if (shownDirty) puts.push({ kind: SHOWN_KIND, id: pid, value: copies.shownRow(person) })
    person.dirty = false
    person.shownDirty = false
  }
  return puts
}

function attributesOf({
  attributeCode,
  household,
}: PopulationOptions): Pick<FeatureEvent, 'attribute' | 'attributeCode'> {
  return {
    attributeCode,
    attribute(item, path) {
      const code = attributeCode(item, path)
      return code < 0 ? undefined : household.attributeText(path, code)
    },
  }
}

function notPrefetched(what: string): Error {
  return profilesErrors.PROFILES_NOT_PREFETCHED(`${what} was not loaded`)
}

function placeOf({ offset, index }: LogPlace): LogPlace {
  return { offset, index }
}

function oldestOf(persons: readonly Person[]): Person {
  return persons.reduce((oldest, one) => (isOlder(one, oldest) ? one : oldest))
}

function isOlder(one: Person, other: Person): boolean {
  const a = one.head
  const b = other.head
  if (a.createdOffset !== b.createdOffset) return a.createdOffset < b.createdOffset
  return a.createdIndex < b.createdIndex
}
