import { existsSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** The write-ahead log of a writing connection, moved into its file when the writer says so. */
export class WriteAheadLog {
  readonly #db: DatabaseSync
  readonly #file: string
  readonly #limitBytes: number

  /** @param limitBytes size from which `checkpointIfLarge` moves it */
  constructor(db: DatabaseSync, file: string, limitBytes: number) {
    this.#db = db
    this.#file = `${file}-wal`
    this.#limitBytes = limitBytes
  }

  checkpointIfLarge(): void {
    if (existsSync(this.#file) && statSync(this.#file).size >= this.#limitBytes) this.checkpoint()
  }

  /** Moves it into the file. A failure only postpones that: everything stays whole and readable. */
  checkpoint(): void {
    try {
      this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch {
      // The next checkpoint tries again; a disk that stays full shows at the next commit.
    }
  }

  /** Moves it into the file and empties it: replaced and deleted bytes leave the disk. @throws SQLite errors */
  truncate(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }
}
