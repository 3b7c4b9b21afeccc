import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomInt, seededRandom } from '../../base/index.ts'
import { logEngines } from '../engines.ts'
import { countSyncs, killWriter } from './childProcess.ts'
import { bodies, entryOf, type LogEngineName, openLog } from './logFixture.ts'
import { fillDisk } from './fullDisk.ts'
import { filesOf, type Sandbox } from './sandbox.ts'

const ALL = { entries: Infinity, bytes: Infinity }
const KILLS = 10

/** What a log in local files must withstand: kills, lost tails, flipped bits, a full disk. */
export function testLogFaults(name: LogEngineName, sandbox: Sandbox): void {
  testKills(name, sandbox)
  testSyncs(name, sandbox)
  testTornTail(name, sandbox)
  testFlippedBits(name, sandbox)
  testFullDisk(name, sandbox)
}

function testKills(name: LogEngineName, sandbox: Sandbox): void {
  test('ten kills in mid-load lose no acknowledged entry', async () => {
    const directory = sandbox.directory()
    const random = seededRandom(7)
    const acknowledged: string[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const options = { label: `k${kill}`, afterMs: 5 + randomInt(random, 120) }
      acknowledged.push(...(await killWriter('log-flood', name, directory, options)))
    }
    const log = await openLog(name, sandbox, directory)
    const ids = (await bodies(log)).map((body) => (JSON.parse(body) as { id: string }).id)
    const stored = new Set(ids)
    expect(acknowledged.length).toBeGreaterThan(KILLS)
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
    expect(ids).toHaveLength(stored.size)
  })
}

function testSyncs(name: LogEngineName, sandbox: Sandbox): void {
  test('syncs every append that waits for the one before, and shares syncs in a burst', (context) => {
    const sequence = countSyncs('log-sequence', name, sandbox.directory())
    if ('reason' in sequence) return context.skip(sequence.reason)
    const burst = countSyncs('log-burst', name, sandbox.directory())
    if ('reason' in burst) return context.skip(burst.reason)
    expect(sequence.writes).toBe(50)
    expect(sequence.syncs).toBeGreaterThanOrEqual(sequence.writes)
    expect(burst.writes).toBe(500)
    expect(burst.syncs).toBeGreaterThan(0)
    expect(burst.syncs).toBeLessThan(burst.writes / 5)
  })
}

function testTornTail(name: LogEngineName, sandbox: Sandbox): void {
  test('opens on a write-ahead log cut at any place, with all entries before the cut', async () => {
    const source = sandbox.directory()
    const log = await openLog(name, sandbox, source)
    const texts = Array.from({ length: 40 }, (_, i) => `entry ${i} `.repeat(1 + ((i * 37) % 200)))
    for (const text of texts) await log.append(entryOf(text))
    const random = seededRandom(11)
    const lengths = new Set<number>()
    for (let cut = 0; cut < 12; cut++) {
      const directory = sandbox.directory()
      tearTail(source, directory, random.next())
      const torn = await openLog(name, sandbox, directory)
      const kept = await bodies(torn)
      expect(kept).toEqual(texts.slice(0, kept.length))
      expect(await torn.append(entryOf('goes on'))).toBe(kept.length + 1)
      expect((await bodies(torn)).at(-1)).toBe('goes on')
      lengths.add(kept.length)
      await torn.close()
    }
    expect(lengths.size).toBeGreaterThan(3)
  })
}

/** Copies a log that is open, with its write-ahead log cut to a share of its length. */
function tearTail(source: string, target: string, share: number): void {
  for (const path of filesOf(source)) {
    if (path.endsWith('-shm')) continue
    const copy = join(target, path.slice(source.length + 1))
    copyFileSync(path, copy)
    if (path.endsWith('-wal')) truncateSync(copy, Math.floor(readFileSync(path).length * share))
  }
}

function testFlippedBits(name: LogEngineName, sandbox: Sandbox): void {
  test('reports a flipped bit, skips that entry and goes on', async () => {
    const directory = sandbox.directory()
    const log = await openLog(name, sandbox, directory)
    const texts = Array.from({ length: 9 }, (_, i) => `the body number ${i}`)
    await Promise.all(texts.map((text) => log.append(entryOf(text))))
    await log.close()
    flipBit(directory, (bytes) => bytes.indexOf('the body number 4') + 3)
    const { found, reported } = await readDamaged(name, sandbox, directory)
    expect(reported).toEqual([5])
    expect([...found.values()]).toEqual(texts.filter((_, i) => i !== 4))
  })

  test('never gives back a wrong byte, wherever a bit flips', async () => {
    const source = sandbox.directory()
    const log = await openLog(name, sandbox, source)
    const texts = Array.from({ length: 60 }, (_, i) => `${i} `.repeat(50 + ((i * 997) % 3000)))
    for (let i = 0; i < 60; i += 12) {
      await Promise.all(texts.slice(i, i + 12).map((text) => log.append(entryOf(text))))
    }
    await log.close()
    const random = seededRandom(5)
    let readable = 0
    for (let flip = 0; flip < 25; flip++) {
      const directory = sandbox.directory()
      for (const path of filesOf(source)) {
        copyFileSync(path, join(directory, path.slice(source.length + 1)))
      }
      flipBit(directory, (bytes) => randomInt(random, bytes.length))
      const outcome = await readDamaged(name, sandbox, directory).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: /^STORE_/ })
      else {
        const { found, reported } = outcome as Damaged
        for (const [offset, text] of found) expect(text).toBe(texts[offset - 1])
        const known = new Set([...found.keys(), ...reported])
        expect(known.size).toBe(60)
        readable++
      }
    }
    expect(readable).toBeGreaterThan(15)
  })
}

interface Damaged {
  readonly found: ReadonlyMap<number, string>
  readonly reported: readonly number[]
}

async function readDamaged(
  name: LogEngineName,
  sandbox: Sandbox,
  directory: string,
): Promise<Damaged> {
  const reported: number[] = []
  const onCorrupt = (offset: number): void => void reported.push(offset)
  const log = sandbox.keep(await logEngines[name].open(directory, { onCorrupt }))
  const entries = await log.read(1, ALL)
  await log.close()
  const found = new Map(entries.map((e) => [e.offset, Buffer.from(e.bytes).toString()]))
  return { found, reported }
}

/** Flips one bit of the largest file. */
function flipBit(directory: string, place: (bytes: Buffer) => number): void {
  const files = filesOf(directory).map((path) => ({ path, bytes: readFileSync(path) }))
  const [largest] = files.sort((a, b) => b.bytes.length - a.bytes.length)
  if (largest === undefined) throw new Error('There is no file to damage.')
  const at = place(largest.bytes)
  largest.bytes[at] = (largest.bytes[at] ?? 0) ^ 4
  writeFileSync(largest.path, largest.bytes)
}

function testFullDisk(name: LogEngineName, sandbox: Sandbox): void {
  test('a full disk refuses appends, loses none that it accepted, and recovers', async (context) => {
    const disk = sandbox.smallDisk(3 << 20)
    if ('reason' in disk) return context.skip(disk.reason)
    const ballast = join(disk.directory, 'ballast')
    writeFileSync(ballast, Buffer.alloc(1 << 20))
    const log = await openLog(name, sandbox, disk.directory)
    const accepted: string[] = []
    const refused = await fillDisk(async (text) => {
      await log.append(entryOf(text))
      accepted.push(text)
    })
    expect(refused).toMatchObject({ code: 'STORE_DISK_FULL', status: 503 })
    expect(accepted.length).toBeGreaterThan(3)
    expect(await bodies(log)).toEqual(accepted)
    expect(log.pendingBytes()).toBe(0)
    rmSync(ballast)
    expect(await log.append(entryOf('room again'))).toBe(accepted.length + 1)
    accepted.push('room again')
    expect(await bodies(log)).toEqual(accepted)
    await log.close()
    expect(existsSync(ballast)).toBe(false)
    const again = await openLog(name, sandbox, disk.directory)
    expect(await bodies(again)).toEqual(accepted)
    await again.close()
  })
}
