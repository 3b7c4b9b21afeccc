import type { Identifier } from '../events/index.ts'
import type { StatePut, StateStore } from '../store/index.ts'

export const MERGE_KIND = 'merge'

/** Where in the log something happened. */
export interface LogPlace {
  readonly offset: number
  /** Place of the event in its entry, from 0. */
  readonly index: number
}

/** One line of a person's identity history. */
export interface MergeRecord {
  /** merge: `others` became part of the person; drop: the identifiers were left out; split: an un-merge. */
  readonly what: 'merge' | 'drop' | 'split'
  readonly offset: number
  readonly index: number
  /** Time of the event, milliseconds. */
  readonly time: number
  /** Pids that were merged in, or split off. */
  readonly others: readonly string[]
  /** The identifiers that caused it (merge, split) or were dropped (drop). */
  readonly identifiers: readonly Identifier[]
}

/** The row of a record; ids sort by person, then by place in the log. */
export function mergeRow(pid: string, record: MergeRecord): StatePut {
  const place = `${String(record.offset).padStart(16, '0')}:${String(record.index).padStart(6, '0')}`
  return {
    kind: MERGE_KIND,
    id: `${pid}:${place}:${record.what}`,
    value: new TextEncoder().encode(JSON.stringify(record)),
  }
}

/** A person's newest records, oldest first, at most `limit`. */
export async function readMerges(
  state: StateStore,
  pid: string,
  limit: number,
): Promise<readonly MergeRecord[]> {
  const prefix = `${pid}:`
  const records: MergeRecord[] = []
  let after = prefix
  for (;;) {
    const rows = await state.scan(MERGE_KIND, after, 200)
    for (const { id, value } of rows) {
      if (!id.startsWith(prefix)) return records.slice(-limit)
      records.push(parseRecord(value))
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < 200) return records.slice(-limit)
    after = last.id
  }
}

function parseRecord(value: Uint8Array): MergeRecord {
  return JSON.parse(new TextDecoder().decode(value)) as MergeRecord
}
