export {
  type Config,
  CONFIG_DEFAULTS,
  type ConfigSources,
  dataDirectory,
  readConfig,
  trainingSettings,
} from './config.ts'
export { type Demo, type DemoOptions, type DemoPerson, startDemo } from './demo.ts'
export type {
  CollectResult,
  Engine,
  EngineOptions,
  EngineStatus,
  Page,
  UpsertResult,
} from './engine.ts'
export { workspaceErrors } from './errors.ts'
export {
  type CreatedWorkspace,
  createKey,
  createWorkspace,
  type FreshKey,
  type KeyRole,
  listKeys,
  listWorkspaces,
  matchKey,
  readWorkspace,
  revokeKey,
  rotateKey,
  type StoredKey,
  workspaceDirectory,
  type WorkspaceDocument,
} from './keys.ts'
export type { ModelsView, TrainingSettings } from './modelling.ts'
export type { FedEvent, RatePoint } from './liveFeed.ts'
export { type Logger, openLog } from './log.ts'
export { openEngine } from './openEngine.ts'
export { type Rebuilt, type RebuildOptions, rebuildWorkspace } from './rebuild.ts'
