import { DAY, MINUTE } from '../base/index.ts'
import { decodeNumbers, encodeNumbers } from './history.ts'
import type { ItemInteraction } from './itemInteraction.ts'
import type { ShownList } from './profile.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'
import type { Terms } from './terms.ts'
import { decodeUuid, encodeUuid, isUuid, UUID_BYTES } from './uuidBytes.ts'

const LISTS_KEPT = 12
const ITEMS_KEPT = 100
const MATCH_WINDOW = DAY
/** A list may carry a slightly later time than the click on it: clocks of clients are corrected, not exact. */
const CLOCK_SKEW = MINUTE

/** The decision that an interaction is a reaction to. */
export interface DecisionMatch {
  readonly decision: string
  /** undefined when the decision was named by the sender and is no longer among the kept lists. */
  readonly placement: string | undefined
  readonly version: number | undefined
  /** 1-based place in the shown list; undefined when the item was not in it. */
  readonly position: number | undefined
}

/** Both lists by time, at equal times the first one's first; the newest 12 stay. */
export function mergeShown(
  shown: readonly ShownList[],
  lists: readonly ShownList[],
): readonly ShownList[] {
  return [...shown, ...lists].sort((a, b) => a.time - b.time).slice(-LISTS_KEPT)
}

/**
 * The decision behind one interaction: the one that the sender named, else the newest list with the
 * item that was shown within the 24 hours before the event.
 */
export function matchShown(
  shown: readonly ShownList[],
  interaction: ItemInteraction,
  time: number,
  named: string | undefined,
): DecisionMatch | undefined {
  if (named !== undefined) return matchNamed(shown, interaction.number, named)
  for (let i = shown.length - 1; i >= 0; i--) {
    const list = shown[i] as ShownList
    if (list.time > time + CLOCK_SKEW || list.time < time - MATCH_WINDOW) continue
    const place = list.items.indexOf(interaction.number)
    if (place >= 0) return matchOf(list, place)
  }
  return undefined
}

function matchNamed(shown: readonly ShownList[], item: number, decision: string): DecisionMatch {
  let found: ShownList | undefined
  for (const list of shown) {
    if (list.decision !== decision) continue
    const place = list.items.indexOf(item)
    if (place >= 0) return matchOf(list, place)
    found ??= list
  }
  return {
    decision,
    placement: found?.placement,
    version: found?.version,
    position: undefined,
  }
}

function matchOf(list: ShownList, place: number): DecisionMatch {
  return {
    decision: list.decision,
    placement: list.placement,
    version: list.version,
    position: place + 1,
  }
}

/*
 * Stored form, newest first, so that a new list goes in front of bytes that stay as they are:
 *   count · lists
 *   list = time · decision · placement + 1 · version · items; a placement is a term
 *   decision = 1 · the 16 bytes of a UUID, or 0 · text
 */

const AS_TEXT = 0
const AS_UUID = 1

export function encodeShown(
  shown: readonly ShownList[],
  placements: Terms,
  writer: RowWriter,
): void {
  if (shown.length === 0) return
  writer.varint(shown.length)
  for (let i = shown.length - 1; i >= 0; i--) encodeList(shown[i] as ShownList, placements, writer)
}

/** Oldest first. */
export function decodeShown(reader: RowReader, placements: Terms): readonly ShownList[] {
  const shown: ShownList[] = []
  if (reader.at === reader.end) return shown
  for (let left = reader.varint(); left > 0; left--) {
    const time = reader.signed()
    const decision = reader.byte() === AS_UUID ? decodeUuid(reader) : reader.text()
    const placement = placements.text(reader.varint() - 1)
    const version = reader.varint()
    shown.push({ decision, placement, version, time, items: decodeNumbers(reader) })
  }
  return shown.toReversed()
}

/**
 * Writes stored lists with those of one decision added. In time order (the usual case) the stored ones are
 * copied as bytes, without the oldest beyond 12. Cost: about a microsecond.
 */
export function appendShown(
  reader: RowReader,
  lists: readonly ShownList[],
  placements: Terms,
  writer: RowWriter,
): void {
  const { at: from, end } = reader
  if (lists.length === 0) return writer.raw(reader.bytes, from, end)
  const count = end > from ? reader.varint() : 0
  const first = reader.at
  const newest = count === 0 ? Number.NEGATIVE_INFINITY : reader.signed()
  if (lists.length > LISTS_KEPT || !isInOrder(newest, lists)) {
    reader.at = from
    const stored = decodeShown(reader, placements)
    return encodeShown(mergeShown(stored, lists.map(keptList)), placements, writer)
  }
  const kept = Math.min(count, LISTS_KEPT - lists.length)
  reader.at = first
  if (kept < count) for (let i = 0; i < kept; i++) skipList(reader)
  else reader.at = end
  writer.varint(kept + lists.length)
  for (let i = lists.length - 1; i >= 0; i--) {
    encodeList(keptList(lists[i] as ShownList), placements, writer)
  }
  writer.raw(reader.bytes, first, reader.at)
}

/** The part of a list that is kept. */
function keptList(list: ShownList): ShownList {
  return list.items.length <= ITEMS_KEPT
    ? list
    : { ...list, items: list.items.slice(0, ITEMS_KEPT) }
}

function isInOrder(newest: number, lists: readonly ShownList[]): boolean {
  let last = newest
  for (const { time } of lists) {
    if (time < last) return false
    last = time
  }
  return true
}

function encodeList(list: ShownList, placements: Terms, writer: RowWriter): void {
  writer.signed(list.time)
  if (isUuid(list.decision)) {
    writer.byte(AS_UUID)
    encodeUuid(list.decision, writer)
  } else {
    writer.byte(AS_TEXT)
    writer.text(list.decision)
  }
  writer.varint(placements.intern(list.placement) + 1)
  writer.varint(list.version)
  encodeNumbers(list.items, writer)
}

function skipList(reader: RowReader): void {
  reader.varint()
  const length = reader.byte() === AS_UUID ? UUID_BYTES : reader.varint()
  reader.at += length
  reader.varint()
  reader.varint()
  for (let left = reader.varint(); left > 0; left--) reader.varint()
}
