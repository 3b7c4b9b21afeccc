import { IdColumn, IdDictionary } from '../../imports/index.ts'
import type { ItemAttributes } from '../../models/index.ts'
import type { DatasetTables } from './datasetTables.ts'
import { idOrder } from './idOrder.ts'

/** The items that a recommender is fitted on, in the order of their ids. */
export interface Catalogue {
  readonly items: number
  /** Number of each item by its dictionary number; -1, or beyond the end: not in the catalogue. */
  readonly numberOf: Int32Array
  /** Dictionary number of each item. */
  readonly codes: Int32Array
}

/** The catalogue of all items that a dictionary holds so far. */
export function catalogueOf(dictionary: IdDictionary): Catalogue {
  const { codes, placeOf } = idOrder(dictionary)
  return { items: codes.length, codes, numberOf: placeOf }
}

/** Columns whose values, joined by `|`, say something about an item. */
const ATTRIBUTE_COLUMNS = ['attributes', 'genres', 'categories', 'category', 'brand', 'tags']

interface AttributeColumn {
  readonly name: string
  readonly ids: IdColumn
}

/** What the items table says, before the catalogue is known. */
export interface ItemTable {
  readonly item: Int32Array
  readonly columns: readonly AttributeColumn[]
}

/**
 * Reads the side table `items`, where the data set has one. Its items enter the dictionary, so that one without events
 * can be recommended for its attributes.
 */
export async function readItems(tables: DatasetTables): Promise<ItemTable | undefined> {
  if (!tables.dataset.files.has('items')) return undefined
  const item = tables.itemColumn()
  const columns = ATTRIBUTE_COLUMNS.map((name) => ({
    name,
    ids: new IdColumn(new IdDictionary(), { optional: true, empty: true }),
  }))
  await tables.read('items', {
    item,
    ...Object.fromEntries(columns.map(({ name, ids }) => [name, ids])),
  })
  return { item: item.codes, columns: columns.filter(({ ids }) => ids.codes.length > 0) }
}

/** Attribute values of the items of a catalogue; undefined when no item has any. */
export function attributesOf(
  { item, columns }: ItemTable,
  catalogue: Catalogue,
): ItemAttributes | undefined {
  const names = new Map<string, number>()
  const valuesOf = Array.from({ length: catalogue.items }, (): Set<number> => new Set())
  for (const { name, ids } of columns) {
    const lists = Array.from({ length: ids.dictionary.size }, (_, code) =>
      ids.dictionary
        .name(code)
        .split('|')
        .filter((value) => value !== '')
        .map((value) => numberOf(names, `${name}=${value}`)),
    )
    item.forEach((code, row) => {
      const values = valuesOf[catalogue.numberOf[code] ?? -1]
      for (const value of lists[ids.codes[row] as number] ?? []) values?.add(value)
    })
  }
  if (names.size === 0) return undefined
  const start = new Uint32Array(catalogue.items + 1)
  valuesOf.forEach(({ size }, i) => (start[i + 1] = (start[i] as number) + size))
  const index = Int32Array.from(valuesOf.flatMap((set) => [...set].sort((a, b) => a - b)))
  return { values: names.size, start, index, names: [...names.keys()] }
}

function numberOf(names: Map<string, number>, name: string): number {
  const known = names.get(name)
  if (known !== undefined) return known
  names.set(name, names.size)
  return names.size - 1
}
