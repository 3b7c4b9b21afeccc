import { attributeColumns } from './attributeColumns.ts'
import type { ColumnGroupKind } from './columnGroup.ts'
import { numberColumns } from './numberColumns.ts'
import { timeColumns } from './timeColumns.ts'
import { traitColumns } from './traitColumns.ts'

/** What the ranker may know besides the members and the history, in the order of their columns. */
export const COLUMN_GROUPS: readonly ColumnGroupKind[] = [
  attributeColumns,
  numberColumns,
  traitColumns,
  timeColumns,
]
