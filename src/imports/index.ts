export { type Column, IdColumn, NumberColumn } from './columns/column.ts'
export { IdDictionary } from './columns/idDictionary.ts'
export { readColumns, type TablePlace } from './columns/readColumns.ts'
export { type Dataset, readDataset } from './dataset.ts'
export { importErrors } from './errors.ts'
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
