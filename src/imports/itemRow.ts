import type { Json, JsonObject } from '../base/index.ts'
import { parseTime } from '../events/index.ts'
import type { BoundMapping } from './mapping.ts'
import { columnWords, type Row } from './row.ts'
import type { RejectedRow } from './source.ts'

const TEXTS = ['title', 'description', 'brand', 'currency', 'image', 'url'] as const
const NUMBERS = ['price', 'stock'] as const
const TIMES = ['publishedAt', 'availableFrom', 'availableUntil'] as const
/** Columns of other names that hold lists joined by a bar. */
const LISTS = new Set(['attributes', 'tags'])

/** A list in one field: joined by `|`, by ` > `, or one entry. */
function readList(text: string): string[] {
  return text
    .split(/\||\s>\s/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function readAttribute(name: string, text: string): Json {
  if (LISTS.has(name)) return readList(text)
  if (text === 'true') return true
  if (text === 'false') return false
  return String(Number(text)) === text ? Number(text) : text
}

/** The year in the title of a film or book, as in "Metropolis (1927)". */
function yearIn(title: string): number | undefined {
  const match = /\((1[89]\d\d|20\d\d)\)\s*$/.exec(title)
  return match === null ? undefined : Number(match[1])
}

/** Reads rows as catalogue documents, by a mapping. Columns without a field of their own become attributes. */
export class ItemRowReader {
  readonly #file: string
  readonly #mapping: BoundMapping

  constructor(file: string, mapping: BoundMapping) {
    this.#file = file
    this.#mapping = mapping
  }

  /** An item document, or why the row is none. */
  read(row: Row): { readonly item: JsonObject } | RejectedRow {
    const width = this.#mapping.header.length
    if (row.fields.length !== width) {
      const reason = `The row has ${row.fields.length} fields, the header has ${width}.`
      return { file: this.#file, line: row.line, code: 'IMPORTS_RAGGED_ROW', reason }
    }
    const id = this.#text(row, 'id')
    if (id === '') return this.#reject(row, 'IMPORTS_NO_ITEM', 'id', 'The item has no id')
    const item: Record<string, Json> = { id }
    for (const field of TEXTS) {
      const text = this.#text(row, field)
      if (text !== '') item[field] = text
    }
    const categories = readList(this.#text(row, 'categories'))
    if (categories.length > 0) item['categories'] = categories
    const enabled = this.#text(row, 'enabled').toLowerCase()
    if (enabled !== '') item['enabled'] = enabled !== 'false' && enabled !== '0' && enabled !== 'no'
    const broken = this.#readMeasures(row, item)
    if (broken !== undefined) return broken
    const attributes = this.#attributes(row, item)
    return { item: Object.keys(attributes).length > 0 ? { ...item, attributes } : item }
  }

  #readMeasures(row: Row, item: Record<string, Json>): RejectedRow | undefined {
    for (const field of NUMBERS) {
      const text = this.#text(row, field)
      if (text === '') continue
      const value = Number(text)
      if (!Number.isFinite(value) || value < 0) {
        return this.#reject(row, 'IMPORTS_BAD_NUMBER', field, `The ${field} must be at least 0`)
      }
      item[field] = value
    }
    for (const field of TIMES) {
      const text = this.#text(row, field)
      if (text === '') continue
      const time = parseTime(text)
      if (time === undefined) {
        return this.#reject(row, 'IMPORTS_BAD_TIME', field, 'The time cannot be read')
      }
      item[field] = time
    }
    return undefined
  }

  #attributes(row: Row, item: Readonly<Record<string, Json>>): Record<string, Json> {
    const attributes: Record<string, Json> = {}
    for (const { name, column } of this.#mapping.open) {
      const text = (row.fields[column] ?? '').trim()
      // attributes.attributes would puzzle whoever filters by it.
      if (text !== '') attributes[name === 'attributes' ? 'tags' : name] = readAttribute(name, text)
    }
    const title = item['title']
    const year = typeof title === 'string' ? yearIn(title) : undefined
    if (year !== undefined) attributes['year'] ??= year
    return attributes
  }

  #text(row: Row, field: string): string {
    const place = this.#mapping.column(field)
    if (place >= 0) return (row.fields[place] ?? '').trim()
    return this.#mapping.literal(field) ?? ''
  }

  #reject(row: Row, code: string, field: string, what: string): RejectedRow {
    const place = this.#mapping.column(field)
    const got = JSON.stringify(this.#text(row, field).slice(0, 40))
    const rejected = { file: this.#file, line: row.line, code, reason: `${what}: got ${got}.` }
    return place < 0 ? rejected : { ...rejected, column: columnWords(place, this.#mapping.header) }
  }
}
