import { MOST_TREE_ROWS } from '../../math/index.ts'
import { modelErrors } from '../errors.ts'
import type { TreeParameters } from './treeParameters.ts'

/** Rows to learn from. */
export interface TreeTable {
  readonly rows: number
  readonly columns: number
  /**
   * Value of column c in row r at r × columns + c; NaN is missing. Categories are numbers too, best in an order that
   * means something, such as that of their frequency.
   */
  readonly values: Float32Array
  readonly label: Float32Array
  /** At least 0, 1 where absent. Rows of weight 0 teach nothing. */
  readonly weight?: Float32Array
  /** Rows that belong together, such as the candidates of one person: they are held back together. */
  readonly group?: Int32Array
  /** 1 for rows that are only to tell when to stop. Absent: a share is drawn, where stopping early is asked for. */
  readonly held?: Uint8Array
}

/** @throws MODELS_BAD_DATA, MODELS_TOO_LARGE */
export function checkTreeTable(table: TreeTable, parameters: TreeParameters): void {
  const { rows, columns, label, weight } = table
  const { monotone } = parameters
  if (rows > MOST_TREE_ROWS) {
    throw modelErrors.MODELS_TOO_LARGE(`${rows} rows; trees take at most ${MOST_TREE_ROWS}`)
  }
  const expected = { values: rows * columns, label: rows, weight: rows, group: rows, held: rows }
  for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
    const given = table[name]?.length ?? expected[name]
    if (given !== expected[name]) throw bad(`${name} has ${given} entries, not ${expected[name]}`)
  }
  if (monotone !== undefined && monotone.length !== columns) {
    throw bad(`monotone has ${monotone.length} entries, not ${columns}`)
  }
  const most = parameters.objective === 'log-loss' ? 1 : Infinity
  label.forEach((value, row) => {
    if (Number.isFinite(value) && value <= most && (most > 1 || value >= 0)) return
    throw bad(`the label of row ${row} is ${value}${most === 1 ? '; it may be from 0 to 1' : ''}`)
  })
  weight?.forEach((value, row) => {
    if (Number.isFinite(value) && value >= 0) return
    throw bad(`the weight of row ${row} is ${value}; it may be 0 or more`)
  })
}

function bad(detail: string) {
  return modelErrors.MODELS_BAD_DATA(detail)
}
