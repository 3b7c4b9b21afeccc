import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AttributeColumn, Catalog } from '../catalog/index.ts'
import type { ItemAttributes } from '../models/index.ts'

const FIXED = ['brand', 'categories']
/** Columns that are read; a catalogue with more has them for other uses than taste. */
const MOST_COLUMNS = 50
const ITEMS_A_TURN = 2_000

/**
 * What models may know of the items 0 .. items-1: brand, categories and the attributes that are words, one number for each value of a
 * column. Read a few milliseconds at a time. Undefined when no item has any.
 */
export async function itemAttributes(
  catalog: Catalog,
  items: number,
): Promise<ItemAttributes | undefined> {
  const paths = [...FIXED, ...catalog.attributeNames().map((name) => `attributes.${name}`)]
  const columns = paths
    .map((path) => catalog.column(path))
    .filter((column): column is AttributeColumn => column !== undefined && column.kind !== 'number')
    .slice(0, MOST_COLUMNS)
  const start = new Uint32Array(new SharedArrayBuffer(4 * (items + 1)))
  const values = columns.map(() => new Map<number, number>())
  const index: number[] = []
  let count = 0
  for (let n = 0; n < items; n++) {
    for (const [c, column] of columns.entries()) {
      for (const code of column.codes(n)) {
        const known = values[c]?.get(code)
        if (known === undefined) values[c]?.set(code, count)
        index.push(known ?? count++)
      }
    }
    start[n + 1] = index.length
    if (n % ITEMS_A_TURN === 0) await nextTurn()
  }
  if (index.length === 0) return undefined
  const shared = new Int32Array(new SharedArrayBuffer(4 * index.length))
  shared.set(index)
  return { values: count, start, index: shared }
}
