import { join } from 'node:path'
import { DAY } from '../../base/index.ts'
import {
  type Column,
  type Dataset,
  IdColumn,
  IdDictionary,
  importErrors,
  NumberColumn,
  readColumns,
} from '../../imports/index.ts'

/** Reads the tables of one data set; all of them number items, and people, by the same dictionaries. */
export class DatasetTables {
  readonly dataset: Dataset
  readonly items = new IdDictionary()
  readonly people = new IdDictionary()
  /** What a person should know about the data. */
  readonly notes: string[] = []

  constructor(dataset: Dataset) {
    this.dataset = dataset
  }

  /**
   * Reads columns of the table of a role.
   * @returns the number of rows
   * @throws IMPORTS_WRONG_FOLDER, and what `readColumns` throws
   */
  async read(role: string, columns: Readonly<Record<string, Column>>): Promise<number> {
    const { folder, files, counts, protocol } = this.dataset
    const file = files.get(role)
    if (file === undefined) {
      throw importErrors.IMPORTS_WRONG_FOLDER(
        `dataset.json: the protocol ${protocol} needs files.${role}.`,
      )
    }
    const table = { path: join(folder, file), file }
    const rows = await readColumns(table, new Map(Object.entries(columns)))
    const told = counts.get(role)
    if (told !== undefined && told !== rows) {
      this.notes.push(`${file} has ${rows} rows, dataset.json says ${told}: is it complete?`)
    }
    return rows
  }

  /** A column of person ids. */
  personColumn(): IdColumn {
    return new IdColumn(this.people)
  }

  itemColumn(): IdColumn {
    return new IdColumn(this.items)
  }
}

/** What people did, as read: dictionary numbers of people and items. */
export interface ReadEvents {
  readonly person: Int32Array
  readonly item: Int32Array
  readonly order?: Float64Array
  readonly weight?: Float64Array
  readonly basket?: Int32Array
  readonly time?: Float64Array
}

export interface EventColumns {
  readonly person: string
  /** Column that orders the events of a person, required or not. */
  readonly order?: { readonly name: string; readonly optional: boolean }
  /** Column of baskets, numbered in the order of time; takes the place of `order`. */
  readonly basket?: string
}

/**
 * Reads a table of events. Columns named `weight` and `time` are used where the table has them: a weight of 0 or less
 * takes an event out, a time is ISO 8601 or seconds since 1970.
 */
export async function readEvents(
  tables: DatasetTables,
  role: string,
  names: EventColumns,
): Promise<ReadEvents> {
  const person = tables.personColumn()
  const item = tables.itemColumn()
  const order = new NumberColumn({ optional: names.order?.optional !== false })
  const basket = new NumberColumn()
  const weight = new NumberColumn({ optional: true })
  const time = new IdColumn(new IdDictionary(), { optional: true })
  await tables.read(role, {
    [names.person]: person,
    item,
    weight,
    time,
    ...(names.order && { [names.order.name]: order }),
    ...(names.basket !== undefined && { [names.basket]: basket }),
  })
  const rows = person.codes.length
  const has = (column: ArrayLike<number>): boolean => rows > 0 && column.length === rows
  const ignored = has(weight.values) ? weight.values.filter((w) => w <= 0).length : 0
  if (ignored > 0) tables.notes.push(`${ignored} rows of ${role} weigh 0 or less and are left out.`)
  return {
    person: person.codes,
    item: item.codes,
    ...(has(order.values) && { order: order.values }),
    ...(has(basket.values) && { order: basket.values, basket: Int32Array.from(basket.values) }),
    ...(has(weight.values) && { weight: weight.values }),
    ...(has(time.codes) && { time: daysOf(time, tables.dataset.files.get(role) ?? role) }),
  }
}

const MILLISECONDS_FROM = 1e11

/**
 * Days since 1970 of a column of times; each different text is read once.
 * @throws IMPORTS_BAD_TIME
 */
export function daysOf(column: IdColumn, file: string): Float64Array {
  const { dictionary, codes } = column
  const days = Float64Array.from({ length: dictionary.size }, (_, code) => {
    const text = dictionary.name(code)
    const number = Number(text)
    const ms = Number.isNaN(number) ? isoTime(text) : inMilliseconds(number)
    if (text.trim() !== '' && Number.isFinite(ms)) return ms / DAY
    const line = codes.indexOf(code) + 2
    throw importErrors.IMPORTS_BAD_TIME(
      `${file} line ${line}: time is ${JSON.stringify(text.slice(0, 40))}.`,
    )
  })
  return Float64Array.from(codes, (code) => days[code] as number)
}

function inMilliseconds(number: number): number {
  return Math.abs(number) < MILLISECONDS_FROM ? number * 1_000 : number
}

/** A time without a zone is UTC, so that a result does not depend on where it was measured. */
function isoTime(text: string): number {
  const zoned = /[Zz]$|[+-]\d\d:?\d\d$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text)
  return Date.parse(zoned ? text : `${text}Z`)
}
