import type { DatabaseSync } from 'node:sqlite'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import {
  type AnalyticsBatch,
  batchRows,
  decodeAnalyticsRows,
  encodeAnalyticsRows,
  withoutSubjects,
} from '../../analyticsBatch.ts'
import type { AnalyticsFile, TimeRange } from '../../analyticsStore.ts'
import { inTransaction, openWriter } from '../sqlite/database.ts'

const SETTINGS = { cacheBytes: 1 << 20, pageBytes: 4096 }
const CHECKPOINT_PAGES = 1000
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A batch of the open part with the outbox id it came with. */
export interface OpenBatch extends AnalyticsBatch {
  readonly through: number
}

/**
 * The durable record of the analytics part, in SQLite: batches not yet sealed, and the list of sealed files.
 * One transaction moves rows from the one to the other, so that a crash neither loses nor doubles any.
 */
export class OpenPart {
  readonly #db: DatabaseSync
  #waiting: { readonly rows: number; readonly since: number | undefined } | undefined

  constructor(file: string) {
    this.#db = openWriter(file, SETTINGS)
    this.#db.exec(`
      PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES};
      CREATE TABLE IF NOT EXISTS batches
        (through INTEGER PRIMARY KEY, rows INTEGER NOT NULL, added_at INTEGER NOT NULL, bytes BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS files
        (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, start INTEGER NOT NULL, until INTEGER NOT NULL,
         bytes INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS progress
        (one INTEGER PRIMARY KEY CHECK (one = 1), through INTEGER NOT NULL, files INTEGER NOT NULL);
      INSERT OR IGNORE INTO progress VALUES (1, 0, 0)
    `)
  }

  /** Highest outbox id of any row, open or sealed. */
  through(): number {
    return Number(this.#db.prepare('SELECT through FROM progress').get()?.['through'])
  }

  /** Rows that wait to be sealed, and when the first of them came. Cost: none, it is counted along. */
  waiting(): { readonly rows: number; readonly since: number | undefined } {
    this.#waiting ??= this.#countWaiting()
    return this.#waiting
  }

  /** Adds encoded rows unless their id was seen before. */
  append(bytes: Uint8Array, through: number, now: number): void {
    if (through <= this.through()) return
    const rows = batchRows(bytes)
    const before = this.waiting()
    inTransaction(this.#db, () => {
      if (rows > 0) {
        this.#db
          .prepare('INSERT INTO batches VALUES (?, ?, ?, ?)')
          .run(through, rows, Math.trunc(now), zstdCompressSync(bytes, FASTEST))
      }
      this.#db.prepare('UPDATE progress SET through = ?').run(through)
    })
    if (rows > 0) this.#waiting = { rows: before.rows + rows, since: before.since ?? now }
  }

  /** Batches with through > after, oldest first, read one by one. */
  *batches(after: number): Generator<OpenBatch> {
    const next = this.#db.prepare(
      'SELECT through, bytes FROM batches WHERE through > ? ORDER BY through LIMIT 1',
    )
    for (let row = next.get(after); row !== undefined; row = next.get(Number(row['through']))) {
      const bytes = zstdDecompressSync(row['bytes'] as Uint8Array)
      yield { through: Number(row['through']), ...decodeAnalyticsRows(bytes) }
    }
  }

  /** Files whose rows may lie in the range, oldest first. */
  files(range: TimeRange = { from: -Infinity, to: Infinity }): AnalyticsFile[] {
    const rows = this.#db
      .prepare('SELECT * FROM files WHERE until >= ? AND start < ? ORDER BY start, name')
      .all(range.from, range.to)
    return rows.map((row) => ({
      name: String(row['name']),
      rows: Number(row['rows']),
      from: Number(row['start']),
      to: Number(row['until']),
      bytes: Number(row['bytes']),
    }))
  }

  /** A file name never used before. */
  nextFileName(): string {
    const row = this.#db.prepare('UPDATE progress SET files = files + 1 RETURNING files').get()
    return `${String(row?.['files']).padStart(8, '0')}.parquet`
  }

  /** Records a new file and forgets what it replaces: batches up to `sealedThrough`, or other files. */
  replace(
    old: { readonly sealedThrough?: number; readonly files?: readonly string[] },
    file: AnalyticsFile | undefined,
  ): void {
    this.#waiting = undefined
    inTransaction(this.#db, () => {
      this.#db.prepare('DELETE FROM batches WHERE through <= ?').run(old.sealedThrough ?? -1)
      for (const name of old.files ?? []) {
        this.#db.prepare('DELETE FROM files WHERE name = ?').run(name)
      }
      if (file === undefined) return
      const { name, rows, from, to, bytes } = file
      this.#db.prepare('INSERT INTO files VALUES (?, ?, ?, ?, ?)').run(name, rows, from, to, bytes)
    })
  }

  /** Takes persons out of the open batches and their bytes off the disk; returns the removed rows. */
  eraseSubjects(pids: ReadonlySet<string>): number {
    this.#waiting = undefined
    const removed = inTransaction(this.#db, () => {
      const rows = this.#db.prepare('SELECT through, rows, bytes FROM batches').all()
      return rows.reduce((sum, row) => sum + this.#eraseFrom(row, pids), 0)
    })
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return removed
  }

  close(): void {
    this.#db.close()
  }

  #countWaiting(): { readonly rows: number; readonly since: number | undefined } {
    const row = this.#db
      .prepare('SELECT sum(rows) AS rows, min(added_at) AS since FROM batches')
      .get()
    const since = row?.['since']
    return {
      rows: Number(row?.['rows'] ?? 0),
      since: typeof since === 'number' ? since : undefined,
    }
  }

  #eraseFrom(row: Record<string, unknown>, pids: ReadonlySet<string>): number {
    const kept = withoutSubjects(zstdDecompressSync(row['bytes'] as Uint8Array), pids)
    const removed = Number(row['rows']) - kept.length
    if (removed === 0) return 0
    const bytes = zstdCompressSync(encodeAnalyticsRows(kept), FASTEST)
    this.#db
      .prepare('UPDATE batches SET rows = ?, bytes = ? WHERE through = ?')
      .run(kept.length, bytes, Number(row['through']))
    return removed
  }
}
