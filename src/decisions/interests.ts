import { DAY } from '../base/index.ts'
import type { Action } from '../events/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import { tasteOf } from '../training/index.ts'

const HALF_LIFE = 30 * DAY

/** An item that the person took an interest in. */
export interface Interest {
  readonly item: number
  /** The strongest thing that the person did with it. */
  readonly action: Action
  /** By the action, halved every 30 days before the newest entry; above 0. */
  readonly weight: number
}

/** The newest distinct items of a history that say what the person likes, newest first. */
export function interestsOf(history: readonly HistoryEntry[], most: number): readonly Interest[] {
  const found = new Map<number, Interest>()
  const newest = history.at(-1)?.time ?? 0
  for (let k = history.length - 1; k >= 0; k--) {
    const entry = history[k] as HistoryEntry
    const { item, action, time } = entry
    const taste = tasteOf(entry)
    const known = found.get(item)
    if (taste <= 0 || (known === undefined && found.size === most)) continue
    const weight = taste * 2 ** (-Math.max(0, newest - time) / HALF_LIFE)
    if (known === undefined) found.set(item, { item, action, weight })
    else if (weight > known.weight) found.set(item, { item, action, weight })
  }
  return [...found.values()]
}
