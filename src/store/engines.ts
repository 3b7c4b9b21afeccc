import { openDirectoryArtifacts } from './adapters/directory/artifacts.ts'
import { openDuckdbAnalytics } from './adapters/duckdb/analytics.ts'
import { openSqliteLog, type SqliteLogOptions } from './adapters/sqlite/log.ts'
import { openSqliteState } from './adapters/sqlite/state.ts'
import type { AnalyticsStore } from './analyticsStore.ts'
import type { ArtifactStore } from './artifactStore.ts'
import type { EventLog } from './eventLog.ts'
import type { StateStore } from './stateStore.ts'

/** What the engines behind one port do differently. Code asks for these, never for an engine's name. */
export interface StoreCapabilities {
  /** The data are files of the directory: a process can be killed over them, a disk can be full, bytes can be searched. */
  readonly localFiles: boolean
}

/** One engine of a port: how to open it on a directory, and what it is able to do. */
export interface StoreEngine<Store, Options = undefined> {
  readonly capabilities: StoreCapabilities
  open(directory: string, options?: Options): Promise<Store>
}

/** Engines of the event log. */
export const logEngines = {
  sqlite: {
    open: openSqliteLog,
    capabilities: { localFiles: true },
  },
} satisfies Readonly<Record<string, StoreEngine<EventLog, SqliteLogOptions>>>

/** Engines of the state. */
export const stateEngines = {
  sqlite: {
    open: openSqliteState,
    capabilities: { localFiles: true },
  },
} satisfies Readonly<Record<string, StoreEngine<StateStore>>>

/** Engines of the analytics part. */
export const analyticsEngines = {
  duckdb: {
    open: openDuckdbAnalytics,
    capabilities: { localFiles: true },
  },
} satisfies Readonly<Record<string, StoreEngine<AnalyticsStore>>>

/** Engines of the artefacts. */
export const artifactEngines = {
  directory: {
    open: openDirectoryArtifacts,
    capabilities: { localFiles: true },
  },
} satisfies Readonly<Record<string, StoreEngine<ArtifactStore>>>
