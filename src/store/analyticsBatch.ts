import { AttuneError } from '../base/index.ts'
import type { AnalyticsRow } from './analyticsStore.ts'
import { storeErrors } from './errors.ts'

/** A column of the analytics rows: its name in SQL and where its value comes from. */
export interface AnalyticsColumn {
  readonly name: string
  readonly field: keyof AnalyticsRow
  readonly type: 'text' | 'number'
}

const text = (name: string, field: keyof AnalyticsRow): AnalyticsColumn => ({
  name,
  field,
  type: 'text',
})
const number = (name: string, field: keyof AnalyticsRow): AnalyticsColumn => ({
  name,
  field,
  type: 'number',
})

/** The allow-list of columns. Order is part of the stored format: append only. */
export const ANALYTICS_COLUMNS: readonly AnalyticsColumn[] = [
  text('pid', 'pid'),
  number('time', 'time'),
  number('received_at', 'receivedAt'),
  text('type', 'type'),
  text('event', 'event'),
  text('item', 'item'),
  number('value', 'value'),
  number('quantity', 'quantity'),
  text('order_id', 'order'),
  text('decision', 'decision'),
  text('placement', 'placement'),
  number('position', 'position'),
  text('device', 'device'),
  text('country', 'country'),
  text('action', 'action'),
  number('item_number', 'itemNumber'),
  number('trains', 'trains'),
]

/** Values of one column, in row order. */
export type ColumnValues = readonly (string | number | null)[]

/*
 * A batch, little-endian: u32 format, u32 rows; then column after column. Number: f64 per row, NaN = null.
 * Text: u32 length and UTF-8 of a JSON list of texts, then u32 per row: 0 = null, else place + 1.
 */
const FORMAT = 2
const PREFIX_BYTES = 8

/** Rows as compact bytes, for an outbox or for `AnalyticsStore.append`. Cost: about a microsecond a row. */
export function encodeAnalyticsRows(rows: readonly AnalyticsRow[]): Uint8Array {
  const batch = new AnalyticsRows()
  for (const row of rows) batch.add(row)
  return batch.take()
}

const FIRST_ROOM = 256

/**
 * A batch that is written row by row: what waits to be taken is a few flat columns, which cost the collector nothing, and
 * taking them is not a long piece of work.
 */
export class AnalyticsRows {
  #columns = ANALYTICS_COLUMNS.map(waitingColumn)
  #rows = 0

  get count(): number {
    return this.#rows
  }

  add(row: AnalyticsRow): void {
    for (const column of this.#columns) column.add(row, this.#rows)
    this.#rows++
  }

  /** The rows since the last call as bytes. */
  take(): Uint8Array {
    const prefix = Buffer.alloc(PREFIX_BYTES)
    prefix.writeUInt32LE(FORMAT, 0)
    prefix.writeUInt32LE(this.#rows, 4)
    const parts = this.#columns.flatMap((column) => column.take(this.#rows))
    this.#rows = 0
    return Buffer.concat([prefix, ...parts])
  }
}

interface WaitingColumn {
  add(row: AnalyticsRow, place: number): void
  /** The first `rows` values; the column is empty then. */
  take(rows: number): readonly Uint8Array[]
}

function waitingColumn({ field, type }: AnalyticsColumn): WaitingColumn {
  return type === 'number' ? new WaitingNumbers(field) : new WaitingTexts(field)
}

class WaitingNumbers implements WaitingColumn {
  readonly #field: keyof AnalyticsRow
  #values = new Float64Array(FIRST_ROOM)

  constructor(field: keyof AnalyticsRow) {
    this.#field = field
  }

  add(row: AnalyticsRow, place: number): void {
    if (place === this.#values.length) {
      const values = new Float64Array(2 * place)
      values.set(this.#values)
      this.#values = values
    }
    const value = row[this.#field]
    this.#values[place] = typeof value === 'number' ? value : Number.NaN
  }

  take(rows: number): readonly Uint8Array[] {
    return [new Uint8Array(this.#values.buffer, 0, 8 * rows)]
  }
}

/** Texts of these fields come in runs, if more than once: a table would hold each of them for nothing. */
const IN_RUNS: ReadonlySet<keyof AnalyticsRow> = new Set(['pid', 'order', 'decision'])

class WaitingTexts implements WaitingColumn {
  readonly #field: keyof AnalyticsRow
  #codes = new Uint32Array(FIRST_ROOM)
  /** By their codes, less one. */
  #texts: string[] = []
  readonly #codeOfText = new Map<string, number>()

  constructor(field: keyof AnalyticsRow) {
    this.#field = field
  }

  add(row: AnalyticsRow, place: number): void {
    if (place === this.#codes.length) {
      const codes = new Uint32Array(2 * place)
      codes.set(this.#codes)
      this.#codes = codes
    }
    const value = row[this.#field]
    this.#codes[place] = typeof value === 'string' ? this.#codeOf(value) : 0
  }

  take(rows: number): readonly Uint8Array[] {
    const words = Buffer.from(JSON.stringify(this.#texts))
    const length = Buffer.alloc(4)
    length.writeUInt32LE(words.length)
    this.#texts = []
    this.#codeOfText.clear()
    return [length, words, new Uint8Array(this.#codes.buffer, 0, 4 * rows)]
  }

  #codeOf(value: string): number {
    if (value === this.#texts.at(-1)) return this.#texts.length
    if (IN_RUNS.has(this.#field)) return this.#texts.push(value)
    let code = this.#codeOfText.get(value)
    if (code === undefined) this.#codeOfText.set(value, (code = this.#texts.push(value)))
    return code
  }
}

/** The columns of a batch, in the order of ANALYTICS_COLUMNS, and its number of rows. */
export interface AnalyticsBatch {
  readonly rows: number
  readonly columns: readonly ColumnValues[]
}

/**
 * Number of rows of a batch, from its first bytes.
 * @throws STORE_CORRUPT when the bytes are not a batch
 */
export function batchRows(bytes: Uint8Array): number {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (source.length < PREFIX_BYTES || source.readUInt32LE(0) !== FORMAT) {
    throw storeErrors.STORE_CORRUPT('These bytes are not analytics rows.')
  }
  return source.readUInt32LE(4)
}

/** @throws STORE_CORRUPT when the bytes are not a batch */
export function decodeAnalyticsRows(bytes: Uint8Array): AnalyticsBatch {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  try {
    return decodeColumns(source, batchRows(bytes))
  } catch (cause) {
    if (cause instanceof AttuneError) throw cause
    throw storeErrors.STORE_CORRUPT('An analytics batch is damaged.', { cause })
  }
}

function decodeColumns(source: Buffer, rows: number): AnalyticsBatch {
  let at = PREFIX_BYTES
  const columns = ANALYTICS_COLUMNS.map(({ type }) => {
    const values: (string | number | null)[] = []
    if (type === 'number') {
      for (let i = 0; i < rows; i++, at += 8) values.push(orNull(source.readDoubleLE(at)))
      return values
    }
    const length = source.readUInt32LE(at)
    const words = JSON.parse(source.toString('utf8', at + 4, at + 4 + length)) as string[]
    at += 4 + length
    for (let i = 0; i < rows; i++, at += 4) values.push(words[source.readUInt32LE(at) - 1] ?? null)
    return values
  })
  return { rows, columns }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** The batch without the rows of these persons. */
export function withoutSubjects(bytes: Uint8Array, pids: ReadonlySet<string>): AnalyticsRow[] {
  const { rows, columns } = decodeAnalyticsRows(bytes)
  const kept: AnalyticsRow[] = []
  for (let i = 0; i < rows; i++) {
    const pid = columns[0]?.[i]
    if (typeof pid === 'string' && pids.has(pid)) continue
    kept.push(rowAt(columns, i))
  }
  return kept
}

function rowAt(columns: readonly ColumnValues[], i: number): AnalyticsRow {
  return Object.fromEntries(
    ANALYTICS_COLUMNS.map(({ field }, c) => [field, columns[c]?.[i] ?? null]),
  ) as unknown as AnalyticsRow
}
