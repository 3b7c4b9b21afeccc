import type { JsonObject } from '../base/index.ts'
import type { Identifier } from '../events/index.ts'
import type { FeatureValue } from './features/feature.ts'
import type { FeatureSet, FeatureStates } from './features/featureSet.ts'
import { decodeHistory, decodeNumbers } from './history.ts'
import { decodeMessages, emptyMessages, type MessageRing } from './messageRing.ts'
import type { HistoryEntry, Profile, RecentEvent, ShownList } from './profile.ts'
import { decodeRecent } from './recentEvents.ts'
import { decodeLinks, emptyLinks, type Links } from './links.ts'
import { RowReader } from './rowBytes.ts'
import { decodeShown } from './shownLists.ts'

/** Sections of a row, in stored order; each is read when first asked for. */
export const SECTION = {
  traits: 0,
  links: 1,
  history: 2,
  bought: 3,
  shown: 4,
  recent: 5,
  messages: 6,
  features: 7,
} as const
export const SECTIONS = 8

const NO_TRAITS: JsonObject = {}
const reader = new RowReader()

/** What a row says before its sections. */
export interface PersonHead {
  readonly pid: string
  readonly createdOffset: number
  readonly createdIndex: number
  createdAt: number
  seenAt: number
  events: number
  identifiers: readonly Identifier[]
}

/** Place of a person's stored sections. */
export interface StoredSections {
  readonly row: Uint8Array
  /** Where the lengths of the sections begin. */
  readonly directory: number
}

/**
 * One person in memory: the head, and the sections either as stored bytes or as read values. What was
 * not asked for costs no reading, and what did not change is written back as the bytes it came from.
 */
export class Person implements Profile {
  readonly pid: string
  readonly createdOffset: number
  readonly createdIndex: number
  createdAt: number
  seenAt: number
  events: number
  identifiers: readonly Identifier[]

  stored: StoredSections | undefined
  /** Bit per section: the read value is newer than the stored bytes. */
  changed = 0

  /** Bookkeeping of the cache that holds the person. */
  older: Person | undefined
  newer: Person | undefined
  bytes = 0
  dirty = false
  draining = 0
  pinned = 0

  readonly #features: FeatureSet
  #traits: JsonObject | undefined
  #links: Links | undefined
  #history: readonly HistoryEntry[] | undefined
  #bought: readonly number[] | undefined
  #shown: readonly ShownList[] | undefined
  #recent: readonly RecentEvent[] | undefined
  #messages: MessageRing | undefined
  #states: FeatureStates | undefined

  constructor(head: PersonHead, stored: StoredSections | undefined, features: FeatureSet) {
    this.pid = head.pid
    this.createdOffset = head.createdOffset
    this.createdIndex = head.createdIndex
    this.createdAt = head.createdAt
    this.seenAt = head.seenAt
    this.events = head.events
    this.identifiers = head.identifiers
    this.stored = stored
    this.#features = features
    if (stored === undefined) this.changed = (1 << SECTIONS) - 1
  }

  get traits(): JsonObject {
    if (this.#traits === undefined) {
      const text = this.#open(SECTION.traits)?.text() ?? ''
      this.#traits = text === '' ? NO_TRAITS : (JSON.parse(text) as JsonObject)
    }
    return this.#traits
  }

  set traits(traits: JsonObject) {
    this.#traits = traits
    this.changed |= 1 << SECTION.traits
  }

  get links(): Links {
    return (this.#links ??= this.#read(SECTION.links, decodeLinks, emptyLinks))
  }

  set links(links: Links) {
    this.#links = links
    this.changed |= 1 << SECTION.links
  }

  get groups(): readonly string[] {
    return this.links.groups
  }

  /** Keys of identifiers that must never become part of this person. */
  get apart(): readonly string[] {
    return this.links.apart
  }

  get history(): readonly HistoryEntry[] {
    return (this.#history ??= this.#read(SECTION.history, decodeHistory, emptyList))
  }

  set history(history: readonly HistoryEntry[]) {
    this.#history = history
    this.changed |= 1 << SECTION.history
  }

  get bought(): readonly number[] {
    return (this.#bought ??= this.#read<readonly number[]>(
      SECTION.bought,
      decodeNumbers,
      emptyList,
    ))
  }

  set bought(bought: readonly number[]) {
    this.#bought = bought
    this.changed |= 1 << SECTION.bought
  }

  get shown(): readonly ShownList[] {
    return (this.#shown ??= this.#read(SECTION.shown, decodeShown, emptyList))
  }

  set shown(shown: readonly ShownList[]) {
    this.#shown = shown
    this.changed |= 1 << SECTION.shown
  }

  get recent(): readonly RecentEvent[] {
    return (this.#recent ??= this.#read(SECTION.recent, decodeRecent, emptyList))
  }

  set recent(recent: readonly RecentEvent[]) {
    this.#recent = recent
    this.changed |= 1 << SECTION.recent
  }

  /** Changed in place; whoever does so says so with `touch`. */
  get messages(): MessageRing {
    return (this.#messages ??= this.#read(SECTION.messages, decodeMessages, emptyMessages))
  }

  set messages(messages: MessageRing) {
    this.#messages = messages
    this.touch(SECTION.messages)
  }

  /** Changed in place; whoever does so says so with `touch`. */
  get states(): FeatureStates {
    return (this.#states ??= this.#read(
      SECTION.features,
      (from) => this.#features.decode(from),
      () => this.#features.empty(),
    ))
  }

  set states(states: FeatureStates) {
    this.#states = states
    this.touch(SECTION.features)
  }

  feature(name: string, now: number): FeatureValue | undefined {
    return this.#features.value(name, this.states, now)
  }

  touch(section: number): void {
    this.changed |= 1 << section
  }

  /** No section is in memory as a value. */
  get folded(): boolean {
    return (
      this.#history === undefined &&
      this.#messages === undefined &&
      this.#states === undefined &&
      this.#recent === undefined &&
      this.#shown === undefined
    )
  }

  /** Forgets the read values: all of them are in `stored`. */
  fold(): void {
    this.#traits = undefined
    this.#links = undefined
    this.#history = undefined
    this.#bought = undefined
    this.#shown = undefined
    this.#recent = undefined
    this.#messages = undefined
    this.#states = undefined
  }

  #read<T>(section: number, decode: (from: RowReader) => T, empty: () => T): T {
    const from = this.#open(section)
    return from === undefined ? empty() : decode(from)
  }

  /** A reader at a stored section; undefined when there is none or it is empty. */
  #open(section: number): RowReader | undefined {
    if (this.stored === undefined) return undefined
    const { row, directory } = this.stored
    const from = reader.open(row, directory)
    let skip = 0
    let length = 0
    for (let i = 0; i < SECTIONS; i++) {
      if (i < section) skip += from.varint()
      else if (i === section) length = from.varint()
      else from.varint()
    }
    from.at += skip
    return length === 0 ? undefined : from
  }
}

const EMPTY: readonly never[] = Object.freeze([])
function emptyList(): readonly never[] {
  return EMPTY
}
