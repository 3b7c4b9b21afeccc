import { join } from 'node:path'
import {
  type AnalyticsStore,
  type ArtifactStore,
  type EventLog,
  lockDirectory,
  openDirectoryArtifacts,
  openDuckdbAnalytics,
  openSqliteLog,
  openSqliteState,
  type StateStore,
} from '../store/index.ts'

import { placeRebuilt } from './rebuiltParts.ts'

/** The four stores of one workspace, under one lock. */
export interface Storage {
  readonly log: EventLog
  readonly state: StateStore
  readonly analytics: AnalyticsStore
  readonly artifacts: ArtifactStore
  /** Trained models. They are not made from the log alone, so a rebuild leaves them as they are. */
  readonly models: ArtifactStore
  close(): Promise<void>
}

/**
 * Opens the embedded stores of a workspace: `log/` and `models/` in its directory; `state/`, `analytics/` and `artifacts/`,
 * which can all be rebuilt from the log, in `derived` (the same directory but for a rebuild).
 * @param onCorrupt a damaged log entry was met and left out
 * @throws STORE_LOCKED when another process has the directory
 */
export async function openStorage(
  directory: string,
  derived: string,
  onCorrupt: (offset: number, reason: string) => void,
): Promise<Storage> {
  const lock = await lockDirectory(directory)
  if (derived === directory) placeRebuilt(directory)
  const opened: { close(): Promise<void> }[] = []
  const closeAll = async (): Promise<void> => {
    for (const store of opened.splice(0).toReversed()) await store.close()
    lock.release()
  }
  const keep = <S extends { close(): Promise<void> }>(store: S): S => {
    opened.push(store)
    return store
  }
  try {
    return {
      log: keep(await openSqliteLog(join(directory, 'log'), { onCorrupt })),
      state: keep(await openSqliteState(join(derived, 'state'))),
      analytics: keep(await openDuckdbAnalytics(join(derived, 'analytics'))),
      artifacts: await openDirectoryArtifacts(join(derived, 'artifacts')),
      models: await openDirectoryArtifacts(join(directory, 'models')),
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}
