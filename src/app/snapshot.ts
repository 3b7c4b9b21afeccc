import type { ArtifactStore, StateStore } from '../store/index.ts'
import { LiveModels } from '../training/index.ts'

/** Outbox topic of the live models' journal. */
export const COUNTS_TOPIC = 'counts'

/** Bytes in front of a snapshot for the outbox id that it contains. */
export const SNAPSHOT_HEADER = 8

const NAME = 'live-models/snapshot'
const ENTRIES_A_READ = 64

/**
 * Stores a snapshot of the live models and drops the journal that it contains.
 * @param snapshot with SNAPSHOT_HEADER free bytes in front
 * @param through outbox id of the newest journal entry inside the snapshot; 0 when there was none
 */
export async function writeSnapshot(
  artifacts: ArtifactStore,
  state: StateStore,
  snapshot: Uint8Array,
  through: number,
): Promise<void> {
  new DataView(snapshot.buffer, snapshot.byteOffset).setFloat64(0, through, true)
  await artifacts.put(NAME, snapshot)
  await state.commit({ puts: [], outboxDone: [{ topic: COUNTS_TOPIC, upTo: through }] })
}

export interface RestoredModels {
  readonly models: LiveModels
  /** Size of the journal since the snapshot. */
  readonly journalBytes: number
  /** Outbox id of the newest journal entry that the models contain; 0 when there never was one. */
  readonly journalThrough: number
}

/** Live models as of the last commit: the snapshot, then the journal written after it. */
export async function restoreModels(
  artifacts: ArtifactStore,
  state: StateStore,
): Promise<RestoredModels> {
  const stored = await artifacts.get(NAME)
  const models = LiveModels.restore(stored?.subarray(SNAPSHOT_HEADER))
  let journalThrough = stored === undefined ? 0 : headerOf(stored)
  let journalBytes = 0
  for (;;) {
    const entries = await state.outbox(COUNTS_TOPIC, ENTRIES_A_READ, journalThrough)
    const last = entries.at(-1)
    if (last === undefined) return { models, journalBytes, journalThrough }
    for (const entry of entries) {
      models.applyJournal(entry.bytes)
      journalBytes += entry.bytes.length
    }
    journalThrough = last.id
  }
}

function headerOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true)
}
