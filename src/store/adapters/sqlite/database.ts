import { DatabaseSync } from 'node:sqlite'
import type { StoreErrorCode } from '../../errors.ts'

const BUSY_TIMEOUT_MS = 10_000

/** How one connection treats the disk and memory. */
export interface ConnectionSettings {
  /** Bound of the connection's own page cache. */
  readonly cacheBytes: number
  /** Size of a page of a new file. */
  readonly pageBytes: number
}

/**
 * The writing connection of a file: WAL, deleted content overwritten with zeros, checkpoints only when asked for.
 * Every commit is on disk when it returns (synchronous=FULL; with NORMAL only checkpoints would be synced, and numbers
 * given away by a commit that a power loss takes back would be given twice).
 * @throws SQLite errors; see sqliteErrorCode
 */
export function openWriter(file: string, settings: ConnectionSettings): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  db.exec(`PRAGMA page_size=${settings.pageBytes}`)
  db.exec('PRAGMA journal_mode=WAL')
  db.exec('PRAGMA synchronous=FULL')
  db.exec('PRAGMA wal_autocheckpoint=0')
  db.exec('PRAGMA secure_delete=ON')
  db.exec('PRAGMA mmap_size=0')
  db.exec('PRAGMA temp_store=MEMORY')
  setCache(db, settings.cacheBytes)
  return db
}

/** A reading connection beside the writer; sees every commit that has returned. */
export function openReader(file: string, cacheBytes: number): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  db.exec('PRAGMA query_only=ON')
  db.exec('PRAGMA mmap_size=0')
  setCache(db, cacheBytes)
  return db
}

/** Runs `work` in a transaction; nothing of it stays when it throws. */
export function inTransaction<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

const IOERR = 10
const FULL = 13
const CORRUPT = 11
const NOT_A_DATABASE = 26
/** SQLITE_IOERR_SHMSIZE: the shared index of the WAL could not grow, which is what a full disk does to it. */
const IOERR_SHMSIZE = 4874

/** The store's code for an error thrown by SQLite (or by anything else: STORE_FAILED). */
export function sqliteErrorCode(error: unknown): StoreErrorCode {
  const code = sqliteCode(error)
  if (code === IOERR_SHMSIZE) return 'STORE_DISK_FULL'
  switch (code & 0xff) {
    case FULL:
      return 'STORE_DISK_FULL'
    case CORRUPT:
    case NOT_A_DATABASE:
      return 'STORE_CORRUPT'
    case IOERR:
      return 'STORE_IO'
    default:
      return isNoSpace(error) ? 'STORE_DISK_FULL' : 'STORE_FAILED'
  }
}

function sqliteCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
}

/** Node says it with a code, DuckDB with the words of the operating system. */
function isNoSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === 'ENOSPC') || error.message.includes('No space left')
}

function setCache(db: DatabaseSync, bytes: number): void {
  db.exec(`PRAGMA cache_size=-${Math.ceil(bytes / 1024)}`)
}
