import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '../base/index.ts'

/**
 * What a running server leaves in its data directory, readable by its owner alone, so that commands on the
 * same machine ask it instead of opening a directory that it holds.
 */
export interface RuntimeFile {
  readonly pid: number
  readonly url: string
  /** Opens every workspace; new at each start. */
  readonly adminToken: string
  readonly startedAt: number
  readonly workspaces: readonly string[]
}

const FILE = 'server.json'

/** Written whole, then renamed into place. */
export function writeRuntimeFile(data: string, runtime: RuntimeFile): void {
  const path = join(data, FILE)
  rmSync(`${path}.new`, { force: true })
  writeFileSync(`${path}.new`, `${JSON.stringify(runtime, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Removes the file, unless another server has taken the directory since. */
export function removeRuntimeFile(data: string, pid: number): void {
  if (parseRuntimeFile(data)?.pid === pid) rmSync(join(data, FILE), { force: true })
}

/** The server that runs on this data directory; undefined when none does, a crashed one included. */
export function readRuntimeFile(data: string): RuntimeFile | undefined {
  const runtime = parseRuntimeFile(data)
  return runtime !== undefined && isAlive(runtime.pid) ? runtime : undefined
}

function parseRuntimeFile(data: string): RuntimeFile | undefined {
  try {
    const raw: unknown = JSON.parse(readFileSync(join(data, FILE), 'utf8'))
    return isRuntimeFile(raw) ? raw : undefined
  } catch {
    return undefined
  }
}

function isRuntimeFile(raw: unknown): raw is RuntimeFile {
  if (!isJsonObject(raw)) return false
  const { pid, url, adminToken, startedAt, workspaces } = raw
  return (
    typeof pid === 'number' &&
    typeof url === 'string' &&
    typeof adminToken === 'string' &&
    typeof startedAt === 'number' &&
    Array.isArray(workspaces)
  )
}

/** Signal 0 asks the kernel whether a process is there; EPERM means that it is, and another user's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
