import { AttuneError, MINUTE, systemClock } from '../base/index.ts'
import type { Engine, EngineOptions } from './engine.ts'
import { consentGate } from '../privacy/index.ts'
import { readWorkspace } from './keys.ts'
import { openWorld } from './world.ts'
import { DecisionIds } from './decisionIds.ts'
import { WorkspaceEngine } from './workspaceEngine.ts'

const MEGABYTE = 1_048_576

/** What an engine runs with when nothing is said. */
const DEFAULTS = {
  clock: systemClock,
  profileCacheBytes: 256 * MEGABYTE,
  maxPendingBytes: 64 * MEGABYTE,
  consent: consentGate,
  training: {
    everyMs: 0,
    timeLimitMs: 10 * MINUTE,
    memoryBytes: 2_048 * MEGABYTE,
    rankingBytes: 144 * MEGABYTE,
    waitMs: 100,
  },
  code: '',
  onTrouble: () => undefined,
} satisfies Required<EngineOptions>

/**
 * Opens the workspace in a directory that `createWorkspace` has made; holds its everything until `close`.
 * @throws STORE_LOCKED when another process has it open, APP_WORKSPACE_UNKNOWN, APP_WORKSPACE_DAMAGED
 */
export async function openEngine(directory: string, options: EngineOptions = {}): Promise<Engine> {
  const given = { ...DEFAULTS, ...options }
  const { clock, profileCacheBytes, maxPendingBytes, consent, training, code, onTrouble } = given
  const { name, salt } = readWorkspace(directory)
  const report = (error: unknown): void => {
    if (error instanceof AttuneError) onTrouble(error.code, error.message)
    else onTrouble('APP_INTERNAL', error instanceof Error ? error.message : String(error))
  }
  const world = await openWorld({ directory, salt, profileCacheBytes, consent, onTrouble: report })
  const ids = new DecisionIds()
  const newId = () => ids.next()
  const parts = { name, directory, clock, maxPendingBytes, newId, world, training, code }
  return WorkspaceEngine.open(parts)
}
