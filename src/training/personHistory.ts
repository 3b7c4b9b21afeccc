import type { History } from '../models/index.ts'
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
  readonly #columns = new HistoryColumns(MOST_REMEMBERED)

  /** Views that the next call makes invalid. Cost: linear in the entries. */
  read(entries: readonly HistoryEntry[]): History {
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
    return this.#columns.history(0, this.#columns.write(this.#events, 0, count, 0))
  }
}
