import { DAY, MINUTE } from '../base/index.ts'
import { decodeNumbers, encodeNumbers } from './history.ts'
import type { ItemInteraction } from './itemInteraction.ts'
import type { ShownList } from './profile.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'
import type { Terms } from './terms.ts'

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

/** A new list with `lists` at its end, by time; the newest 12 stay. */
export function withShown(
  shown: readonly ShownList[],
  lists: readonly ShownList[],
): readonly ShownList[] {
  return [...shown, ...lists].sort((a, b) => a.time - b.time).slice(-LISTS_KEPT)
}

/** The part of a list that is kept. */
export function keptList(list: ShownList): ShownList {
  return list.items.length <= ITEMS_KEPT
    ? list
    : { ...list, items: list.items.slice(0, ITEMS_KEPT) }
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

/** Lists of one decision follow each other: its id is written once. Placements are terms. */
export function encodeShown(
  shown: readonly ShownList[],
  placements: Terms,
  writer: RowWriter,
): void {
  writer.varint(shown.length)
  let decision: string | undefined
  for (const list of shown) {
    if (list.decision === decision) writer.byte(0)
    else {
      writer.byte(1)
      writer.text(list.decision)
      decision = list.decision
    }
    writer.varint(placements.intern(list.placement) + 1)
    writer.varint(list.version)
    writer.signed(list.time)
    encodeNumbers(list.items, writer)
  }
}

export function decodeShown(reader: RowReader, placements: Terms): readonly ShownList[] {
  const shown: ShownList[] = []
  let decision = ''
  for (let left = reader.varint(); left > 0; left--) {
    if (reader.byte() === 1) decision = reader.text()
    const placement = placements.text(reader.varint() - 1)
    const version = reader.varint()
    const time = reader.signed()
    shown.push({ decision, placement, version, time, items: decodeNumbers(reader) })
  }
  return shown
}
