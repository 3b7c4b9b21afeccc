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
/** A unit of damage; the pages of the known engines are of this size. */
const PAGE_BYTES = 4096

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
    expect(sequence).toMatchObject({ writes: 50, unsynced: 0 })
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
    const source = await manyRows(name, sandbox)
    const random = seededRandom(5)
    let readable = 0
    for (let flip = 0; flip < 15; flip++) {
      const directory = copyOf(source, sandbox)
      flipBit(directory, (bytes) => randomInt(random, bytes.length))
      if (await isTrue(name, sandbox, directory)) readable++
    }
    expect(readable).toBeGreaterThan(10)
  })

  test('reads on after a destroyed page', async () => {
    const source = await manyRows(name, sandbox)
    let readable = 0
    for (let page = 1; page <= 10; page++) {
      const directory = copyOf(source, sandbox)
      damage(directory, (bytes) => bytes.fill(0xa5, page * PAGE_BYTES, (page + 1) * PAGE_BYTES))
      if (await isTrue(name, sandbox, directory)) readable++
    }
    expect(readable).toBeGreaterThan(5)
  })
}

const DAMAGED_TEXTS = Array.from({ length: 90 }, (_, i) =>
  `${i * 7919} `.repeat(9 + ((i * 97) % 120)),
)

/** Directory of a closed log with many rows, large and small. */
async function manyRows(name: LogEngineName, sandbox: Sandbox): Promise<string> {
  const directory = sandbox.directory()
  const log = await openLog(name, sandbox, directory)
  for (let i = 0; i < 90; i += 1 + (i % 4)) {
    const group = DAMAGED_TEXTS.slice(i, i + 1 + (i % 4))
    await Promise.all(group.map((text) => log.append(entryOf(text))))
  }
  await log.close()
  return directory
}

function copyOf(source: string, sandbox: Sandbox): string {
  const directory = sandbox.directory()
  for (const path of filesOf(source)) {
    copyFileSync(path, join(directory, path.slice(source.length + 1)))
  }
  return directory
}

/**
 * Whether a damaged copy of `manyRows` opens, gives only true bytes, and reports every entry that it leaves out.
 * When it does not open, it must say so with a code.
 */
async function isTrue(name: LogEngineName, sandbox: Sandbox, directory: string): Promise<boolean> {
  const outcome = await readDamaged(name, sandbox, directory).catch((error: unknown) => error)
  if (outcome instanceof Error) {
    expect(outcome).toMatchObject({ code: 'STORE_CORRUPT' })
    return false
  }
  const { found, reported, head } = outcome as Damaged
  for (const [offset, text] of found) expect(text).toBe(DAMAGED_TEXTS[offset - 1])
  const known = new Set([...found.keys(), ...reported])
  expect([...known].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: head }, (_, i) => i + 1),
  )
  return head === DAMAGED_TEXTS.length
}

interface Damaged {
  readonly found: ReadonlyMap<number, string>
  readonly reported: readonly number[]
  readonly head: number
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
  return { found, reported, head: log.head() }
}

/** Flips one bit of the largest file. */
function flipBit(directory: string, place: (bytes: Buffer) => number): void {
  damage(directory, (bytes) => {
    const at = place(bytes)
    bytes[at] = (bytes[at] ?? 0) ^ 4
  })
}

function damage(directory: string, change: (bytes: Buffer) => void): void {
  const files = filesOf(directory).map((path) => ({ path, bytes: readFileSync(path) }))
  const [largest] = files.sort((a, b) => b.bytes.length - a.bytes.length)
  if (largest === undefined) throw new Error('There is no file to damage.')
  change(largest.bytes)
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
