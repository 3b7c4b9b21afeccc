import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeErrors } from './errors.ts'

/** Holds a directory for one process until it is released or the process ends. */
export interface DirectoryLock {
  release(): void
}

/**
 * Takes a directory for this process. The lock is the operating system's own lock on `lock.db`, so it ends with its
 * holder, however that ended, and no stale lock can remain; `lock.pid` only names the holder.
 * @throws STORE_LOCKED with the holder's process id, also when this process holds it already
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true })
  const pidFile = join(directory, 'lock.pid')
  const db = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    if (!isBusy(cause)) throw cause
    throw storeErrors.STORE_LOCKED(`Process ${readPid(pidFile)} has ${directory} open.`, { cause })
  }
  writeFileSync(pidFile, String(process.pid))
  return { release: () => release(db, pidFile) }
}

function release(db: DatabaseSync, pidFile: string): void {
  if (!db.isOpen) return
  rmSync(pidFile, { force: true })
  db.close()
}

const SQLITE_BUSY = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '(unknown)'
  }
}
