import { type Action, ACTIONS } from '../events/index.ts'
import type { ItemInteraction } from './profile.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

const HISTORY_KEPT = 200
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
 * Stored form, made so that a new event is an append and forgetting the oldest is a cut:
 *   count · time of the oldest · span to the newest · entries, oldest first
 *   entry = milliseconds since the entry before (0 for the oldest) · head · name + 1 · item · [value]
 */

export function decodeHistory(reader: RowReader): readonly StoredEntry[] {
  const count = reader.varint()
  const history: StoredEntry[] = []
  if (count === 0) return history
  let time = reader.signed()
  reader.varint()
  for (let i = 0; i < count; i++) {
    time += reader.varint()
    const head = reader.byte()
    const name = reader.varint() - 1
    const item = reader.varint()
    const value = (head & VALUE_GIVEN) === 0 ? 1 : reader.number()
    history.push({ item, action: ACTIONS[head & ACTION_BITS] as Action, time, value, name })
  }
  return history
}

export function encodeHistory(history: readonly StoredEntry[], writer: RowWriter): void {
  writer.varint(history.length)
  const oldest = history[0]
  if (oldest === undefined) return
  writer.signed(oldest.time)
  writer.varint((history.at(-1) as StoredEntry).time - oldest.time)
  let previous = oldest.time
  for (const { item, action, time, value, name } of history) {
    encodeEntry(writer, time - previous, action, name, item, value)
    previous = time
  }
}

/**
 * Writes a stored history with the interactions of one event added, the newest 200 kept. In time order
 * (the usual case) nothing is read but the entries that are cut off.
 */
export function appendHistory(reader: RowReader, more: NewEntries, writer: RowWriter): void {
  const from = reader.at
  const count = reader.end > from ? reader.varint() : 0
  let oldest = count === 0 ? more.time : reader.signed()
  const newest = count === 0 ? more.time : oldest + reader.varint()
  const added = more.interactions.length
  if (more.time < newest || added > HISTORY_KEPT) {
    reader.at = from
    return encodeHistory(withInteractions(decodeHistory(reader), more), writer)
  }
  const cut = Math.max(0, count + added - HISTORY_KEPT)
  for (let i = 0; i < cut; i++) oldest += skipEntry(reader)
  const kept = count - cut
  writer.varint(kept + added)
  if (kept === 0) oldest = more.time
  else oldest += cut === 0 ? 0 : reader.varint()
  writer.signed(oldest)
  writer.varint(more.time - oldest)
  if (kept > 0 && cut > 0) writer.byte(0)
  if (kept > 0) writer.raw(reader.bytes, reader.at, reader.end)
  for (let i = 0; i < added; i++) {
    const { action, number, value } = more.interactions[i] as ItemInteraction
    const since = i > 0 || kept === 0 ? 0 : more.time - newest
    encodeEntry(writer, since, action, more.name, number, value)
  }
}

function encodeEntry(
  writer: RowWriter,
  since: number,
  action: Action,
  name: number,
  item: number,
  value: number,
): void {
  writer.varint(since)
  writer.byte((ACTION_CODES.get(action) as number) | (value === 1 ? 0 : VALUE_GIVEN))
  writer.varint(name + 1)
  writer.varint(item)
  if (value !== 1) writer.number(value)
}

/** @returns milliseconds since the entry before. */
function skipEntry(reader: RowReader): number {
  const since = reader.varint()
  const head = reader.byte()
  reader.varint()
  reader.varint()
  if ((head & VALUE_GIVEN) !== 0) reader.number()
  return since
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

/** The bought items with those of an event at the end; the least recently bought are forgotten beyond 2,000. */
export function withBought(
  bought: readonly number[],
  interactions: readonly ItemInteraction[],
): readonly number[] {
  const list = new Set(bought)
  for (const { action, number } of interactions) {
    if (action !== 'buy') continue
    list.delete(number)
    list.add(number)
  }
  return [...list].slice(-BOUGHT_KEPT)
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
