import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { envelopeHeader } from '../events/index.ts'
import { consentGate } from '../privacy/index.ts'
import { readEntry } from './entry.ts'
import { createWorkspace } from './keys.ts'
import { openEngine } from './openEngine.ts'
import { openWorld } from './world.ts'

test('a stop whose last commit fails says so, lets go of the directory, and the next start applies the rest', async () => {
  const data = mkdtempSync(join(tmpdir(), 'attune-commit-'))
  try {
    const { directory, document } = createWorkspace(data, 'shop', 0)
    const troubles: unknown[] = []
    const onTrouble = (error: unknown): void => void troubles.push(error)
    const { salt } = document
    const base = { directory, salt, profileCacheBytes: 1 << 20, consent: consentGate }
    const options = { ...base, onTrouble }
    const world = await openWorld(options)
    const { log, state } = world.storage
    const batch = [1, 2, 3].map((n) => ({ type: 'track', event: 'Seen', userId: `person-${n}` }))
    const bytes = Buffer.from(JSON.stringify({ batch }))
    const entry = { kind: 'messages', receivedAt: 1_000, count: 3, bytes } as const
    const offset = await log.append({ ...entry, prefix: envelopeHeader('batch') })
    const [stored] = await log.read(offset, { entries: 1, bytes: 1 })
    if (stored === undefined) throw new Error('the entry is not in the log')
    await state.close()
    world.projector.offer(readEntry(stored), bytes.length)
    await expect(world.close()).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    expect(troubles).not.toEqual([])
    const engine = await openEngine(directory)
    await engine.settled()
    const { events, persons, log: ends } = await engine.status()
    expect({ events, persons, head: ends.head }).toEqual({ events: 3, persons: 3, head: offset })
    await engine.close()
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}, 30_000)
