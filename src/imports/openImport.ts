import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { importErrors } from './errors.ts'
import { eventTable, type EventTableOptions, readEvents } from './eventTable.ts'
import { fileSignature, fingerprintOf } from './fingerprint.ts'
import { openFolder } from './folder.ts'
import { itemTable, readItems } from './itemTable.ts'
import { jsonDocument, startsDocument } from './jsonDocument.ts'
import { bindMapping, type BoundMapping, parseMapping } from './mapping.ts'
import { ndjsonFile } from './ndjson.ts'
import { openParquet, readParquetRows } from './parquet.ts'
import { openTable } from './rowSource.ts'
import { type ImportPart, type ImportSource, readParts } from './source.ts'
import { readFirstLine } from './textBlocks.ts'

export interface ImportOptions {
  /** Column mapping, `user=customer,item=sku,…`; fields left out take columns of usual names. */
  readonly map?: string
  /** What the rows are; events unless stated. */
  readonly as?: 'events' | 'items'
  /** Overrides what the file name says. */
  readonly format?: 'ndjson' | 'csv' | 'tsv' | 'parquet'
}

const FORMATS: Readonly<Record<string, 'ndjson' | 'csv' | 'tsv' | 'parquet'>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  parquet: 'parquet',
}

function formatOf(path: string): 'ndjson' | 'csv' | 'tsv' | 'parquet' {
  const name = basename(path).toLowerCase().replace(/\.gz$/, '')
  const format = FORMATS[name.slice(name.lastIndexOf('.') + 1)]
  if (format !== undefined) return format
  throw importErrors.IMPORTS_UNKNOWN_FORMAT(`The name of ${basename(path)} tells no known format.`)
}

/** A source as far as it does not depend on its format. */
interface Opened {
  readonly part: ImportPart
  readonly notes: readonly string[]
}

/**
 * Opens a file or a data set folder for import. Reads the header only, so a wrong mapping is told at once.
 * @throws IMPORTS_* for what concerns the whole file; single bad rows are told in the batches
 */
export async function openImport(path: string, options: ImportOptions = {}): Promise<ImportSource> {
  const found = await stat(path).catch((error: unknown) => {
    throw importErrors.IMPORTS_NOT_FOUND(`${path} does not exist.`, { cause: error })
  })
  if (found.isDirectory()) return openFolder(path)
  const as = options.as ?? 'events'
  const format = options.format ?? formatOf(path)
  const fingerprint = fingerprintOf([await fileSignature(path)], [as, format, options.map ?? ''])
  const { part, notes } =
    format === 'ndjson'
      ? await openNdjson(path, as, fingerprint)
      : format === 'parquet'
        ? await openParquetTable(path, as, options.map ?? '', fingerprint)
        : await openTextTable(path, as, options.map ?? '', fingerprint, format === 'csv')
  return {
    title: basename(path),
    format,
    kind: as,
    totalBytes: part.bytes,
    fingerprint,
    notes,
    read: (from) => readParts([part], from),
  }
}

async function openNdjson(
  path: string,
  as: 'events' | 'items',
  fingerprint: string,
): Promise<Opened> {
  const file = basename(path)
  const first = await readFirstLine(path)
  if (first === undefined) throw importErrors.IMPORTS_EMPTY_FILE(`${file} has no bytes.`)
  const open = startsDocument(first.text) ? jsonDocument : ndjsonFile
  return { part: await open(path, { file, as, fingerprint }), notes: [] }
}

async function openTextTable(
  path: string,
  as: 'events' | 'items',
  map: string,
  fingerprint: string,
  quotes: boolean,
): Promise<Opened> {
  const table = await openTable(path, basename(path), quotes)
  const mapping = bindMapping(parseMapping(map, as), table.header, as, table.file)
  const notes = notesOf(mapping, as)
  if (as === 'items') {
    requireColumns(mapping, ['id'], table.file)
    return { part: await itemTable(table, mapping), notes }
  }
  requirePerson(mapping, table.file)
  return { part: await eventTable(table, eventOptions(mapping, fingerprint)), notes }
}

async function openParquetTable(
  path: string,
  as: 'events' | 'items',
  map: string,
  fingerprint: string,
): Promise<Opened> {
  const parquet = await openParquet(path, basename(path))
  const { file, bytes } = parquet
  const mapping = bindMapping(parseMapping(map, as), parquet.header, as, file)
  const notes = notesOf(mapping, as)
  if (as === 'items') {
    requireColumns(mapping, ['id'], file)
    const read: ImportPart['read'] = (from) =>
      readItems(file, readParquetRows(parquet, from), mapping)
    return { part: { file, bytes, read }, notes }
  }
  requirePerson(mapping, file)
  const options = eventOptions(mapping, fingerprint)
  const read: ImportPart['read'] = (from) =>
    readEvents(file, readParquetRows(parquet, from), options, from)
  return { part: { file, bytes, read }, notes }
}

function eventOptions(mapping: BoundMapping, fingerprint: string): EventTableOptions {
  const gathering = mapping.has('order') ? 'order' : 'none'
  return { fingerprint, mapping, gathering, spacing: 'line' }
}

function requireColumns(mapping: BoundMapping, fields: readonly string[], file: string): void {
  for (const field of fields) {
    if (mapping.has(field)) continue
    throw importErrors.IMPORTS_MISSING_COLUMN(
      `${file} line 1 has no column for ${field}; it has ${mapping.header.join(', ')}.`,
    )
  }
}

function requirePerson(mapping: BoundMapping, file: string): void {
  if (mapping.has('user') || mapping.has('anonymous')) return
  requireColumns(mapping, ['user'], file)
}

function notesOf(mapping: BoundMapping, as: 'events' | 'items'): readonly string[] {
  const notes = [`Columns: ${mapping.words}.`]
  if (mapping.unused.length > 0) {
    notes.push(
      `Left out: ${mapping.unused.join(', ')}. Keep one with properties.<name>=<column>, all with properties.*=*.`,
    )
  }
  if (as === 'events' && !mapping.has('time')) {
    notes.push(
      'No column holds times: they begin at 2020-01-01 and only keep the order of the lines.',
    )
  }
  return notes
}
