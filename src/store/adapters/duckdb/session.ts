import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBInstance,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api'
import { ANALYTICS_COLUMNS, type AnalyticsBatch, type ColumnValues } from '../../analyticsBatch.ts'

const CHUNK_ROWS = 2048
const TYPES = ANALYTICS_COLUMNS.map(({ type }) => (type === 'text' ? VARCHAR : DOUBLE))

/** What DuckDB may use. */
export interface DuckdbLimits {
  /** For example 256MB. Sorting beyond it goes to `spill`. */
  readonly memory: string
  readonly threads: number
  /** Folder for what does not fit in memory. */
  readonly spill: string
}

/** A DuckDB in memory whose table `open_rows` mirrors the open part; everything durable is elsewhere. */
export class DuckdbSession {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  static async start(limits: DuckdbLimits): Promise<DuckdbSession> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(limits.threads),
      memory_limit: limits.memory,
      temp_directory: limits.spill,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      preserve_insertion_order: 'false',
    })
    const session = new DuckdbSession(instance, await instance.connect())
    const columns = ANALYTICS_COLUMNS.map(({ name, type }) => {
      return `${name} ${type === 'text' ? 'VARCHAR' : 'DOUBLE'}`
    })
    await session.run(`CREATE TABLE open_rows (${columns.join(', ')})`)
    return session
  }

  /** @param count 1 or more */
  async useThreads(count: number): Promise<void> {
    await this.run(`SET threads = ${count}`)
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql)
  }

  /** Rows of a statement with bound `$name` parameters; whole numbers of any width come as numbers. */
  async rows(
    sql: string,
    parameters: Record<string, DuckDBValue> = {},
  ): Promise<Record<string, string | number | boolean | null>[]> {
    const reader = await this.#connection.runAndReadAll(sql, parameters)
    const names = reader.columnNames()
    return reader
      .getRows()
      .map((row) => Object.fromEntries(names.map((name, i) => [name, plain(row[i])])))
  }

  /** The columns of a statement chunk by chunk, as views that are valid until the next one; no column may hold nulls. */
  async eachChunk(
    sql: string,
    visit: (rows: number, columns: readonly ArrayBufferView[]) => void,
  ): Promise<void> {
    const result = await this.#connection.stream(sql)
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
      const columns = Array.from({ length: chunk.columnCount }, (_, k) =>
        numbersOf(chunk.getColumnVector(k)),
      )
      visit(chunk.rowCount, columns)
    }
  }

  /** Adds a batch to `open_rows`. */
  async append(batch: AnalyticsBatch): Promise<void> {
    const appender = await this.#connection.createAppender('open_rows')
    for (let from = 0; from < batch.rows; from += CHUNK_ROWS) {
      const to = Math.min(batch.rows, from + CHUNK_ROWS)
      const chunk = DuckDBDataChunk.create(TYPES, to - from)
      batch.columns.forEach((values, c) => fillColumn(chunk, c, values.slice(from, to)))
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
    appender.closeSync()
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}

/**
 * Sets the values of a column. The library marks each null by a BigInt, which takes longer than all else: a column without
 * values, as more than half of those of a decision are, is marked at once, and one of numbers alone is copied.
 */
function fillColumn(chunk: DuckDBDataChunk, column: number, values: ColumnValues): void {
  const vector = chunk.getColumnVector(column)
  if (values.length > 0 && values.every((value) => value === null)) {
    vector.setItem(0, null)
    const marks = marksOf(vector)
    if (marks !== undefined) {
      marks.fill(0n)
      return vector.flush()
    }
  }
  if (vector instanceof DuckDBDoubleVector && values.every((value) => typeof value === 'number')) {
    const numbers = numbersOf(vector)
    if (numbers instanceof Float64Array) {
      numbers.set(values)
      return vector.flush()
    }
  }
  chunk.setColumnValues(column, values)
}

/** The bits of a vector that say which items are there, once one is not. */
function marksOf(vector: object): BigUint64Array | undefined {
  const validity: unknown = 'validity' in vector ? vector.validity : undefined
  if (typeof validity !== 'object' || validity === null || !('data' in validity)) return undefined
  return validity.data instanceof BigUint64Array ? validity.data : undefined
}

/** The memory of a column of numbers. */
function numbersOf(vector: object): ArrayBufferView {
  if ('items' in vector && ArrayBuffer.isView(vector.items)) return vector.items
  throw new TypeError(`a column of numbers was expected, not a ${vector.constructor.name}`)
}

function plain(value: DuckDBValue | undefined): string | number | boolean | null {
  switch (typeof value) {
    case 'bigint':
      return Number(value)
    case 'string':
    case 'number':
    case 'boolean':
      return value
    default:
      return value === null || value === undefined ? null : String(value)
  }
}
