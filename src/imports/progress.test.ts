import { expect, test } from 'vitest'
import { type ImportProgress, renderProgress, timeLeft } from './progress.ts'

const HALF: ImportProgress = {
  title: 'orders.csv',
  rows: 60_000,
  messages: 50_000,
  items: 0,
  rejected: 12,
  bytesDone: 500,
  totalBytes: 1_000,
  startRows: 10_000,
  startBytes: 0,
  elapsedMs: 2_000,
}

test('a terminal gets a bar, rate and time left within its width', () => {
  const text = renderProgress(HALF, { tty: true, width: 100 })
  expect(text).toBe(
    '[###############---------------]  50 % 60,000 rows · 25,000/s · 12 rejected · 2 s left',
  )
})

test('a narrow terminal loses the bar first, and no line is longer than it', () => {
  for (let width = 0; width <= 120; width++) {
    const text = renderProgress(HALF, { tty: true, width })
    expect(text.length).toBeLessThanOrEqual(width)
  }
  expect(renderProgress(HALF, { tty: true, width: 60 })).toContain('60,000 rows')
})

test('elsewhere it is a plain line', () => {
  expect(renderProgress({ ...HALF, rejected: 0 }, { tty: false, width: 80 })).toBe(
    'orders.csv: 50 % · 60,000 rows · 25,000/s · 2 s left',
  )
})

test('what an earlier run did does not count for the time left', () => {
  expect(timeLeft({ ...HALF, startBytes: 400 })).toBe(10_000)
  expect(timeLeft({ ...HALF, bytesDone: 0 })).toBeUndefined()
})

test('nothing to read is done', () => {
  const empty = { ...HALF, bytesDone: 0, totalBytes: 0, elapsedMs: 0 }
  expect(renderProgress(empty, { tty: false, width: 80 })).toContain('100 %')
})
