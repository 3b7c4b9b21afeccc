import { stat } from 'node:fs/promises'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { importErrors } from './errors.ts'
import type { Row, RowBlock } from './row.ts'
import type { ImportPosition } from './source.ts'

/** A Parquet file whose columns are known. */
export interface ParquetFile {
  readonly path: string
  readonly file: string
  readonly header: readonly string[]
  readonly bytes: number
  readonly totalRows: number
}

/** DuckDB is loaded when the first Parquet file is met: it costs 40 MB that other imports need not pay. */
async function connect(): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  return instance.connect()
}

function wrapDuckdbError(file: string, error: unknown): Error {
  const message = (error as Error).message.split('\n')[0] ?? ''
  return importErrors.IMPORTS_BROKEN_PARQUET(`${file}: ${message}`, { cause: error })
}

/**
 * Reads the column names and the number of rows.
 * @throws IMPORTS_BROKEN_PARQUET
 */
export async function openParquet(path: string, file: string): Promise<ParquetFile> {
  const { size } = await stat(path)
  const connection = await connect()
  try {
    const described = await connection.runAndReadAll('DESCRIBE SELECT * FROM read_parquet($path)', {
      path,
    })
    const counted = await connection.runAndReadAll('SELECT count(*) FROM read_parquet($path)', {
      path,
    })
    const header = described.getRows().map(([name]) => String(name))
    return { path, file, header, bytes: size, totalRows: Number(counted.getRows()[0]?.[0] ?? 0) }
  } catch (error) {
    throw wrapDuckdbError(file, error)
  } finally {
    connection.closeSync()
  }
}

/** Rows in the order of the file as text fields, about 2,000 at a time. `byte` of positions counts rows. */
export async function* readParquetRows(
  parquet: ParquetFile,
  from: ImportPosition,
): AsyncGenerator<RowBlock & { readonly isLast: boolean }> {
  const connection = await connect()
  try {
    const columns = parquet.header.map(quotedCast).join(', ')
    const result = await connection.stream(
      `SELECT ${columns} FROM read_parquet($path) OFFSET $skip`,
      { path: parquet.path, skip: BigInt(from.byte) },
    )
    let done = from.byte
    for await (const rows of result.yieldRows()) {
      if (rows.length === 0) continue
      const block = rowBlock(rows, done, parquet)
      done = block.endByte
      yield { ...block, isLast: done >= parquet.totalRows }
    }
  } catch (error) {
    throw wrapDuckdbError(parquet.file, error)
  } finally {
    connection.closeSync()
  }
}

/** Every value as text; times in the ISO form that DuckDB casts to. */
function quotedCast(name: string): string {
  return `CAST("${name.replaceAll('"', '""')}" AS VARCHAR)`
}

function rowBlock(
  values: readonly (readonly DuckDBValue[])[],
  done: number,
  parquet: ParquetFile,
): RowBlock {
  const rows: Row[] = values.map((fields, place) => ({
    line: done + place + 1,
    fields: fields.map((value) => (typeof value === 'string' ? value : '')),
  }))
  const end = done + rows.length
  return {
    rows,
    rejected: [],
    byteOf: (line) => line - 1,
    line: done + 1,
    endByte: end,
    endLine: end + 1,
    bytesRead: parquet.totalRows === 0 ? parquet.bytes : (parquet.bytes * end) / parquet.totalRows,
  }
}
