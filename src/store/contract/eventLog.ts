import { describe, expect, test } from 'vitest'
import { randomInt, seededRandom } from '../../base/index.ts'
import { logEngines } from '../engines.ts'
import type { EventLog, LogEntry, NewEntry } from '../eventLog.ts'
import { bodies, entryOf, type LogEngineName, openLog } from './logFixture.ts'
import { testLogFaults } from './eventLogFaults.ts'
import { isOnDisk, type Sandbox, useSandbox } from './sandbox.ts'

const ALL = { entries: Infinity, bytes: Infinity }

/** The promises of the EventLog port, for the test of each adapter. */
export function testEventLog(name: LogEngineName): void {
  describe(`event log on ${name}`, () => {
    const sandbox = useSandbox()
    testAppending(name, sandbox)
    testLimits(name, sandbox)
    testEnds(name, sandbox)
    testRewriting(name, sandbox)
    testHistories(name, sandbox)
    if (logEngines[name].capabilities.localFiles) testLogFaults(name, sandbox)
  })
}

async function readAll(log: EventLog, from = 1): Promise<readonly LogEntry[]> {
  return log.read(from, ALL)
}

function fieldsOf({ kind, receivedAt, count, bytes }: NewEntry): unknown[] {
  return [kind, receivedAt, count, bytes.length, Buffer.from(bytes).toString('latin1')]
}

function testAppending(name: LogEngineName, sandbox: Sandbox): void {
  test('numbers entries from 1 in the order of append calls', async () => {
    const log = await openLog(name, sandbox)
    const texts = Array.from({ length: 300 }, (_, i) => `entry ${i}`)
    const offsets = await Promise.all(texts.map((text) => log.append(entryOf(text))))
    expect(offsets).toEqual(texts.map((_, i) => i + 1))
    expect(await bodies(log)).toEqual(texts)
    expect([log.tail(), log.head()]).toEqual([1, 300])
  })

  test('keeps a prefix in front of the bytes, plain and compressed', async () => {
    const log = await openLog(name, sandbox)
    const prefix = Buffer.from('head ')
    for (const text of ['', 'body', 'long body '.repeat(900)]) {
      await log.append({ ...entryOf(text), prefix })
    }
    expect(await bodies(log)).toEqual(['head ', 'head body', `head ${'long body '.repeat(900)}`])
  })

  test('gives every field back as it came, also after reopening', async () => {
    const directory = sandbox.directory()
    const noise = seededRandom(1)
    const random = Buffer.from(Array.from({ length: 5000 }, () => randomInt(noise, 256)))
    const entries: NewEntry[] = [
      entryOf('', { kind: 'command', receivedAt: 0 }),
      entryOf('x', { kind: 'items', count: 4_000_000_000 }),
      entryOf('{"repeated":1}'.repeat(10_000), { kind: 'decisions', receivedAt: 1.5 }),
      { ...entryOf(''), bytes: random },
      entryOf('z'.repeat(3_000_000)),
    ]
    const log = await openLog(name, sandbox, directory)
    for (const entry of entries) await log.append(entry)
    const expected = entries.map((entry, i) => [i + 1, fieldsOf(entry)])
    const plain = async (from: EventLog): Promise<unknown> =>
      (await readAll(from)).map((entry) => [entry.offset, fieldsOf(entry)])
    expect(await plain(log)).toEqual(expected)
    await log.close()
    expect(await plain(await openLog(name, sandbox, directory))).toEqual(expected)
  })

  test('leaves the bytes of the caller readable', async () => {
    const log = await openLog(name, sandbox)
    const entry = entryOf('still here')
    await log.append(entry)
    expect(Buffer.from(entry.bytes).toString()).toBe('still here')
  })

  test('closing waits for the appends before it and refuses those after', async () => {
    const directory = sandbox.directory()
    const log = await openLog(name, sandbox, directory)
    const before = Array.from({ length: 50 }, (_, i) => log.append(entryOf(`before ${i}`)))
    const closed = log.close()
    await expect(log.append(entryOf('after'))).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await expect(log.read(1, ALL)).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    expect(await Promise.all(before)).toHaveLength(50)
    await closed
    expect(await bodies(await openLog(name, sandbox, directory))).toHaveLength(50)
  })
}

function testLimits(name: LogEngineName, sandbox: Sandbox): void {
  test('reads at least one entry, otherwise within the limit', async () => {
    const log = await openLog(name, sandbox)
    await Promise.all(Array.from({ length: 20 }, () => log.append(entryOf('0123456789'))))
    const offsets = async (from: number, entries: number, bytes: number): Promise<number[]> =>
      (await log.read(from, { entries, bytes })).map((entry) => entry.offset)
    expect(await offsets(3, 4, 1000)).toEqual([3, 4, 5, 6])
    expect(await offsets(3, 100, 35)).toEqual([3, 4, 5])
    expect(await offsets(19, 100, 1)).toEqual([19])
    expect(await offsets(-5, 1, 1)).toEqual([1])
    expect(await offsets(21, 100, 1000)).toEqual([])
  })

  test('counts the bytes that wait', async () => {
    const log = await openLog(name, sandbox)
    expect(log.pendingBytes()).toBe(0)
    const appends = Array.from({ length: 10 }, () => log.append(entryOf('x'.repeat(1000))))
    expect(log.pendingBytes()).toBeGreaterThanOrEqual(10_000)
    await Promise.all(appends)
    expect(log.pendingBytes()).toBe(0)
  })

  test('refuses more than it may hold and keeps what it accepted', async () => {
    const log = sandbox.keep(
      await logEngines[name].open(sandbox.directory(), { maxPendingBytes: 10_000 }),
    )
    const appends = Array.from({ length: 30 }, (_, i) => log.append(entryOf(`${i}`.padEnd(1000))))
    const settled = await Promise.allSettled(appends)
    const kept = settled.filter(({ status }) => status === 'fulfilled')
    const refused = settled.filter((result) => result.status === 'rejected')
    expect(kept.length).toBeGreaterThan(0)
    expect(refused.length).toBeGreaterThan(0)
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'STORE_BUSY', status: 429 })
    expect(await bodies(log)).toHaveLength(kept.length)
    expect(await log.append(entryOf('again'))).toBe(kept.length + 1)
  })
}

function testEnds(name: LogEngineName, sandbox: Sandbox): void {
  test('trims entries for good and never reuses an offset', async () => {
    const directory = sandbox.directory()
    const log = await openLog(name, sandbox, directory)
    await Promise.all(Array.from({ length: 10 }, (_, i) => log.append(entryOf(`entry ${i + 1}`))))
    await log.trim(4)
    expect([log.tail(), log.head()]).toEqual([4, 10])
    expect((await bodies(log))[0]).toBe('entry 4')
    await log.trim(2)
    expect(log.tail()).toBe(4)
    await log.trim(1000)
    expect([log.tail(), log.head()]).toEqual([11, 10])
    expect(await bodies(log)).toEqual([])
    await log.close()
    const again = await openLog(name, sandbox, directory)
    expect([again.tail(), again.head()]).toEqual([11, 10])
    expect(await again.append(entryOf('next'))).toBe(11)
    expect(await bodies(again)).toEqual(['next'])
  })
}

function testRewriting(name: LogEngineName, sandbox: Sandbox): void {
  test('replaces and empties entries, and their old bytes leave the disk', async () => {
    const directory = sandbox.directory()
    const log = await openLog(name, sandbox, directory)
    const secret = 'ada@example.test'
    const long = `${secret} ${'abc'.repeat(2000)}`
    const appended = ['one', secret, long, 'four', `${secret}!`]
    for (const text of appended) await log.append(entryOf(text))
    expect(isOnDisk(directory, secret)).toBe(true)
    const changed = await log.rewrite((entry) => {
      const text = Buffer.from(entry.bytes).toString()
      if (entry.offset === 5) return undefined
      return text.includes(secret) ? Buffer.from(text.replaceAll(secret, 'gone')) : entry.bytes
    })
    expect(changed).toBe(3)
    expect(await bodies(log)).toEqual(['one', 'gone', long.replaceAll(secret, 'gone'), 'four', ''])
    expect(isOnDisk(directory, secret)).toBe(false)
    expect(isOnDisk(directory, 'four')).toBe(true)
    await log.append(entryOf('six'))
    expect(await bodies(log, 5)).toEqual(['', 'six'])
  })
}

function testHistories(name: LogEngineName, sandbox: Sandbox): void {
  test.each([1, 2, 3])('equals a plain list after a random history (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const directory = sandbox.directory()
    let log = await openLog(name, sandbox, directory)
    const expected: string[] = []
    let tail = 1
    for (let step = 0; step < 25; step++) {
      const what = randomInt(random, 10)
      if (what < 7) {
        const texts = Array.from({ length: randomInt(random, 40) }, (_, i) =>
          `${step}.${i} `.repeat(1 + randomInt(random, 2000) * randomInt(random, 2)),
        )
        await Promise.all(texts.map((text) => log.append(entryOf(text))))
        expected.push(...texts)
      } else if (what === 7) {
        tail = Math.max(tail, Math.min(expected.length + 1, tail + randomInt(random, 30)))
        await log.trim(tail)
      } else if (what === 8) {
        await log.close()
        log = await openLog(name, sandbox, directory)
      }
      const from = tail + randomInt(random, expected.length + 2 - tail)
      expect(await bodies(log, from)).toEqual(expected.slice(from - 1))
      expect([log.tail(), log.head()]).toEqual([tail, expected.length])
    }
  })
}
