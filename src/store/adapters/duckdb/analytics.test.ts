import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../../base/index.ts'
import type { AnalyticsStore } from '../../analyticsStore.ts'
import { testAnalyticsStore } from '../../contract/analyticsStore.ts'
import { filesOf, useSandbox } from '../../contract/sandbox.ts'
import { openDuckdbAnalytics } from './analytics.ts'

testAnalyticsStore('duckdb')

const sandbox = useSandbox()
const row = {
  pid: 'p',
  time: 0,
  receivedAt: 0,
  type: 'track',
  event: 'e',
  item: null,
  value: null,
  quantity: null,
  order: null,
  decision: null,
  placement: null,
  position: null,
  device: null,
  country: null,
  action: null,
  itemNumber: null,
  trains: null,
}

/** The threads that are started while a test runs, and those that have not ended. */
function watchThreads(): { readonly started: Worker[]; readonly living: Set<Worker> } {
  const started: Worker[] = []
  const living = new Set<Worker>()
  const add = (thread: Worker): void => {
    started.push(thread)
    living.add(thread)
    thread.once('exit', () => living.delete(thread))
  }
  process.on('worker', add)
  onTestFinished(() => void process.off('worker', add))
  return { started, living }
}

async function countEvents(store: AnalyticsStore): Promise<unknown> {
  return (await store.query('events_by_name', { from: 0, to: 1 }))[0]?.['events']
}

test('its thread ends when idle, and the next request starts another', async () => {
  const threads = watchThreads()
  const store = sandbox.keep(await openDuckdbAnalytics(sandbox.directory(), { idleMs: 20 }))
  for (let n = 1; n <= 3; n++) {
    await store.append([row], n)
    expect(await countEvents(store)).toBe(n)
    expect(threads.living.size).toBe(1)
    await expect.poll(() => threads.living.size, { timeout: 5000 }).toBe(0)
  }
  expect(threads.started.length).toBeGreaterThanOrEqual(3)
})

test('rows that are loaded while more come are there once, before and after they are sealed', async () => {
  const store = sandbox.keep(await openDuckdbAnalytics(sandbox.directory()))
  const batch = Array.from({ length: 15_000 }, (_, k) => ({
    ...row,
    item: k % 3 === 0 ? `i${k % 10}` : null,
    value: k % 2 === 0 ? 1 : null,
  }))
  for (let n = 1; n <= 8; n++) await store.append(batch, n)
  expect(await countEvents(store)).toBe(120_000)
  for (let n = 9; n <= 10; n++) await store.append(batch, n)
  await store.seal()
  expect(await countEvents(store)).toBe(150_000)
  expect((await store.manifest({ from: 0, to: 1 })).map(({ rows }) => rows)).toEqual([150_000])
})

test('a thread that dies fails its requests; the next request starts another', async () => {
  const threads = watchThreads()
  const store = sandbox.keep(await openDuckdbAnalytics(sandbox.directory()))
  await store.append([row], 1)
  const dying = store.query('events_by_name', { from: 0, to: 1 })
  const refused = expect(dying).rejects.toMatchObject({ code: 'STORE_CLOSED' })
  await threads.started[0]?.terminate()
  await refused
  await store.append([row], 2)
  expect([await countEvents(store), threads.started.length]).toEqual([2, 2])
  await threads.started[1]?.terminate()
  await store.close()
})

test('a directory that cannot be opened fails requests only until it is mended', async () => {
  const directory = sandbox.directory()
  const store = sandbox.keep(await openDuckdbAnalytics(directory, { idleMs: 20 }))
  for (const file of filesOf(directory)) rmSync(file)
  mkdirSync(join(directory, 'analytics.db'))
  await expect(store.append([row], 1)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  rmSync(join(directory, 'analytics.db'), { recursive: true })
  await store.append([row], 1)
  expect(await countEvents(store)).toBe(1)
})

test('a thread that fails to end when idle leaves the store usable', async () => {
  const threads = watchThreads()
  const store = sandbox.keep(await openDuckdbAnalytics(sandbox.directory(), { idleMs: 30 }))
  await store.append([row], 1)
  await threads.started[0]?.terminate()
  await new Promise((resolve) => setTimeout(resolve, 60))
  await store.append([row], 2)
  expect(await countEvents(store)).toBe(2)
})

test('rows are sealed when the oldest has waited an hour', async () => {
  const clock = new ManualClock(1_000_000)
  const store = sandbox.keep(await openDuckdbAnalytics(sandbox.directory(), { clock }))
  await store.append([row], 1)
  clock.advance(3_599_999)
  await store.append([row], 2)
  await store.query('events_by_name', { from: 0, to: 1 })
  expect(await store.manifest({ from: 0, to: 1 })).toEqual([])
  clock.advance(1)
  await store.append([row], 3)
  expect(await store.manifest({ from: 0, to: 1 })).toMatchObject([{ rows: 3 }])
})

test('a seal that fails is told by one append, loses nothing and is tried again', async () => {
  const clock = new ManualClock(1_000_000)
  const directory = sandbox.directory()
  const store = sandbox.keep(await openDuckdbAnalytics(directory, { clock }))
  const sealedRows = async (): Promise<number> =>
    (await store.manifest({ from: 0, to: 1 })).reduce((sum, { rows }) => sum + rows, 0)
  await store.append([row], 1)
  mkdirSync(join(directory, 'parquet', 'draft', 'in the way'), { recursive: true })
  clock.advance(3_600_000)
  await store.append([row], 2)
  expect(await sealedRows()).toBe(0)
  await expect(store.append([row], 3)).rejects.toThrow('Sealing rows failed')
  expect(await store.through()).toBe(2)
  await store.append([row], 3)
  rmSync(join(directory, 'parquet', 'draft'), { recursive: true })
  clock.advance(60_000)
  await store.append([row], 4)
  expect([await sealedRows(), await countEvents(store)]).toEqual([4, 4])
})

test('a merge of files that fails hides no rows and doubles none', async () => {
  const directory = sandbox.directory()
  const store = sandbox.keep(await openDuckdbAnalytics(directory))
  for (let n = 1; n <= 8; n++) {
    await store.append([row], n)
    if (n < 8) await store.seal()
  }
  const [first = ''] = filesOf(join(directory, 'parquet'))
  const aside = join(directory, 'aside')
  renameSync(first, aside)
  await expect(store.seal()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  renameSync(aside, first)
  expect(await countEvents(store)).toBe(8)
  await store.append([row], 9)
  await store.seal()
  expect(await countEvents(store)).toBe(9)
  const files = await store.manifest({ from: 0, to: 1 })
  expect(files.map(({ rows }) => rows)).toEqual([9])
})
