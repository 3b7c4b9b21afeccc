import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { ANALYTICS_COLUMNS } from '../../analyticsBatch.ts'
import type { AnalyticsFile } from '../../analyticsStore.ts'
import type { OpenPart } from './openPart.ts'
import type { DuckdbSession } from './session.ts'

/** This many files of one size class become one of the next. */
const FAN_IN = 8
/** Files of this many rows are left alone: about 10 MB, rewritten for an erasure in about a second. */
const LARGEST_ROWS = 500_000
const ROW_GROUP_ROWS = 122_880
const DRAFT = 'draft'
const WHOLE_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['time', 'BIGINT'],
  ['received_at', 'BIGINT'],
  ['item_number', 'INTEGER'],
  ['trains', 'TINYINT'],
])
const NAMES = ANALYTICS_COLUMNS.map(({ name }) => name).join(', ')

/** `SELECT` list that gives open rows the column types of the files. */
const AS_STORED = ANALYTICS_COLUMNS.map(({ name }) => {
  const type = WHOLE_NUMBERS.get(name)
  return type === undefined ? name : `CAST(${name} AS ${type}) AS ${name}`
}).join(', ')

/** The sealed rows: zstd Parquet files, each sorted by time. A file counts only when the open part lists it. */
export class ParquetPart {
  readonly #folder: string
  readonly #open: OpenPart

  constructor(folder: string, open: OpenPart) {
    this.#folder = folder
    this.#open = open
    mkdirSync(folder, { recursive: true })
    this.#sweep()
  }

  /** The view `events` over open and sealed rows. To be called when either has changed hands. */
  async defineView(session: DuckdbSession): Promise<void> {
    const files = this.#open.files()
    const sealed =
      files.length === 0 ? '' : `UNION ALL SELECT ${NAMES} FROM ${this.#readFiles(files)}`
    await session.run(
      `CREATE OR REPLACE VIEW events AS SELECT ${AS_STORED} FROM open_rows ${sealed}`,
    )
  }

  /**
   * Writes all of `open_rows`, which must mirror the batches up to `through`, as one file. The file counts from the
   * transaction on that drops the batches: before it a failure leaves an unlisted file, after it only the session is
   * wrong, which the caller ends. So it may be tried again after any failure.
   */
  async seal(session: DuckdbSession, through: number): Promise<void> {
    const file = await this.#write(session, `SELECT ${AS_STORED} FROM open_rows`)
    this.#open.replace({ sealedThrough: through }, file)
    await session.run('DELETE FROM open_rows')
    await this.#compact(session)
    await this.defineView(session)
  }

  /** Rewrites every file that holds rows of the persons in table `erased`; returns the removed rows. */
  async eraseSubjects(session: DuckdbSession): Promise<number> {
    this.#sweep()
    let removed = 0
    for (const file of this.#open.files()) {
      const source = this.#readFiles([file])
      const [found] = await session.rows(
        `SELECT count(*) AS n FROM ${source} WHERE pid IN (SELECT pid FROM erased)`,
      )
      if (found?.['n'] === 0) continue
      const kept = await this.#write(
        session,
        `SELECT ${NAMES} FROM ${source} WHERE pid NOT IN (SELECT pid FROM erased)`,
      )
      this.#retire([file], kept)
      removed += Number(found?.['n'])
    }
    await this.defineView(session)
    return removed
  }

  /** Removes what a crash or a failure left unlisted. */
  #sweep(): void {
    const listed = new Set(this.#open.files().map(({ name }) => name))
    for (const name of readdirSync(this.#folder)) {
      if (!listed.has(name)) rmSync(join(this.#folder, name), { recursive: true })
    }
  }

  async #compact(session: DuckdbSession): Promise<void> {
    for (let group = this.#fullClass(); group !== undefined; group = this.#fullClass()) {
      this.#retire(
        group,
        await this.#write(session, `SELECT ${NAMES} FROM ${this.#readFiles(group)}`),
      )
    }
  }

  /** Files of the smallest size class that has enough of them to merge. */
  #fullClass(): AnalyticsFile[] | undefined {
    const classes = new Map<number, AnalyticsFile[]>()
    for (const file of this.#open.files()) {
      if (file.rows >= LARGEST_ROWS) continue
      const size = Math.floor(Math.log2(file.rows) / Math.log2(FAN_IN))
      const members = classes.get(size) ?? []
      classes.set(size, [...members, file])
    }
    const full = [...classes].sort(([a], [b]) => a - b).find(([, files]) => files.length >= FAN_IN)
    return full?.[1]
  }

  /** Lists the new file in place of the old ones, then removes those from the disk. */
  #retire(old: readonly AnalyticsFile[], file: AnalyticsFile | undefined): void {
    this.#open.replace({ files: old.map(({ name }) => name) }, file)
    for (const { name } of old) rmSync(join(this.#folder, name))
    syncPath(this.#folder)
  }

  /** Writes the rows of a statement as a synced file; undefined when there are none. */
  async #write(session: DuckdbSession, select: string): Promise<AnalyticsFile | undefined> {
    const draft = join(this.#folder, DRAFT)
    await session.run(
      `COPY (${select} ORDER BY time, pid) TO ${quoted(draft)}
       (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
    )
    const [found] = await session.rows(
      `SELECT count(*) AS n, min(time) AS start, max(time) AS until FROM read_parquet(${quoted(draft)})`,
    )
    const rows = Number(found?.['n'])
    if (rows === 0) {
      rmSync(draft)
      return undefined
    }
    const name = this.#open.nextFileName()
    syncPath(draft)
    renameSync(draft, join(this.#folder, name))
    syncPath(this.#folder)
    const { size } = statSync(join(this.#folder, name))
    return { name, rows, from: Number(found?.['start']), to: Number(found?.['until']), bytes: size }
  }

  #readFiles(files: readonly AnalyticsFile[]): string {
    return `read_parquet([${files.map(({ name }) => quoted(join(this.#folder, name))).join(', ')}])`
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
