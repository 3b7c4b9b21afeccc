import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorkspace } from './keys.ts'
import { openEngine } from './openEngine.ts'

let data: string
let directory: string

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'attune-crash-'))
  directory = createWorkspace(data, 'shop', 0).directory
})

afterEach(() => rmSync(data, { recursive: true, force: true }))

/** Messages of one request of the fixture; the last one of a killed process may have no answer. */
const BATCH = 50

function again(messageId: string): object {
  const userId = `person-${Number(messageId.slice(1)) % 40}`
  return { type: 'track', event: 'Product Viewed', messageId, userId }
}

/** Runs the collecting process, kills it in the middle and says which message ids it had acknowledged. */
async function killedMidway(first: number): Promise<string[]> {
  const fixture = join(import.meta.dirname, 'crash.fixture.ts')
  const child = spawn(process.execPath, [fixture, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  const begun = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      printed += text.toString()
      resolve()
    })
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await begun
  await wait(700)
  child.kill('SIGKILL')
  await ended
  return printed.split('\n').slice(0, -1)
}

describe('a workspace whose process is killed', () => {
  it('opens again with every acknowledged event applied exactly once', async () => {
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round++) {
      const fresh = await killedMidway(round * 1_000_000)
      acknowledged.push(...fresh)
      const engine = await openEngine(directory)
      await engine.settled()
      const { events, duplicates } = await engine.status()
      const unanswered = BATCH * (round + 1)
      expect(events).toBeGreaterThanOrEqual(acknowledged.length)
      expect(events).toBeLessThanOrEqual(acknowledged.length + unanswered)
      for (let i = 0; i < fresh.length; i += 500) {
        const batch = fresh.slice(i, i + 500).map(again)
        await engine.collect('batch', Buffer.from(JSON.stringify({ batch })))
      }
      await engine.settled()
      const after = await engine.status()
      await engine.close()
      expect(after.events).toBe(events)
      expect(after.duplicates - duplicates).toBe(fresh.length)
    }
    expect(acknowledged.length).toBeGreaterThan(300)
  }, 60_000)
})
