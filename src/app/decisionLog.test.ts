import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EventLog, NewEntry } from '../store/index.ts'
import { DecisionLog } from './decisionLog.ts'
import type { ReadableEntry } from './entry.ts'

/** What the log was asked to take; each append is answered by hand. */
let appends: { entry: NewEntry; done: (offset: number) => void; refuse: (why: Error) => void }[]
let offered: ReadableEntry[]
let troubles: unknown[]
let decisions: DecisionLog

beforeEach(() => {
  vi.useFakeTimers()
  appends = []
  offered = []
  troubles = []
  const append = (entry: NewEntry) =>
    new Promise<number>((done, refuse) => void appends.push({ entry, done, refuse }))
  decisions = new DecisionLog(
    { append } as unknown as EventLog,
    (entry) => offered.push(entry),
    (error) => troubles.push(error),
  )
})

afterEach(() => vi.useRealTimers())

function add(id: string): void {
  decisions.add({ record: { id, at: 1, identifiers: [], lists: [] }, numbers: [] })
}

function idsOf({ bytes }: NewEntry): string[] {
  const { decisions: records } = JSON.parse(new TextDecoder().decode(bytes)) as {
    decisions: { id: string }[]
  }
  return records.map(({ id }) => id)
}

test('decisions of a moment are one entry, and those that come while it is written another', async () => {
  add('a')
  add('b')
  expect(appends).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(50)
  add('c')
  await vi.advanceTimersByTimeAsync(200)
  expect(appends.map(({ entry }) => idsOf(entry))).toEqual([['a', 'b']])
  appends[0]?.done(1)
  await vi.advanceTimersByTimeAsync(0)
  expect(offered.map(({ offset, count }) => [offset, count])).toEqual([[1, 2]])
  add('d')
  await vi.advanceTimersByTimeAsync(50)
  expect(appends.map(({ entry }) => idsOf(entry))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
})

test('a flush writes all that waits, also what came while another entry was written', async () => {
  add('a')
  await vi.advanceTimersByTimeAsync(50)
  add('b')
  let flushed = false
  const flushing = decisions.flush().then(() => (flushed = true))
  appends[0]?.done(1)
  await vi.advanceTimersByTimeAsync(0)
  expect([appends.length, flushed]).toEqual([2, false])
  appends[1]?.done(2)
  await flushing
  expect(offered.map(({ offset }) => offset)).toEqual([1, 2])
})

test('what the disk refuses is written again in its order, a second later', async () => {
  add('a')
  await vi.advanceTimersByTimeAsync(50)
  add('b')
  appends[0]?.refuse(new Error('full'))
  await vi.advanceTimersByTimeAsync(999)
  expect([appends.length, troubles.length]).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(1)
  expect(idsOf(appends[1]?.entry as NewEntry)).toEqual(['a', 'b'])
  expect(decisions.lost).toBe(0)
})

test('of more than can wait the oldest are let go, and counted', async () => {
  for (let k = 0; k < 50_003; k++) add(String(k))
  expect(decisions.lost).toBe(3)
  await vi.advanceTimersByTimeAsync(50)
  expect(idsOf(appends[0]?.entry as NewEntry)[0]).toBe('3')
})

test('of many the rest is written after the first entry, and again from where the disk refused', async () => {
  for (let k = 0; k < 1_100; k++) add(String(k))
  await vi.advanceTimersByTimeAsync(50)
  appends[0]?.done(1)
  await vi.advanceTimersByTimeAsync(0)
  appends[1]?.refuse(new Error('full'))
  await vi.advanceTimersByTimeAsync(500)
  add('late')
  await vi.advanceTimersByTimeAsync(499)
  expect(appends).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  appends[2]?.done(2)
  await vi.advanceTimersByTimeAsync(0)
  appends[3]?.done(3)
  await vi.advanceTimersByTimeAsync(0)
  const written = [0, 2, 3].flatMap((n) => idsOf(appends[n]?.entry as NewEntry))
  expect(written).toEqual([...Array.from({ length: 1_100 }, (_, k) => String(k)), 'late'])
  expect(offered.map(({ count }) => count)).toEqual([500, 500, 101])
})

test('what the disk refuses when it is closed is counted as lost, and nothing goes on', async () => {
  add('a')
  const closing = decisions.close()
  await vi.advanceTimersByTimeAsync(0)
  appends[0]?.refuse(new Error('closed'))
  await closing
  expect(decisions.lost).toBe(1)
  add('late')
  expect(decisions.lost).toBe(2)
  expect(vi.getTimerCount()).toBe(0)
})
