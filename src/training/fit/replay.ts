import type { HistoryEntry } from '../../profiles/index.ts'
import { LiveModels } from '../liveModels.ts'
import type { PersonEvents } from './personEvents.ts'
import type { TimeCut } from './timeCut.ts'
import { TRAINED_ACTIONS } from './trainedActions.ts'
import type { TrainingSet } from './trainingSet.ts'

/** Entries that live models look at before an event. */
const LOOKED_BACK = 40

/**
 * The live models as they would stand at the cut. Person by person, since they take times in any order.
 * Cost: about 5 µs an event and up to 155 MB.
 */
export function replayLive(set: TrainingSet, cut: TimeCut): LiveModels {
  const live = new LiveModels()
  for (const p of cut.people) {
    const end = cut.end(p)
    let history: HistoryEntry[] = []
    for (let e = set.start[p] as number; e < end; e++) {
      const entry = entryAt(set, e)
      live.observe([{ ...entry, order: undefined }], history)
      history.push(entry)
      if (history.length >= 2 * LOOKED_BACK) history = history.slice(-LOOKED_BACK)
    }
    // The journal is for a store; here it would only grow.
    live.takeJournal()
  }
  return live
}

/** The events from..to-1 as a profile remembers them. */
export function entriesOf(events: PersonEvents, from: number, to: number): HistoryEntry[] {
  return Array.from({ length: to - from }, (_, k) => entryAt(events, from + k))
}

function entryAt({ item, action, value, time }: PersonEvents, e: number): HistoryEntry {
  return {
    item: item[e] as number,
    action: TRAINED_ACTIONS[action[e] as number] ?? 'view',
    value: value[e] as number,
    time: time[e] as number,
  }
}
