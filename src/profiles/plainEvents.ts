import type { StoredEntry } from './history.ts'
import type { RecentEvent } from './profile.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

const PLAIN_KEPT = 30
const RECENT_SHOWN = 30

/** An event that was about no item; those about items are in the history. */
export interface PlainEvent {
  readonly time: number
  /** Term of the event name, -1 when unknown. */
  readonly name: number
}

/*
 * Stored form like the history's:
 *   count · time of the oldest · span to the newest · entries, oldest first
 *   entry = milliseconds since the entry before (0 for the oldest) · name + 1
 */

export function decodePlain(reader: RowReader): readonly PlainEvent[] {
  const count = reader.varint()
  const events: PlainEvent[] = []
  if (count === 0) return events
  let time = reader.signed()
  reader.varint()
  for (let i = 0; i < count; i++) {
    time += reader.varint()
    events.push({ time, name: reader.varint() - 1 })
  }
  return events
}

export function encodePlain(events: readonly PlainEvent[], writer: RowWriter): void {
  writer.varint(events.length)
  const oldest = events[0]
  if (oldest === undefined) return
  writer.signed(oldest.time)
  writer.varint((events.at(-1) as PlainEvent).time - oldest.time)
  let previous = oldest.time
  for (const { time, name } of events) {
    writer.varint(time - previous)
    writer.varint(name + 1)
    previous = time
  }
}

/** Writes the stored events with one added in place by time, the newest 30 kept. */
export function appendPlain(reader: RowReader, event: PlainEvent, writer: RowWriter): void {
  const events = reader.end > reader.at ? decodePlain(reader) : []
  encodePlain(mergePlain(events, [event]), writer)
}

/** Both lists by time; at equal times those of the first come first. */
export function mergePlain(
  first: readonly PlainEvent[],
  second: readonly PlainEvent[],
): readonly PlainEvent[] {
  return [...first, ...second].sort((a, b) => a.time - b.time).slice(-PLAIN_KEPT)
}

/** The newest 30 events of any type, newest last; the interactions of one event are one line. */
export function recentEvents(
  history: readonly StoredEntry[],
  plain: readonly PlainEvent[],
  nameOf: (term: number) => string,
): readonly RecentEvent[] {
  const events: { time: number; name: number; item: number | undefined }[] = []
  for (const { time, name, item } of history) {
    const last = events.at(-1)
    if (last?.time !== time || last.name !== name) events.push({ time, name, item })
  }
  for (const { time, name } of plain) events.push({ time, name, item: undefined })
  return events
    .sort((a, b) => a.time - b.time)
    .slice(-RECENT_SHOWN)
    .map(({ time, name, item }) => ({ time, name: name < 0 ? 'other' : nameOf(name), item }))
}
