import { mkdirSync, rmSync } from 'node:fs'
import { type ConsentGate, consentGate } from '../privacy/index.ts'
import { lockDirectory } from '../store/index.ts'
import { appErrors } from './errors.ts'
import { readWorkspace } from './keys.ts'
import { markRebuilt, placeRebuilt, rebuildDirectory } from './rebuiltParts.ts'
import { type OpenedWorld, openWorld } from './world.ts'

export interface RebuildOptions {
  /** Memory for decoded profiles. */
  readonly profileCacheBytes?: number
  /** The gate that the engine runs with. */
  readonly consent?: ConsentGate
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
  const derived = rebuildDirectory(directory)
  rmSync(derived, { recursive: true, force: true })
  mkdirSync(derived, { recursive: true, mode: 0o700 })
  const { world, entries } = await replay(directory, derived, salt, options)
  const lock = await lockDirectory(directory)
  try {
    markRebuilt(directory)
    placeRebuilt(directory)
  } finally {
    lock.release()
  }
  const { events, persons } = world.projection.countsNow()
  return { entries, events, persons }
}

/** The whole log in new projections, closed. @throws the first trouble: there is nobody to wait for its end */
async function replay(
  directory: string,
  derived: string,
  salt: string,
  options: RebuildOptions,
): Promise<{ world: OpenedWorld; entries: number }> {
  const { profileCacheBytes = CACHE_BYTES, consent = consentGate } = options
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => undefined)
  const onTrouble = (error: unknown): void => {
    options.onTrouble?.(error)
    reject(error)
  }
  const world = await openWorld({
    directory,
    derived,
    salt,
    profileCacheBytes,
    consent,
    onTrouble,
  })
  const { log } = world.storage
  const entries = log.head()
  const report = () => options.onProgress?.(world.projector.applied, entries)
  const timer = setInterval(report, PROGRESS_MS)
  try {
    if (entries > 0 && log.tail() > 1) throw appErrors.APP_HISTORY_TRIMMED()
    await Promise.race([world.projector.settled(entries), failed])
    report()
  } finally {
    clearInterval(timer)
    await world.close()
  }
  return { world, entries }
}
