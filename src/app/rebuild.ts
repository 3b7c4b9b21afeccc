import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { appErrors } from './errors.ts'
import { readWorkspace } from './keys.ts'
import { openWorld } from './world.ts'

/** Everything of a workspace that is a function of its log. */
const DERIVED = ['state', 'analytics', 'artifacts'] as const

export interface RebuildOptions {
  /** Memory for decoded profiles. */
  readonly profileCacheBytes?: number
  readonly onTrouble?: (error: unknown) => void
  /** Entries applied so far, of all. */
  readonly onProgress?: (applied: number, total: number) => void
}

export interface Rebuilt {
  readonly entries: number
  readonly events: number
  readonly persons: number
}

const PROGRESS_MS = 500
const CACHE_BYTES = 256 * 1_048_576

/**
 * Replays the whole log into new projections and puts them in the place of the present ones. The
 * result is the same, byte for byte, if those were right. Until the last step the old ones stay.
 * @throws STORE_LOCKED while the workspace is open, APP_HISTORY_TRIMMED
 */
export async function rebuildWorkspace(
  directory: string,
  options: RebuildOptions = {},
): Promise<Rebuilt> {
  const { salt } = readWorkspace(directory)
  const derived = join(directory, 'rebuild')
  rmSync(derived, { recursive: true, force: true })
  mkdirSync(derived, { recursive: true, mode: 0o700 })
  const { profileCacheBytes = CACHE_BYTES, onTrouble = () => undefined } = options
  const world = await openWorld({ directory, derived, salt, profileCacheBytes, onTrouble })
  const { log } = world.storage
  const entries = log.head()
  try {
    if (entries > 0 && log.tail() > 1) throw appErrors.APP_HISTORY_TRIMMED()
    const report = () => options.onProgress?.(world.projector.applied, entries)
    const timer = setInterval(report, PROGRESS_MS)
    await world.projector.settled(entries).finally(() => clearInterval(timer))
    report()
  } finally {
    await world.close()
  }
  for (const part of DERIVED) replaceDirectory(join(derived, part), join(directory, part))
  rmSync(derived, { recursive: true, force: true })
  const { events, persons } = world.projection.countsNow()
  return { entries, events, persons }
}

function replaceDirectory(fresh: string, old: string): void {
  const aside = `${old}.old`
  rmSync(aside, { recursive: true, force: true })
  if (existsSync(old)) renameSync(old, aside)
  if (existsSync(fresh)) renameSync(fresh, old)
  rmSync(aside, { recursive: true, force: true })
}
