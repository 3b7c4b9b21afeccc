import type { Identifier } from '../events/index.ts'
import { profilesErrors } from './errors.ts'
import type { FeatureSet } from './features/featureSet.ts'
import { encodeHistory, encodeNumbers } from './history.ts'
import { encodeLinks } from './links.ts'
import { encodeMessages } from './messageRing.ts'
import { Person, SECTION, SECTIONS, type StoredSections } from './person.ts'
import { encodeRecent } from './recentEvents.ts'
import { RowReader, RowWriter } from './rowBytes.ts'
import { encodeShown } from './shownLists.ts'

/** First byte of a row; a row is either a person or the trace of a merged one. */
const FORMAT_PERSON = 1
const FORMAT_REDIRECT = 255

/** Types that cost one byte. Part of the stored format: append only. */
const KNOWN_TYPES = ['user_id', 'email', 'anonymous_id', 'phone', 'android.id', 'ios.id']

const LENGTHS = new Int32Array(SECTIONS)
const head = new RowWriter()
const body = new RowWriter()
const reader = new RowReader()

/**
 * A person as bytes: head, lengths of the sections, sections. Canonical: the same state gives the same
 * bytes, whether its sections were read or not. Afterwards the person refers to the new row.
 */
export function encodePerson(person: Person, features: FeatureSet): Uint8Array {
  encodeHead(person)
  const directory = head.length
  const { stored } = person
  if (stored === undefined) encodeSections(person, features)
  else encodeChanged(person, stored, features)
  head.append(body)
  const row = head.take()
  person.stored = { row, directory }
  person.changed = 0
  return row
}

function encodeSections(person: Person, features: FeatureSet): void {
  body.reset()
  for (let section = 0; section < SECTIONS; section++) {
    const before = body.length
    encodeSection(person, section, features)
    head.varint(body.length - before)
  }
}

function encodeChanged(person: Person, stored: StoredSections, features: FeatureSet): void {
  const { row } = stored
  const lengths = LENGTHS
  const from = reader.open(row, stored.directory)
  for (let i = 0; i < SECTIONS; i++) lengths[i] = from.varint()
  let at = from.at
  body.reset()
  for (let section = 0; section < SECTIONS; section++) {
    const before = body.length
    const end = at + (lengths[section] as number)
    if ((person.changed & (1 << section)) === 0) body.raw(row, at, end)
    else encodeSection(person, section, features)
    head.varint(body.length - before)
    at = end
  }
}

/** @throws PROFILES_BAD_ROW for a format that this version does not know. */
export function decodePerson(pid: string, row: Uint8Array, features: FeatureSet): Person {
  if (row[0] !== FORMAT_PERSON) {
    throw profilesErrors.PROFILES_BAD_ROW(
      `the profile row of ${pid} has format ${row[0]}, expected 1`,
    )
  }
  const from = reader.open(row, 1)
  const createdOffset = from.varint()
  const createdIndex = from.varint()
  const createdAt = from.signed()
  const seenAt = createdAt + from.signed()
  const events = from.varint()
  const identifiers: Identifier[] = []
  for (let left = from.varint(); left > 0; left--) {
    const code = from.byte()
    const type = code === 0 ? from.text() : (KNOWN_TYPES[code - 1] as string)
    identifiers.push({ type, value: from.text() })
  }
  const directory = from.at
  const known = { pid, createdOffset, createdIndex, createdAt, seenAt, events, identifiers }
  return new Person(known, { row, directory }, features)
}

/** The row that stays under a merged person's pid. */
export function encodeRedirect(survivor: string): Uint8Array {
  return Uint8Array.of(FORMAT_REDIRECT, ...encodePid(survivor))
}

/** Pid of the survivor when the row is the trace of a merged person. */
export function redirectOf(row: Uint8Array): string | undefined {
  return row[0] === FORMAT_REDIRECT ? decodePid(row.subarray(1)) : undefined
}

/** 16 hex digits as 8 bytes: the value of an identity row. */
export function encodePid(pid: string): Uint8Array {
  return new Uint8Array(Buffer.from(pid, 'hex'))
}

export function decodePid(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

function encodeHead(person: Person): void {
  head.reset()
  head.byte(FORMAT_PERSON)
  head.varint(person.createdOffset)
  head.varint(person.createdIndex)
  head.signed(person.createdAt)
  head.signed(person.seenAt - person.createdAt)
  head.varint(person.events)
  head.varint(person.identifiers.length)
  for (const { type, value } of person.identifiers) {
    const code = KNOWN_TYPES.indexOf(type) + 1
    head.byte(code)
    if (code === 0) head.text(type)
    head.text(value)
  }
}

function encodeSection(person: Person, section: number, features: FeatureSet): void {
  switch (section) {
    case SECTION.traits: {
      const { traits } = person
      for (const _ in traits) return body.text(JSON.stringify(traits))
      return
    }
    case SECTION.links:
      return encodeLinks(person.links, body)
    case SECTION.history:
      return encodeHistory(person.history, body)
    case SECTION.bought:
      return encodeNumbers(person.bought, body)
    case SECTION.shown:
      return encodeShown(person.shown, body)
    case SECTION.recent:
      return encodeRecent(person.recent, body)
    case SECTION.messages:
      return encodeMessages(person.messages, body)
    default:
      return features.encode(person.states, body)
  }
}
