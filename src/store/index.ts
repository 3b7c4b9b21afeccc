export { openDirectoryArtifacts } from './adapters/directory/artifacts.ts'
export { type DuckdbAnalyticsOptions, openDuckdbAnalytics } from './adapters/duckdb/analytics.ts'
export { openSqliteLog, type SqliteLogOptions } from './adapters/sqlite/log.ts'
export { openSqliteState } from './adapters/sqlite/state.ts'
export { AnalyticsRows, encodeAnalyticsRows } from './analyticsBatch.ts'
export type {
  AnalyticsFile,
  AnalyticsRow,
  AnalyticsStore,
  InteractionColumns,
  InteractionQuery,
  TimeRange,
} from './analyticsStore.ts'
export type { ArtifactStore } from './artifactStore.ts'
export { type DirectoryLock, lockDirectory } from './directoryLock.ts'
export type { EntryKind, EventLog, LogEntry, NewEntry, ReadLimit } from './eventLog.ts'
export type { OutboxEntry, StatePut, StateRow, StateStore, StateTransaction } from './stateStore.ts'
