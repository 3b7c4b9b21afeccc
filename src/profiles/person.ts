import type { JsonObject } from '../base/index.ts'
import type { Identifier } from '../events/index.ts'
import type { AttributeText, FeatureValue } from './features/feature.ts'
import type { FeatureSet, FeatureStates } from './features/featureSet.ts'
import { decodeHistory, decodeNumbers, type StoredEntry, visitHistory } from './history.ts'
import { decodeIdentifiers } from './identityRules.ts'
import { decodeLinks, emptyLinks, type Links } from './links.ts'
import { decodePlain, type PlainEvent, recentEvents } from './plainEvents.ts'
import type { HistoryEntry, Profile, RecentEvent, ShownList } from './profile.ts'
import type { RowArena } from './rowArena.ts'
import { RowReader, RowWriter } from './rowBytes.ts'
import { decodeShown } from './shownLists.ts'
import type { Dictionaries } from './terms.ts'

/** Sections of a row, in stored order. */
export const SECTION = {
  identifiers: 0,
  traits: 1,
  links: 2,
  history: 3,
  bought: 4,
  plain: 5,
  messages: 6,
  features: 7,
} as const
export const SECTIONS = 8

/** First byte of a row; a row is either a person or the trace of a merged one. */
export const FORMAT_PERSON = 1

/** What the persons of one workspace share. */
export interface Household {
  readonly arena: RowArena
  readonly features: FeatureSet
  readonly dictionaries: Dictionaries
  /** Text of the catalogue's codes. */
  readonly attributeText: AttributeText
}

/** Numbers at the beginning of a row. */
export interface PersonHead {
  readonly createdOffset: number
  readonly createdIndex: number
  readonly createdAt: number
  readonly seenAt: number
  readonly events: number
}

/** Values that were read from a row, until it changes. */
interface ReadValues {
  identifiers?: readonly Identifier[]
  traits?: JsonObject
  links?: Links
  history?: readonly StoredEntry[]
  bought?: readonly number[]
  shown?: readonly ShownList[] | undefined
  states?: FeatureStates
}

/** Where the sections of a row are: read once for those who need several. Valid until the person changes. */
export class LocatedRow {
  readonly #ends = new Int32Array(SECTIONS)
  readonly #row = new RowReader()
  #start = 0

  of(person: Person): this {
    const row = person.open(this.#row)
    const directory = row.end - 1 - (row.bytes[row.end - 1] as number)
    row.at = directory
    let total = 0
    for (let i = 0; i < SECTIONS; i++) {
      total += row.varint()
      this.#ends[i] = total
    }
    this.#start = directory - total
    return this
  }

  lengthOf(section: number): number {
    return this.endOf(section) - this.startOf(section)
  }

  startOf(section: number): number {
    return this.#start + (section === 0 ? 0 : (this.#ends[section - 1] as number))
  }

  endOf(section: number): number {
    return this.#start + (this.#ends[section] as number)
  }

  /** Sets a reader on one section; it may be empty. */
  section(from: RowReader, section: number): RowReader {
    return from.open(this.#row.bytes, this.startOf(section), this.endOf(section))
  }
}

/** Numbers of the head that stand before the last one. */
const HEAD_BEFORE_EVENTS = 4
const NO_TRAITS: JsonObject = {}
const EMPTY: readonly never[] = Object.freeze([])
const reader = new RowReader()
const located = new LocatedRow()
const writer = new RowWriter()

/**
 * One person in memory: the row itself, the row of what was shown, and on top what was read from them since they
 * last changed. The rows are the state; there is nothing that could differ from what is on disk.
 */
export class Person implements Profile {
  readonly pid: string
  /** Bookkeeping of the cache that holds the person. */
  slot = -1
  used = true
  /** The row is to be written. */
  dirty = false
  /** What was shown is to be written. */
  shownDirty = false
  draining = 0
  pinned = 0
  /** False for a person without message ids: loaded to be decided for, not to take in events. */
  whole = true

  readonly #household: Household
  #address = -1
  #length = 0
  #shownAddress = -1
  #shownLength = 0
  #read: ReadValues | undefined

  constructor(pid: string, household: Household) {
    this.pid = pid
    this.#household = household
  }

  /** Takes over a row from the store. */
  load(row: Uint8Array): void {
    this.#place(row.length)
    const { arena } = this.#household
    arena.slab(this.#address).set(row, arena.start(this.#address))
    this.whole = true
  }

  /** Takes over a row from the store without its message ids, which are a third of it and of use to events alone. */
  loadForReading(row: Buffer): void {
    const directory = row.length - 1 - (row.at(-1) as number)
    reader.open(row, directory, row.length)
    let messagesEnd = directory
    let messages = 0
    for (let i = 0; i < SECTIONS; i++) {
      const length = reader.varint()
      if (i === SECTION.messages) messages = length
      if (i > SECTION.messages) messagesEnd -= length
    }
    writer.reset()
    writer.raw(row, 0, messagesEnd - messages)
    writer.raw(row, messagesEnd, directory)
    const from = writer.at
    reader.at = directory
    for (let i = 0; i < SECTIONS; i++) {
      const length = reader.varint()
      writer.varint(i === SECTION.messages ? 0 : length)
    }
    writer.byte(writer.at - from)
    this.store(writer)
    this.whole = false
  }

  /** Takes over what a writer holds. */
  store(from: RowWriter): void {
    this.#place(from.at)
    const { arena } = this.#household
    const start = arena.start(this.#address)
    from.bytes.copy(arena.slab(this.#address), start, 0, from.at)
  }

  /** Takes over the row of what was shown. */
  loadShown(row: Uint8Array): void {
    this.#placeShown(row.length)
    if (row.length === 0) return
    const { arena } = this.#household
    arena.slab(this.#shownAddress).set(row, arena.start(this.#shownAddress))
  }

  /** Takes over what a writer holds as what was shown; nothing when it is empty. */
  storeShown(from: RowWriter): void {
    this.#placeShown(from.at)
    if (from.at === 0) return
    const { arena } = this.#household
    const start = arena.start(this.#shownAddress)
    from.bytes.copy(arena.slab(this.#shownAddress), start, 0, from.at)
  }

  /** Gives the memory back; the person must not be used afterwards. */
  release(): void {
    const { arena } = this.#household
    if (this.#address >= 0) arena.release(this.#address, arena.unitsOf(this.#length))
    this.#address = -1
    this.#length = 0
    this.#placeShown(0)
    this.#read = undefined
  }

  /** A copy of the row. */
  row(): Uint8Array {
    const from = this.open(reader)
    return new Uint8Array(from.bytes.subarray(from.at, from.end))
  }

  /** A copy of the row of what was shown; undefined when nothing was. */
  shownRow(): Uint8Array | undefined {
    if (this.#shownLength === 0) return undefined
    const from = this.openShown(reader)
    return new Uint8Array(from.bytes.subarray(from.at, from.end))
  }

  /** Sets a reader on what was shown; it may be empty. */
  openShown(from: RowReader): RowReader {
    if (this.#shownLength === 0) return from.open(from.bytes, 0, 0)
    const { arena } = this.#household
    const start = arena.start(this.#shownAddress)
    return from.open(arena.slab(this.#shownAddress), start, start + this.#shownLength)
  }

  /** Sets a reader on the whole row. */
  open(from: RowReader): RowReader {
    const { arena } = this.#household
    const start = arena.start(this.#address)
    return from.open(arena.slab(this.#address), start, start + this.#length)
  }

  /** Sets a reader on one section; it may be empty. */
  openSection(from: RowReader, section: number): RowReader {
    return located.of(this).section(from, section)
  }

  /** Whether anything read is kept on top of the row. */
  get isRead(): boolean {
    return this.#read !== undefined
  }

  /** Forgets what was read: the row is the state. */
  fold(): void {
    this.#read = undefined
  }

  get head(): PersonHead {
    const from = this.open(reader)
    from.at++
    const createdOffset = from.varint()
    const createdIndex = from.varint()
    const createdAt = from.signed()
    const seenAt = createdAt + from.signed()
    return { createdOffset, createdIndex, createdAt, seenAt, events: from.varint() }
  }

  get createdAt(): number {
    return this.head.createdAt
  }

  get seenAt(): number {
    return this.head.seenAt
  }

  /** As of the head, without making one. */
  get events(): number {
    const from = this.open(reader)
    from.at++
    for (let before = 0; before < HEAD_BEFORE_EVENTS; before++) from.varint()
    return from.varint()
  }

  get identifiers(): readonly Identifier[] {
    return (this.#values.identifiers ??= this.#decode(
      SECTION.identifiers,
      decodeIdentifiers,
      EMPTY,
    ))
  }

  get traits(): JsonObject {
    return (this.#values.traits ??= this.#decode(
      SECTION.traits,
      (from) => JSON.parse(from.text()) as JsonObject,
      NO_TRAITS,
    ))
  }

  get links(): Links {
    return (this.#values.links ??= this.#decode(SECTION.links, decodeLinks, emptyLinks()))
  }

  get groups(): readonly string[] {
    return this.links.groups
  }

  get history(): readonly HistoryEntry[] {
    return this.entries
  }

  get entries(): readonly StoredEntry[] {
    return (this.#values.history ??= decodeHistory(this.openSection(reader, SECTION.history)))
  }

  visitHistory(each: (item: number, action: number, time: number) => void): void {
    visitHistory(this.openSection(reader, SECTION.history), each)
  }

  /** The newest entries after `skip` of them, newest last; not kept on the person. */
  readHistory(limit: number, skip: number): readonly StoredEntry[] {
    return decodeHistory(this.openSection(reader, SECTION.history), limit, skip)
  }

  get bought(): readonly number[] {
    return (this.#values.bought ??= this.#decode<readonly number[]>(
      SECTION.bought,
      decodeNumbers,
      EMPTY,
    ))
  }

  get shown(): readonly ShownList[] {
    return (this.#values.shown ??= decodeShown(
      this.openShown(reader),
      this.#household.dictionaries.placements,
    ))
  }

  /** Without reading it: most persons were shown nothing. */
  get wasShownAnything(): boolean {
    return this.#shownLength > 0
  }

  get plain(): readonly PlainEvent[] {
    return this.#decode(SECTION.plain, decodePlain, EMPTY)
  }

  get recent(): readonly RecentEvent[] {
    const { names } = this.#household.dictionaries
    return recentEvents(this.entries, this.plain, (term) => names.text(term))
  }

  /** A copy of the message ring. */
  get messages(): Uint8Array {
    const from = this.openSection(reader, SECTION.messages)
    return new Uint8Array(from.bytes.subarray(from.at, from.end))
  }

  /** Must not be changed by readers. */
  get states(): FeatureStates {
    return (this.#values.states ??= this.readStates())
  }

  /** Fresh states, for whoever changes and stores them. */
  readStates(): FeatureStates {
    const { features } = this.#household
    const from = this.openSection(reader, SECTION.features)
    return from.end > from.at ? features.decode(from) : features.empty()
  }

  feature(name: string, now: number): FeatureValue | undefined {
    const { attributeText, features } = this.#household
    return features.value(name, this.states, now, attributeText)
  }

  get #values(): ReadValues {
    return (this.#read ??= {})
  }

  #decode<T>(section: number, decode: (from: RowReader) => T, empty: T): T {
    const from = this.openSection(reader, section)
    return from.end > from.at ? decode(from) : empty
  }

  #place(length: number): void {
    const { arena } = this.#household
    this.#read = undefined
    const units = arena.unitsOf(length)
    if (this.#address >= 0) {
      const had = arena.unitsOf(this.#length)
      this.#length = length
      if (units === had) return
      arena.release(this.#address, had)
    }
    this.#length = length
    this.#address = arena.allocate(units)
  }

  #placeShown(length: number): void {
    const { arena } = this.#household
    if (this.#read !== undefined) this.#read.shown = undefined
    const units = length === 0 ? 0 : arena.unitsOf(length)
    const had = this.#shownLength === 0 ? 0 : arena.unitsOf(this.#shownLength)
    this.#shownLength = length
    if (units === had) return
    if (had > 0) arena.release(this.#shownAddress, had)
    this.#shownAddress = units > 0 ? arena.allocate(units) : -1
  }
}
