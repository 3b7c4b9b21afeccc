import type { JsonObject } from '../base/index.ts'
import type { Identifier } from '../events/index.ts'
import { profilesErrors } from './errors.ts'
import type { FeatureStates } from './features/featureSet.ts'
import { encodeHistory, encodeNumbers, type StoredEntry } from './history.ts'
import { encodeIdentifiers } from './identityRules.ts'
import { encodeLinks, type Links } from './links.ts'
import { encodePlain, type PlainEvent } from './plainEvents.ts'
import {
  FORMAT_PERSON,
  type Household,
  LocatedRow,
  type Person,
  type PersonHead,
  SECTION,
  SECTIONS,
} from './person.ts'
import { RowReader, RowWriter } from './rowBytes.ts'

/*
 * A row: format · head · sections · lengths of the sections · number of bytes of these lengths.
 * Canonical: one state has one row, however it came about. An empty section has no bytes.
 */

const FORMAT_REDIRECT = 255

/** New values of a person; what is absent stays as it is. */
export interface PersonChange {
  readonly head?: Partial<PersonHead>
  readonly identifiers?: readonly Identifier[]
  readonly traits?: JsonObject
  readonly links?: Links
  readonly history?: readonly StoredEntry[]
  readonly bought?: readonly number[]
  readonly plain?: readonly PlainEvent[]
  readonly messages?: Uint8Array
  readonly states?: FeatureStates
}

const locatedRow = new LocatedRow()
const writer = new RowWriter()
const section = new RowReader()

/** Builds one row; begin, one call a section in stored order, finish. */
export class RowBuilder {
  readonly writer = writer
  readonly #lengths = new Int32Array(SECTIONS)
  #section = 0
  #from = 0

  begin(head: PersonHead): this {
    writer.reset()
    writer.byte(FORMAT_PERSON)
    writer.varint(head.createdOffset)
    writer.varint(head.createdIndex)
    writer.signed(head.createdAt)
    writer.signed(head.seenAt - head.createdAt)
    writer.varint(head.events)
    this.#section = 0
    this.#from = writer.at
    return this
  }

  /** The current section is written. */
  next(): void {
    this.#lengths[this.#section++] = writer.at - this.#from
    this.#from = writer.at
  }

  /** The current section stays as it is in a located row. */
  keep(located: LocatedRow): void {
    const from = located.section(section, this.#section)
    writer.raw(from.bytes, from.at, from.end)
    this.next()
  }

  /** Several sections stay as they are. */
  keepUpTo(located: LocatedRow, last: number): void {
    const from = located.section(section, this.#section)
    writer.raw(from.bytes, from.at, located.endOf(last))
    while (this.#section <= last) this.#lengths[this.#section] = located.lengthOf(this.#section++)
    this.#from = writer.at
  }

  finish(person: Person): void {
    const directory = writer.at
    for (let i = 0; i < SECTIONS; i++) writer.varint(this.#lengths[i] as number)
    writer.byte(writer.at - directory)
    person.store(writer)
  }
}

export const rowBuilder = new RowBuilder()

/** Gives a new person its first, empty row. */
export function startPerson(person: Person, head: PersonHead): void {
  rowBuilder.begin(head)
  for (let i = 0; i < SECTIONS; i++) rowBuilder.next()
  rowBuilder.finish(person)
}

/** Replaces parts of a person. */
export function changePerson(person: Person, change: PersonChange, household: Household): void {
  const encoders = encodersOf(change, household)
  const located = locatedRow.of(person)
  rowBuilder.begin({ ...person.head, ...change.head })
  for (let i = 0; i < SECTIONS; i++) {
    const encode = encoders[i]
    if (encode === undefined) rowBuilder.keep(located)
    else {
      encode()
      rowBuilder.next()
    }
  }
  rowBuilder.finish(person)
}

function encodersOf(
  change: PersonChange,
  { features }: Household,
): readonly ((() => void) | undefined)[] {
  const { identifiers, traits, links, history, bought, plain, messages, states } = change
  const encoders: (() => void)[] = []
  const list = <T>(
    at: number,
    values: readonly T[] | undefined,
    encode: (all: readonly T[]) => void,
  ) => {
    if (values !== undefined) encoders[at] = () => values.length > 0 && encode(values)
  }
  list(SECTION.identifiers, identifiers, (all) => encodeIdentifiers(all, writer))
  list(SECTION.history, history, (all) => encodeHistory(all, writer))
  list(SECTION.bought, bought, (all) => encodeNumbers(all, writer))
  list(SECTION.plain, plain, (all) => encodePlain(all, writer))
  if (traits) encoders[SECTION.traits] = () => encodeTraits(traits)
  if (links) encoders[SECTION.links] = () => encodeLinks(links, writer)
  if (messages) encoders[SECTION.messages] = () => writer.raw(messages, 0, messages.length)
  if (states) encoders[SECTION.features] = () => features.encode(states, writer)
  return encoders
}

function encodeTraits(traits: JsonObject): void {
  const text = JSON.stringify(traits)
  if (text !== '{}') writer.text(text)
}

/** The row that stays under a merged person's pid. */
export function encodeRedirect(survivor: string): Uint8Array {
  return Uint8Array.of(FORMAT_REDIRECT, ...encodePid(survivor))
}

/**
 * Pid of the survivor when the row is the trace of a merged person.
 * @throws PROFILES_BAD_ROW for a format that this version does not know.
 */
export function redirectOf(row: Uint8Array): string | undefined {
  if (row[0] === FORMAT_PERSON) return undefined
  if (row[0] === FORMAT_REDIRECT) return decodePid(row.subarray(1))
  throw profilesErrors.PROFILES_BAD_ROW(`a profile row has format ${row[0]}, expected 1`)
}

/** 16 hex digits as 8 bytes: the value of an identity row. */
export function encodePid(pid: string): Uint8Array {
  return new Uint8Array(Buffer.from(pid, 'hex'))
}

export function decodePid(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
