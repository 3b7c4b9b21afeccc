import { DAY } from '../../base/index.ts'
import { IdColumn, IdDictionary } from '../../imports/index.ts'
import type { ItemAttributes, TrainingData } from '../../models/index.ts'
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

/** Columns that hold one number, or one date, for each item. */
const NUMBER_COLUMNS = ['price', 'year', 'released']

interface AttributeColumn {
  readonly name: string
  readonly ids: IdColumn
}

/** What the items table says, before the catalogue is known. */
export interface ItemTable {
  readonly item: Int32Array
  readonly columns: readonly AttributeColumn[]
  readonly numbers: readonly AttributeColumn[]
}

/**
 * Reads the side table `items`, where the data set has one. Its items enter the dictionary, so that one without events
 * can be recommended for its attributes.
 */
export async function readItems(tables: DatasetTables): Promise<ItemTable | undefined> {
  if (!tables.dataset.files.has('items')) return undefined
  const item = tables.itemColumn()
  const optional = (name: string): AttributeColumn => ({
    name,
    ids: new IdColumn(new IdDictionary(), { optional: true, empty: true }),
  })
  const columns = ATTRIBUTE_COLUMNS.map(optional)
  const numbers = NUMBER_COLUMNS.map(optional)
  await tables.read('items', {
    item,
    ...Object.fromEntries([...columns, ...numbers].map(({ name, ids }) => [name, ids])),
  })
  const present = ({ ids }: AttributeColumn): boolean => ids.codes.length > 0
  return {
    item: item.codes,
    columns: columns.filter(present),
    numbers: numbers.filter(present),
  }
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

/** Numbers and dates of the items of a catalogue; undefined when the table has no column of them. */
export function numbersOf(
  { item, numbers }: ItemTable,
  catalogue: Catalogue,
): TrainingData['numbers'] {
  if (numbers.length === 0) return undefined
  const values = new Float32Array(catalogue.items * numbers.length).fill(Number.NaN)
  numbers.forEach(({ ids }, n) => {
    const { dictionary, codes } = ids
    const known = Array.from({ length: dictionary.size }, (_, c) => numberIn(dictionary.name(c)))
    item.forEach((code, row) => {
      const number = catalogue.numberOf[code] ?? -1
      if (number < 0) return
      values[number * numbers.length + n] = known[codes[row] as number] as number
    })
  })
  return { names: numbers.map(({ name }) => name), values }
}

/** A number as it is, a date in days since 1970; NaN for anything else. */
function numberIn(text: string): number {
  if (text.trim() === '') return Number.NaN
  const number = Number(text)
  return Number.isNaN(number) ? Date.parse(`${text} UTC`) / DAY : number
}

function numberOf(names: Map<string, number>, name: string): number {
  const known = names.get(name)
  if (known !== undefined) return known
  names.set(name, names.size)
  return names.size - 1
}
