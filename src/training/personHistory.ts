import type { Histories, History } from '../models/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import { HistoryColumns, type PersonEvents } from './fit/personEvents.ts'
import { placeOfAction } from './fit/trainedActions.ts'

/** Newest events of a person that a served model is asked with: what a profile remembers. */
export const MOST_REMEMBERED = 200

/** Turns remembered histories into the form of the models, by the same code as training. One at a time. */
export class PersonHistory {
  readonly #events = {
    item: new Int32Array(MOST_REMEMBERED),
    action: new Uint8Array(MOST_REMEMBERED),
    value: new Float32Array(MOST_REMEMBERED),
    time: new Float64Array(MOST_REMEMBERED),
  } satisfies PersonEvents

  /** One person's. Cost: linear in the entries. */
  read(entries: readonly HistoryEntry[]): History {
    const columns = new HistoryColumns(Math.min(entries.length, MOST_REMEMBERED))
    return columns.history(0, this.#write(entries, columns, 0))
  }

  /** Those of several people, for a model of so many items. */
  readAll(people: readonly (readonly HistoryEntry[])[], items: number): Histories {
    const room = people.reduce((sum, { length }) => sum + Math.min(length, MOST_REMEMBERED), 0)
    const columns = new HistoryColumns(room)
    const start = new Uint32Array(people.length + 1)
    for (const [p, entries] of people.entries()) {
      start[p + 1] = this.#write(entries, columns, start[p] as number)
    }
    return columns.histories(start, items)
  }

  #write(entries: readonly HistoryEntry[], columns: HistoryColumns, at: number): number {
    const { item, action, value, time } = this.#events
    let count = 0
    for (let k = Math.max(0, entries.length - MOST_REMEMBERED); k < entries.length; k++) {
      const entry = entries[k] as HistoryEntry
      const place = placeOfAction(entry.action)
      if (place < 0) continue
      item[count] = entry.item
      action[count] = place
      value[count] = entry.value
      time[count] = entry.time
      count++
    }
    return columns.write(this.#events, 0, count, at)
  }
}
