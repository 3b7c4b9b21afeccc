import { type Action, ACTIONS } from '../events/index.ts'
import type { ItemInteraction } from './itemInteraction.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

const HISTORY_KEPT = 200
/** Stored at most, so that the oldest are cut off in one go. */
const HISTORY_STORED = 232
const BOUGHT_KEPT = 2_000

/** Head byte of an entry: action in the low bits, this bit when the value is not 1. */
const VALUE_GIVEN = 0x40
const ACTION_BITS = 0x3f
const ACTION_CODES: ReadonlyMap<Action, number> = new Map(ACTIONS.map((action, i) => [action, i]))

/** An interaction as it is kept: also the event name, for display. */
export interface StoredEntry {
  readonly item: number
  readonly action: Action
  readonly time: number
  readonly value: number
  /** Term of the event name, -1 when unknown. */
  readonly name: number
}

/** All interactions of one event. */
export interface NewEntries {
  readonly interactions: readonly ItemInteraction[]
  readonly time: number
  readonly name: number
}

/*
 * Stored form, newest first, so that a new event goes in front of bytes that stay as they are, and
 * reading the newest ten costs ten:
 *   count · time of the newest · entries
 *   entry = head · name + 1 · item · [value] · milliseconds to the next older entry (0 for the oldest)
 */

/** The newest entries after `skip` of them, newest last. Cost: about 25 ns an entry. */
export function decodeHistory(
  reader: RowReader,
  limit = HISTORY_KEPT,
  skip = 0,
): readonly StoredEntry[] {
  const history: StoredEntry[] = []
  if (reader.at === reader.end) return history
  const end = Math.min(reader.varint(), skip + limit)
  let time = reader.signed()
  for (let i = 0; i < end; i++) {
    const head = reader.byte()
    const name = reader.varint() - 1
    const item = reader.varint()
    const value = (head & VALUE_GIVEN) === 0 ? 1 : reader.number()
    if (i >= skip) {
      history.push({ item, action: ACTIONS[head & ACTION_BITS] as Action, time, value, name })
    }
    time -= reader.varint()
  }
  return history.toReversed()
}

/** Tells of the entries that `decodeHistory` gives, newest first, actions by their place in ACTIONS. `each` must not read rows. */
export function visitHistory(
  reader: RowReader,
  each: (item: number, action: number, time: number) => void,
): void {
  if (reader.at === reader.end) return
  const end = Math.min(reader.varint(), HISTORY_KEPT)
  let time = reader.signed()
  for (let i = 0; i < end; i++) {
    const head = reader.byte()
    reader.varint()
    const item = reader.varint()
    if ((head & VALUE_GIVEN) !== 0) reader.number()
    each(item, head & ACTION_BITS, time)
    time -= reader.varint()
  }
}

export function encodeHistory(history: readonly StoredEntry[], writer: RowWriter): void {
  const newest = history.at(-1)
  if (newest === undefined) return
  writer.varint(history.length)
  writer.signed(newest.time)
  for (let i = history.length - 1; i >= 0; i--) {
    const { item, action, time, value, name } = history[i] as StoredEntry
    encodeEntry(writer, action, name, item, value)
    writer.varint(i === 0 ? 0 : time - (history[i - 1] as StoredEntry).time)
  }
}

/** Whether an event at `time` is older than something in a stored history. */
export function isLate(reader: RowReader, time: number): boolean {
  if (reader.at === reader.end) return false
  reader.varint()
  return time < reader.signed()
}

/**
 * Writes a stored history with the interactions of one event added. In time order (the usual case)
 * nothing is read; once in 32 events the oldest are cut off.
 */
export function appendHistory(reader: RowReader, more: NewEntries, writer: RowWriter): void {
  const { at: from, end } = reader
  const { interactions, time, name } = more
  const added = interactions.length
  const count = end > from ? reader.varint() : 0
  const newest = count === 0 ? time : reader.signed()
  if (time < newest || added > HISTORY_KEPT) {
    reader.at = from
    return encodeHistory(withInteractions(decodeHistory(reader, HISTORY_STORED), more), writer)
  }
  const kept = count + added > HISTORY_STORED ? HISTORY_KEPT - added : count
  writer.varint(kept + added)
  writer.signed(time)
  for (let i = added - 1; i >= 0; i--) {
    const { action, number, value } = interactions[i] as ItemInteraction
    encodeEntry(writer, action, name, number, value)
    writer.varint(i > 0 || kept === 0 ? 0 : time - newest)
  }
  if (kept === count) return writer.raw(reader.bytes, reader.at, end)
  if (kept > 0) copyNewest(reader, kept, writer)
}

/** Copies the newest entries of the reader; the last of them becomes the oldest. */
function copyNewest(reader: RowReader, kept: number, writer: RowWriter): void {
  const from = reader.at
  for (let i = 1; i < kept; i++) {
    skipEntry(reader)
    reader.varint()
  }
  skipEntry(reader)
  writer.raw(reader.bytes, from, reader.at)
  writer.byte(0)
}

function encodeEntry(
  writer: RowWriter,
  action: Action,
  name: number,
  item: number,
  value: number,
): void {
  writer.byte((ACTION_CODES.get(action) as number) | (value === 1 ? 0 : VALUE_GIVEN))
  writer.varint(name + 1)
  writer.varint(item)
  if (value !== 1) writer.number(value)
}

/** Up to the time. */
function skipEntry(reader: RowReader): void {
  const head = reader.byte()
  reader.varint()
  reader.varint()
  if ((head & VALUE_GIVEN) !== 0) reader.number()
}

/** In place by time; equal times keep the order of arrival. */
function withInteractions(
  history: readonly StoredEntry[],
  { interactions, name, time }: NewEntries,
): readonly StoredEntry[] {
  let at = history.length
  while (at > 0 && (history[at - 1] as StoredEntry).time > time) at--
  const added = interactions.map(({ number, action, value }) => ({
    item: number,
    action,
    time,
    value,
    name,
  }))
  return [...history.slice(0, at), ...added, ...history.slice(at)].slice(-HISTORY_KEPT)
}

/** Both lists by time; at equal times the survivor's come first. */
export function mergeHistories(
  survivor: readonly StoredEntry[],
  other: readonly StoredEntry[],
): readonly StoredEntry[] {
  return [...survivor, ...other].sort((a, b) => a.time - b.time).slice(-HISTORY_KEPT)
}

/**
 * Writes the stored bought items with those of an event at the end; the least recently bought are
 * forgotten beyond 2,000.
 */
export function appendBought(
  reader: RowReader,
  interactions: readonly ItemInteraction[],
  writer: RowWriter,
): void {
  const { at, end } = reader
  const [only] = interactions
  if (interactions.length === 1 && only !== undefined && isNew(reader, only.number)) {
    const count = end > at ? reader.varint() : 0
    if (count < BOUGHT_KEPT) {
      writer.varint(count + 1)
      writer.raw(reader.bytes, reader.at, end)
      return writer.varint(only.number)
    }
  }
  reader.at = at
  const list = new Set(end > at ? decodeNumbers(reader) : [])
  for (const { action, number } of interactions) {
    if (action !== 'buy') continue
    list.delete(number)
    list.add(number)
  }
  encodeNumbers([...list].slice(-BOUGHT_KEPT), writer)
}

/** Whether a number is not among stored ones; the reader stays where it is. */
function isNew(reader: RowReader, number: number): boolean {
  const { at, end } = reader
  if (at < end) reader.varint()
  let found = false
  while (!found && reader.at < end) found = reader.varint() === number
  reader.at = at
  return !found
}

/** The other person's items count as bought before the survivor's. */
export function mergeBought(
  survivor: readonly number[],
  other: readonly number[],
): readonly number[] {
  const mine = new Set(survivor)
  return [...other.filter((item) => !mine.has(item)), ...survivor].slice(-BOUGHT_KEPT)
}

export function encodeNumbers(numbers: readonly number[], writer: RowWriter): void {
  writer.varint(numbers.length)
  for (let i = 0; i < numbers.length; i++) writer.varint(numbers[i] as number)
}

export function decodeNumbers(reader: RowReader): number[] {
  const numbers: number[] = []
  for (let left = reader.varint(); left > 0; left--) numbers.push(reader.varint())
  return numbers
}
