import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cliErrors } from './errors.ts'

/**
 * Makes sure that no file stands where the data directory, or one above it, should be. Changes nothing.
 * @throws CLI_DATA_UNUSABLE
 */
export function requireDirectory(data: string): void {
  try {
    for (let path = data; !isDirectory(path) && path !== dirname(path);) path = dirname(path)
  } catch (error) {
    throw unusable(data, error)
  }
}

/**
 * Makes the data directory where it is missing, and writes and removes a small file in it.
 * @throws CLI_DATA_UNUSABLE naming the directory and what is wrong with it
 */
export function makeDataDirectory(data: string): void {
  const probe = join(data, `.attune-${process.pid}.probe`)
  try {
    makeDirectory(data)
    writeFileSync(probe, 'Attune can write here.\n', { mode: 0o600 })
    rmSync(probe)
  } catch (error) {
    throw unusable(data, error)
  }
}

/** One level after the other: `mkdir` with `recursive` never ends where the system denies that a parent is there. */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return
  const parent = dirname(path)
  if (parent !== path) makeDirectory(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (codeOf(error) !== 'EEXIST' || !isDirectory(path)) throw error
  }
}

/** False when nothing is there. @throws ENOTDIR for a file, or what the system says */
function isDirectory(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isDirectory()) return found !== undefined
  throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' })
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'the system lets nobody make a directory there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota of this user is used up',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links lead in a circle',
}

function unusable(data: string, error: unknown): Error {
  const code = codeOf(error)
  const said = error instanceof Error ? error.message : 'it cannot be written'
  const reason = REASONS[code] ?? said
  return cliErrors.CLI_DATA_UNUSABLE(`${data} cannot hold data: ${reason} (${code})`, {
    cause: error,
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown'
}
