import type { JsonObject } from '../base/index.ts'

/** Where reading goes on: a token that `read` takes back. Plain JSON. */
export interface ImportPosition {
  /** File of the source, from 0, in reading order. */
  readonly part: number
  /** Offset of the next unread line in the unpacked text; rows for Parquet. */
  readonly byte: number
  /** 1-based number of that line. */
  readonly line: number
}

/** A row that could not be used, for the dead-letter file. */
export interface RejectedRow {
  /** File name without its folder. */
  readonly file: string
  /** 1-based; the header is line 1. Parquet: the row. */
  readonly line: number
  /** 1-based place and name of the field, where one field is to blame. */
  readonly column?: string
  readonly code: string
  readonly reason: string
}

/** What a stretch of a source contains. */
export interface ImportBatch {
  /** Segment messages as JSON texts, each one object with a messageId. */
  readonly messages: readonly string[]
  /** Line of each message. */
  readonly messageLines: readonly number[]
  /** Catalogue documents. */
  readonly items: readonly JsonObject[]
  readonly itemLines: readonly number[]
  readonly rejected: readonly RejectedRow[]
  /** File that the lines belong to. */
  readonly file: string
  /** Rows read for this batch, rejected ones included. */
  readonly rows: number
  /** Where to go on when all of this batch is stored. */
  readonly position: ImportPosition
  /** Of `totalBytes`, up to here. */
  readonly bytesDone: number
}

/** Something to import. Reading has no side effects and gives the same batches every time. */
export interface ImportSource {
  readonly title: string
  readonly format: 'ndjson' | 'csv' | 'tsv' | 'parquet' | 'folder'
  /** What it brings. */
  readonly kind: 'events' | 'items' | 'events and items'
  /** Bytes on disk that will be read. */
  readonly totalBytes: number
  /**
   * Twelve hex digits over contents and options: begins every messageId made here, so that a second
   * import of the same file is recognised.
   */
  readonly fingerprint: string
  /** What a person should know about how it is read, in sentences. */
  readonly notes: readonly string[]
  read(from?: ImportPosition): AsyncGenerator<ImportBatch>
}

/** One file of a source. */
export interface ImportPart {
  readonly file: string
  readonly bytes: number
  /** Batches from a place on; `position.part` is filled in by the source, `bytesDone` counts this part. */
  read(from: ImportPosition): AsyncGenerator<ImportBatch>
}

export const START: ImportPosition = { part: 0, byte: 0, line: 1 }

/** Reads several files one after the other as one source. */
export async function* readParts(
  parts: readonly ImportPart[],
  from: ImportPosition = START,
): AsyncGenerator<ImportBatch> {
  let before = parts.slice(0, from.part).reduce((sum, { bytes }) => sum + bytes, 0)
  for (const [number, part] of parts.entries()) {
    if (number < from.part) continue
    for await (const batch of part.read(number === from.part ? from : START)) {
      const position = { ...batch.position, part: number }
      yield { ...batch, position, bytesDone: before + batch.bytesDone }
    }
    before += part.bytes
  }
}
