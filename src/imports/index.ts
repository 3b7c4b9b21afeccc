export { type ImportOptions, openImport } from './openImport.ts'
export { type ImportProgress, renderProgress } from './progress.ts'
export {
  type ImportCheckpoint,
  type ImportRunOptions,
  type ImportSink,
  type ImportSummary,
  type RefusedRow,
  runImport,
  type SinkAnswer,
} from './runImport.ts'
export type { ImportBatch, ImportPosition, ImportSource, RejectedRow } from './source.ts'
