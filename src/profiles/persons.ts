import type { AttuneEvent, Identifier } from '../events/index.ts'
import type { StatePut, StateStore } from '../store/index.ts'
import { profilesErrors } from './errors.ts'
import type { AttributeText, FeatureDeclaration } from './features/feature.ts'
import { FeatureSet } from './features/featureSet.ts'
import {
  identifierKey,
  IdentityPolicy,
  type IdentityRules,
  sameIdentifier,
} from './identityRules.ts'
import { apartPairs } from './links.ts'
import { type LogPlace, mergeRow, readMerges } from './mergeLog.ts'
import { type Household, Person } from './person.ts'
import { decodePid, redirectOf } from './personRow.ts'
import type { Applied } from './applied.ts'
import {
  type DecisionRecord,
  IDENTITY_KIND,
  Population,
  PROFILE_KIND,
  SHOWN_KIND,
} from './population.ts'
import type { ItemInteraction } from './itemInteraction.ts'
import type { Profile } from './profile.ts'
import { type ProfileView, viewOf } from './profileView.ts'
import { RowArena } from './rowArena.ts'
import { emptyDictionaries } from './terms.ts'
import { type PersonRecord, replayPerson, type Unmerge } from './unmerge.ts'

export interface PersonsOptions {
  readonly state: StateStore
  /** Secret of the workspace: without it a pid cannot be traced to its place in the log. */
  readonly salt: string
  readonly features: readonly FeatureDeclaration[]
  /** Memory for persons that are neither pinned nor waiting to be written, bytes (estimated). */
  readonly cacheBytes: number
  /** The catalogue's code of an item's first value of an attribute, for ever the same; -1 when unknown. */
  readonly attributeCode: (item: number, path: string) => number
  /** Text of such a code. */
  readonly attributeText: AttributeText
  readonly rules?: Partial<IdentityRules>
}

/** Lines of identity history in a view. */
const MERGES_SHOWN = 100
const NONE: readonly never[] = Object.freeze([])

/** Identifiers that must be prefetched for an event: its own, and for an alias the former one. */
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
  readonly #state: StateStore
  readonly #policy: IdentityPolicy
  readonly #household: Household
  readonly #population: Population
  /** Identity keys that the store does not have; those found before the previous settle are forgotten. */
  #absent = new Set<string>()
  #absentBefore = new Set<string>()
  readonly #draining: (readonly Person[])[] = []
  #settled = 0
  #dictionariesLoaded: Promise<unknown> | undefined

  /** @throws PROFILES_FEATURE_CLASH */
  constructor(options: PersonsOptions) {
    this.#options = options
    this.#state = options.state
    this.#policy = new IdentityPolicy(options.rules)
    this.#household = {
      arena: new RowArena(),
      features: new FeatureSet(options.features),
      dictionaries: emptyDictionaries(),
      attributeText: options.attributeText,
    }
    this.#population = new Population({
      ...options,
      household: this.#household,
      policy: this.#policy,
      isAbsent: (key) => this.#absent.has(key) || this.#absentBefore.has(key),
    })
  }

  /**
   * Loads whom the identifiers name, so that `apply` can be synchronous: with `identifiersOf` of events, and for
   * `applyDecision`, which needs less of them, with those of decisions. The persons stay in memory until the second settle
   * after this.
   */
  async prefetch(
    ofEvents: readonly (readonly Identifier[])[],
    ofDecisions: readonly (readonly Identifier[])[] = NONE,
  ): Promise<void> {
    const pinned = this.#settled + 2
    const missing = this.#pin(ofEvents, pinned, true)
    if (missing.length > 0) await this.#load(missing, pinned, true)
    const unknown = this.#pin(ofDecisions, pinned, false)
    if (unknown.length > 0) await this.#load(unknown, pinned, false)
  }

  /** Keeps persons in memory. @returns the keys of those that are not there, or not whole when they should be */
  #pin(sets: readonly (readonly Identifier[])[], pinned: number, whole: boolean): string[] {
    const missing = new Set<string>()
    for (const set of sets) {
      for (const identifier of set) {
        const person = this.#population.graph.lookup(identifier)
        if (person !== undefined) person.pinned = pinned
        const isThere = person !== undefined && (person.whole || !whole)
        if (!isThere && this.#policy.isUsable(identifier)) missing.add(identifierKey(identifier))
      }
    }
    return [...missing]
  }

  /**
   * Applies one event. Synchronous; prefetch must have been awaited for `identifiersOf(event)`.
   * @returns undefined when the event has no usable identifier: it belongs to nobody
   * @throws PROFILES_NOT_PREFETCHED
   */
  apply(
    event: AttuneEvent,
    interactions: readonly ItemInteraction[],
    at: LogPlace,
  ): Applied | undefined {
    return this.#population.apply(event, interactions, at)
  }

  /**
   * Remembers what was shown; prefetch as for events. The person is the first known one among the
   * identifiers (an answer merges nobody); if none is known, a person with these identifiers is made,
   * so that the click can be matched.
   */
  applyDecision(record: DecisionRecord, at: LogPlace): { readonly pid: string } | undefined {
    return this.#population.applyDecision(record, at)
  }

  /** The person that an event with these identifiers would belong to now. A cache hit costs about 1 µs. */
  async find(identifiers: readonly Identifier[]): Promise<Profile | undefined> {
    return this.#findPerson(identifiers)
  }

  /** Like `find`, when all named persons are in memory; undefined says nothing about the others. */
  findCached(identifiers: readonly Identifier[]): Profile | undefined {
    return this.#findInMemory(identifiers)
  }

  #findInMemory(identifiers: readonly Identifier[]): Person | undefined {
    const { cache, graph } = this.#population
    let person = graph.personOfAll(identifiers)
    if (person === undefined) {
      const usable = this.#policy.usable(identifiers)
      if (usable.some((one) => graph.lookup(one) === undefined)) return undefined
      person = graph.resolve(usable).persons[0]
    }
    if (person !== undefined) cache.useForReading(person)
    return person
  }

  /**
   * A person for people to read, by any identifier or by `{ type: 'pid' }` (pids of merged persons lead
   * to the survivor). Features are read at `now`; `idOf` gives the id of an item number.
   * @returns undefined when nobody has it
   */
  async view(
    identifier: Identifier,
    now: number,
    idOf: (item: number) => string,
  ): Promise<ProfileView | undefined> {
    const person =
      identifier.type === 'pid'
        ? await this.#findPid(identifier.value)
        : await this.#findPerson([identifier])
    if (person === undefined) return undefined
    const merges = await readMerges(this.#state, person.pid, MERGES_SHOWN)
    return viewOf(person, this.#household, merges, now, idOf)
  }

  /**
   * Takes two identifiers of one person apart for good: rebuilds the person from its records, oldest
   * first, as if whatever joined the two had been dropped, and forbids that they meet again. `records` may
   * hold more than the person's own; they are passed over. No event may be applied meanwhile; the same
   * command at the same place of the log gives the same rows in every replay.
   * @returns pids of the resulting persons, the oldest first
   * @throws PROFILES_NOT_MERGED, PROFILES_HISTORY_TRIMMED; nothing has changed then
   */
  async unmerge(
    unmerge: Unmerge,
    records: AsyncIterable<PersonRecord>,
    at: LogPlace & { readonly time: number },
  ): Promise<{ readonly pids: readonly string[] }> {
    const pair = [unmerge.first, unmerge.second]
    await this.prefetch([pair])
    const person = this.#population.graph.personOfAll(pair)
    if (person === undefined || sameIdentifier(unmerge.first, unmerge.second)) {
      throw profilesErrors.PROFILES_NOT_MERGED()
    }
    const keys = [identifierKey(unmerge.first), identifierKey(unmerge.second)] as const
    const population = new Population({
      ...this.#options,
      household: this.#household,
      policy: this.#policy,
      cacheBytes: Number.POSITIVE_INFINITY,
      isAbsent: () => true,
      forbidden: [...apartPairs(person.links), keys],
    })
    person.pinned = Number.POSITIVE_INFINITY
    try {
      await replayPerson({ person, policy: this.#policy, population }, records)
    } catch (error) {
      person.pinned = 0
      population.clear()
      throw error
    }
    const pids = this.#population.replace(person, population)
    this.#population.grown += pids.length - 1
    const { offset, index, time } = at
    for (const pid of pids) {
      const record = {
        what: 'split',
        offset,
        index,
        time,
        others: pids,
        identifiers: pair,
      } as const
      this.#population.put(mergeRow(pid, record))
    }
    return { pids }
  }

  /**
   * Hands over the persons of at most `limit` rows with pid > after, in the order of their pids, those in memory as they
   * are; what it hands over holds during the call alone, and says nothing of what was shown. Those for whom `each` says so
   * stay in memory while there is room, as if they had been found.
   * @returns the last pid looked at; undefined when there are no more
   */
  async visit(
    after: string,
    limit: number,
    each: (person: Profile) => boolean,
  ): Promise<string | undefined> {
    await (this.#dictionariesLoaded ??= this.#loadDictionaries())
    const version = this.#settled
    const rows = await this.#state.scan(PROFILE_KIND, after, limit)
    const ids = this.#population.cache.hasRoom ? rows.map(({ id }) => id) : NONE
    const shown = await this.#state.getMany(SHOWN_KIND, ids)
    const isCurrent = ids.length > 0 && version === this.#settled
    for (const [i, { id, value }] of rows.entries()) {
      if (redirectOf(value) !== undefined) continue
      const stays = this.#visitRow(id, value, each)
      if (stays && isCurrent && this.#population.cache.hasRoom) {
        this.#install(id, value, shown[i], false)
      }
    }
    return rows.length < limit ? undefined : rows.at(-1)?.id
  }

  #visitRow(pid: string, row: Uint8Array, each: (person: Profile) => boolean): boolean {
    const cached = this.#population.cache.get(pid)
    const person = cached ?? new Person(pid, this.#household)
    const wasRead = person.isRead
    if (cached === undefined) person.load(row)
    try {
      return each(person)
    } finally {
      if (cached === undefined) person.release()
      else if (!wasRead) person.fold()
    }
  }

  /** Rows of persons in the store, merged ones included. */
  async stored(): Promise<number> {
    return this.#state.count(PROFILE_KIND)
  }

  /**
   * Rows changed since the last drain, in parts that are made when they are asked for: take all of them before anything else
   * is applied. Call `settle` once they are committed.
   */
  *drain(): Generator<readonly StatePut[]> {
    const { parts, persons } = this.#population.drain()
    const { names, placements } = this.#household.dictionaries
    for (const person of persons) person.draining++
    this.#draining.push(persons)
    yield* parts
    yield [...names.drain(), ...placements.drain()]
  }

  /** The oldest drained rows are in the store: their persons may leave the memory. */
  settle(): void {
    this.#settled++
    this.#absentBefore = this.#absent
    this.#absent = new Set()
    for (const person of this.#draining.shift() ?? NONE) person.draining--
    this.#shrink()
  }

  /** Persons made since opening, less those that became part of another. */
  get grown(): number {
    return this.#population.grown
  }

  /** Persons in memory and their estimated bytes, for the status page. */
  get memory(): { readonly persons: number; readonly bytes: number } {
    const { bytes, size } = this.#population.cache
    return { persons: size, bytes }
  }

  async #findPerson(identifiers: readonly Identifier[]): Promise<Person | undefined> {
    return this.#findInMemory(identifiers) ?? (await this.#findStored(identifiers))
  }

  /** A merged pid leads on, each time to an older person, so this ends. */
  async #findPid(pid: string): Promise<Person | undefined> {
    let current = pid
    for (;;) {
      const person = this.#population.cache.get(current)
      if (person !== undefined) return person
      await (this.#dictionariesLoaded ??= this.#loadDictionaries())
      const version = this.#settled
      const row = await this.#state.get(PROFILE_KIND, current)
      if (version !== this.#settled) continue
      const survivor = row === undefined ? undefined : redirectOf(row)
      if (row === undefined || survivor === current) return undefined
      if (survivor === undefined) {
        const shown = await this.#state.get(SHOWN_KIND, current)
        if (version !== this.#settled) continue
        return this.#install(current, row, shown, false)
      }
      current = survivor
    }
  }

  async #findStored(identifiers: readonly Identifier[]): Promise<Person | undefined> {
    const { cache, graph } = this.#population
    const usable = this.#policy.usable(identifiers)
    const missing = usable.filter((one) => graph.lookup(one) === undefined)
    if (missing.length > 0) await this.#load(missing.map(identifierKey), 0, false)
    const person = graph.resolve(usable).persons[0]
    if (person !== undefined) cache.useForReading(person)
    return person
  }

  /** Reads persons by identity keys. When a commit lands meanwhile, what was read may be old: read again. */
  async #load(keys: readonly string[], pinned: number, whole: boolean): Promise<void> {
    await (this.#dictionariesLoaded ??= this.#loadDictionaries())
    for (;;) {
      const version = this.#settled
      const found = await this.#state.getMany(IDENTITY_KIND, keys)
      const wanted = new Set<string>()
      for (const pid of found) if (pid !== undefined) wanted.add(decodePid(pid))
      const pids = [...wanted].filter((pid) => !this.#has(pid, whole))
      const rows = pids.length === 0 ? NONE : await this.#state.getMany(PROFILE_KIND, pids)
      const shown = pids.length === 0 ? NONE : await this.#state.getMany(SHOWN_KIND, pids)
      if (version !== this.#settled) continue
      for (let i = 0; i < pids.length; i++) {
        const person = this.#install(pids[i] as string, rows[i], shown[i], whole)
        if (person !== undefined) person.pinned = Math.max(person.pinned, pinned)
      }
      if (pinned > 0) this.#rememberAbsent(keys, found)
      this.#shrink()
      return
    }
  }

  async #loadDictionaries(): Promise<void> {
    const { names, placements } = this.#household.dictionaries
    for (const terms of [names, placements]) await terms.load(this.#state)
  }

  #has(pid: string, whole: boolean): boolean {
    const person = this.#population.cache.get(pid)
    return person !== undefined && (person.whole || !whole)
  }

  /** Adds a person unless somebody else has done so meanwhile, or completes one that is not whole. */
  #install(
    pid: string,
    row: Uint8Array | undefined,
    shown: Uint8Array | undefined,
    whole: boolean,
  ): Person | undefined {
    if (row === undefined || redirectOf(row) !== undefined) return undefined
    const known = this.#population.cache.get(pid)
    if (known === undefined) return this.#population.install(pid, row, shown, whole)
    // Nothing changes the row of a person that is not whole, so the stored one is the newest.
    if (whole && !known.whole) known.load(row)
    return known
  }

  #rememberAbsent(keys: readonly string[], found: readonly (Uint8Array | undefined)[]): void {
    for (let i = 0; i < keys.length; i++) {
      if (found[i] === undefined) this.#absent.add(keys[i] as string)
    }
  }

  #shrink(): void {
    const settled = this.#settled
    this.#population.cache.shrink(
      ({ dirty, shownDirty, draining, pinned }) =>
        !dirty && !shownDirty && draining === 0 && pinned <= settled,
      (person) => {
        for (const identifier of person.identifiers) {
          const key = identifierKey(identifier)
          this.#absent.delete(key)
          this.#absentBefore.delete(key)
        }
      },
    )
  }
}
