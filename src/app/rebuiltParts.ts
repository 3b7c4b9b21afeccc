import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from './files.ts'

/** Everything of a workspace that is a function of its log. */
const PARTS = ['state', 'analytics', 'artifacts'] as const

/** Where a rebuild makes the new parts, below the workspace's directory. */
export function rebuildDirectory(directory: string): string {
  return join(directory, 'rebuild')
}

/** Says that the new parts are whole: from now on they count, whatever happens before they are in place. */
export function markRebuilt(directory: string): void {
  writeFileAtomic(join(rebuildDirectory(directory), 'complete'), '')
}

/**
 * Puts finished new parts in place of the old ones; does nothing without a finished rebuild. Can be
 * interrupted and called again. The caller holds the workspace's lock.
 */
export function placeRebuilt(directory: string): void {
  const rebuilt = rebuildDirectory(directory)
  if (!existsSync(join(rebuilt, 'complete'))) return
  for (const part of PARTS) {
    const fresh = join(rebuilt, part)
    if (!existsSync(fresh)) continue
    rmSync(join(directory, part), { recursive: true, force: true })
    renameSync(fresh, join(directory, part))
  }
  rmSync(rebuilt, { recursive: true, force: true })
}
