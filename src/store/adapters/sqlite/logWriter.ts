import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type ConnectionSettings, inTransaction, openWriter } from './database.ts'
import { findFrames, frameBytes } from './frame.ts'
import { RowPacker } from './rowPacker.ts'
import { WriteAheadLog } from './writeAheadLog.ts'

const SETTINGS: ConnectionSettings = {
  cacheBytes: 2 << 20,
  pageBytes: 4096,
}
const WAL_LIMIT_BYTES = 4 << 20

/** The writing half of the log; lives in its own thread because every commit waits for the disk. */
export class LogWriter {
  readonly ahead: WriteAheadLog
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #packer: RowPacker
  #head = 0
  #tail = 1

  constructor(file: string) {
    this.#db = openWriter(file, SETTINGS)
    this.ahead = new WriteAheadLog(this.#db, file, WAL_LIMIT_BYTES)
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS rows
        (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, frames BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS trimmed
        (one INTEGER PRIMARY KEY CHECK (one = 1), before INTEGER NOT NULL)
    `)
    this.#insert = this.#db.prepare('INSERT INTO rows (first, last, frames) VALUES (?, ?, ?)')
    this.#packer = new RowPacker((first, last, frames) => this.#insert.run(first, last, frames))
    this.#readEnds()
  }

  get head(): number {
    return this.#head
  }

  get tail(): number {
    return this.#tail
  }

  /**
   * Numbers and writes packs of frames as one transaction with one sync.
   * @returns the offset of each pack's first entry
   */
  commit(packs: readonly Buffer[]): readonly number[] {
    const firsts: number[] = []
    this.#packer.abandon()
    this.#head = inTransaction(this.#db, () => {
      let offset = this.#head
      for (const pack of packs) {
        firsts.push(offset + 1)
        for (let at = 0; at < pack.length; at += frameBytes(pack, at)) {
          this.#packer.add(pack, at, ++offset)
        }
      }
      this.#packer.finish()
      return offset
    })
    return firsts
  }

  trim(before: number): void {
    const limit = Math.min(before, this.#head + 1)
    if (limit <= this.#tail) return
    inTransaction(this.#db, () => {
      this.#db.prepare('DELETE FROM rows WHERE last < ?').run(limit)
      this.#cutRow(limit)
      this.#db.prepare('INSERT OR REPLACE INTO trimmed VALUES (1, ?)').run(limit)
    })
    this.#tail = limit
  }

  /** Replaces the frames of the row that begins with `first`; `offsets` numbers the new ones. */
  replace(first: number, frames: Buffer, offsets: readonly number[]): void {
    const update = this.#db.prepare('UPDATE rows SET frames = ? WHERE first = ?')
    const rows: Buffer[] = []
    const packer = new RowPacker((_first, _last, bytes) => rows.push(Buffer.from(bytes)))
    let at = 0
    for (const offset of offsets) {
      packer.add(frames, at, offset)
      at += frameBytes(frames, at)
    }
    packer.finish()
    update.run(Buffer.concat(rows), first)
  }

  close(): void {
    this.ahead.checkpoint()
    this.#db.close()
  }

  /** Takes the entries below `limit` out of the row that holds both sides of it. */
  #cutRow(limit: number): void {
    const row = this.#db
      .prepare('SELECT first, last, frames FROM rows WHERE first < ? AND last >= ?')
      .get(limit, limit)
    if (row === undefined) return
    const frames = Buffer.from(row['frames'] as Uint8Array)
    const kept = findFrames(frames).find((place) => place.offset >= limit)
    this.#db.prepare('DELETE FROM rows WHERE first = ?').run(row['first'] as number)
    if (kept === undefined) return
    this.#insert.run(limit, row['last'] as number, frames.subarray(kept.at))
  }

  #readEnds(): void {
    const newest = this.#db.prepare('SELECT max(first), last FROM rows').get()
    const trimmed = this.#db.prepare('SELECT before FROM trimmed').get()
    this.#tail = Number(trimmed?.['before'] ?? 1)
    this.#head = Math.max(Number(newest?.['last'] ?? 0), this.#tail - 1)
  }
}
