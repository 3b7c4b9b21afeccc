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
      acknowledged.push(...(await killedMidway(round * 1_000_000)))
      const engine = await openEngine(directory)
      await engine.settled()
      const { events, duplicates } = await engine.status()
      expect(events).toBeGreaterThanOrEqual(acknowledged.length)
      const again = acknowledged.slice(-400).map((messageId) => ({
        type: 'track',
        event: 'Product Viewed',
        messageId,
        userId: `person-${Number(messageId.slice(1)) % 40}`,
      }))
      await engine.collect('batch', Buffer.from(JSON.stringify({ batch: again })))
      await engine.settled()
      const after = await engine.status()
      await engine.close()
      expect(after.events).toBe(events)
      expect(after.duplicates - duplicates).toBe(again.length)
    }
    expect(acknowledged.length).toBeGreaterThan(300)
  }, 60_000)
})
