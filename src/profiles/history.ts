import { type Action, ACTIONS } from '../events/index.ts'
import type { HistoryEntry, ItemInteraction } from './profile.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

const HISTORY_KEPT = 200
const BOUGHT_KEPT = 2_000

/** How a value is stored, in the high bits of the action byte. */
const VALUE_ONE = 0
const VALUE_GIVEN = 0x40
const ACTION_BITS = 0x3f

const ACTION_CODES: ReadonlyMap<Action, number> = new Map(ACTIONS.map((action, i) => [action, i]))

/** A new list with the interactions in place by time (equal times: order of arrival), newest last. */
export function withInteractions(
  history: readonly HistoryEntry[],
  interactions: readonly ItemInteraction[],
  time: number,
): readonly HistoryEntry[] {
  if (interactions.length === 0) return history
  const list = history.slice()
  let at = list.length
  while (at > 0 && (list[at - 1] as HistoryEntry).time > time) at--
  const added = interactions.map(({ number, action, value }) => ({
    item: number,
    action,
    time,
    value,
  }))
  if (at === list.length) for (const entry of added) list.push(entry)
  else list.splice(at, 0, ...added)
  if (list.length > HISTORY_KEPT) list.splice(0, list.length - HISTORY_KEPT)
  return list
}

/** Both lists by time; at equal times the survivor's come first. */
export function mergeHistories(
  survivor: readonly HistoryEntry[],
  other: readonly HistoryEntry[],
): readonly HistoryEntry[] {
  return [...survivor, ...other].sort((a, b) => a.time - b.time).slice(-HISTORY_KEPT)
}

/** A new list with the bought items at its end; the least recently bought are forgotten beyond the limit. */
export function withBought(
  bought: readonly number[],
  interactions: readonly ItemInteraction[],
): readonly number[] {
  let list: number[] | undefined
  for (const { action, number } of interactions) {
    if (action !== 'buy') continue
    list ??= bought.slice()
    const known = list.indexOf(number)
    if (known >= 0) list.splice(known, 1)
    list.push(number)
  }
  if (list === undefined) return bought
  return list.length > BOUGHT_KEPT ? list.slice(-BOUGHT_KEPT) : list
}

/** The other person's items count as bought before the survivor's. */
export function mergeBought(
  survivor: readonly number[],
  other: readonly number[],
): readonly number[] {
  const mine = new Set(survivor)
  return [...other.filter((item) => !mine.has(item)), ...survivor].slice(-BOUGHT_KEPT)
}

export function encodeHistory(history: readonly HistoryEntry[], writer: RowWriter): void {
  writer.varint(history.length)
  let previous = 0
  for (let i = 0; i < history.length; i++) {
    const { item, action, time, value } = history[i] as HistoryEntry
    const code = ACTION_CODES.get(action) as number
    writer.byte(code | (value === 1 ? VALUE_ONE : VALUE_GIVEN))
    writer.varint(item)
    if (i === 0) writer.signed(time)
    else writer.varint(time - previous)
    if (value !== 1) writer.number(value)
    previous = time
  }
}

export function decodeHistory(reader: RowReader): readonly HistoryEntry[] {
  const count = reader.varint()
  const history: HistoryEntry[] = []
  let time = 0
  for (let i = 0; i < count; i++) {
    const head = reader.byte()
    const item = reader.varint()
    time = i === 0 ? reader.signed() : time + reader.varint()
    const action = ACTIONS[head & ACTION_BITS] as Action
    const value = (head & VALUE_GIVEN) === 0 ? 1 : reader.number()
    history.push({ item, action, time, value })
  }
  return history
}

export function encodeNumbers(numbers: readonly number[], writer: RowWriter): void {
  writer.varint(numbers.length)
  for (const one of numbers) writer.varint(one)
}

export function decodeNumbers(reader: RowReader): number[] {
  const numbers: number[] = []
  for (let left = reader.varint(); left > 0; left--) numbers.push(reader.varint())
  return numbers
}
