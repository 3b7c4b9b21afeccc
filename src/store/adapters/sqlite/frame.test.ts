import { expect, test } from 'vitest'
import type { LogEntry } from '../../eventLog.ts'
import {
  findFrames,
  FRAME_HEADER_BYTES,
  frameBytes,
  readFrame,
  sealFrame,
  writeFrame,
} from './frame.ts'

const BODIES = ['a first body', '', 'another', 'the fourth, a little longer', '5']

function rowOf(bodies: readonly string[]): Buffer {
  const row = Buffer.alloc(bodies.reduce((sum, body) => sum + FRAME_HEADER_BYTES + body.length, 0))
  let at = 0
  bodies.forEach((body, i) => {
    const entry = { kind: 'messages', receivedAt: 1.5, count: 2, bytes: Buffer.from(body) } as const
    const end = writeFrame(row, at, entry)
    sealFrame(row, at, i + 1)
    expect(frameBytes(row, at)).toBe(end - at)
    at = end
  })
  return row
}

function readable(row: Buffer): LogEntry[] {
  return findFrames(row).flatMap((place) => readFrame(row, place) ?? [])
}

test('a row gives every entry back', () => {
  const entries = readable(rowOf(BODIES))
  expect(entries.map((entry) => Buffer.from(entry.bytes).toString())).toEqual(BODIES)
  expect(entries.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5])
  expect(entries[0]).toMatchObject({ kind: 'messages', receivedAt: 1.5, count: 2 })
})

test('any single flipped bit costs exactly the entry that it is in', () => {
  const whole = rowOf(BODIES)
  const expected = readable(whole)
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const row = Buffer.from(whole)
    row[bit >> 3] = (row[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const found = readable(row)
    expect(found).toHaveLength(BODIES.length - 1)
    for (const entry of found) expect(entry).toEqual(expected[entry.offset - 1])
  }
})

test('a cut row gives the entries before the cut', () => {
  const whole = rowOf(BODIES)
  const expected = readable(whole)
  for (let length = 0; length < whole.length; length++) {
    const found = readable(Buffer.from(whole.subarray(0, length)))
    expect(found).toEqual(expected.slice(0, found.length))
    expect(found.length).toBeLessThan(BODIES.length)
  }
})
