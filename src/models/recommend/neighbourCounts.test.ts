import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NeighbourCounts } from './neighbourCounts.ts'
import { SectionReader } from './savedState.ts'

const roomy = { slotLimit: 1_000_000, largestRow: 1_024 }
const pair = fc.record({
  row: fc.integer({ min: 0, max: 5 }),
  column: fc.nat({ max: 400 }).map((n) => Math.floor(n ** 2 / 400)),
  weight: fc.integer({ min: 1, max: 8 }).map((n) => n / 4),
})
const pairs = fc.array(pair, { maxLength: 600 })

/** Everything counted, nothing given up. */
function slowCounts(all: readonly { row: number; column: number; weight: number }[]) {
  const counts = new Map<string, number>()
  for (const { row, column, weight } of all) {
    const key = `${row} ${column}`
    counts.set(key, (counts.get(key) ?? 0) + weight)
  }
  return counts
}

function wholeState(counts: NeighbourCounts): Buffer {
  return Buffer.concat(counts.save().map(({ bytes }) => bytes))
}

describe('NeighbourCounts', () => {
  it('is exact while rows may grow', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const counts = new NeighbourCounts(roomy)
        for (const { row, column, weight } of all) counts.add(row, column, weight)
        const slow = slowCounts(all)
        for (let row = 0; row < 6; row++) {
          expect(counts.forgotten(row)).toBe(0)
          const errors = Array.from({ length: 401 }, (_, column) =>
            Math.abs(counts.count(row, column) - (slow.get(`${row} ${column}`) ?? 0)),
          )
          expect(Math.max(...errors)).toBeLessThan(1e-4)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('never invents weight, and loses at most N/(k+1) of it, when rows are full', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const counts = new NeighbourCounts({ slotLimit: 0, largestRow: 16 })
        for (const { row, column, weight } of all) counts.add(row, column, weight)
        const slow = slowCounts(all)
        for (let row = 0; row < 6; row++) {
          const total = all.reduce((sum, one) => sum + (one.row === row ? one.weight : 0), 0)
          const bound = total / 17 + 1e-3
          expect(counts.length(row)).toBeLessThanOrEqual(16)
          expect(counts.forgotten(row)).toBeLessThanOrEqual(bound)
          const errors = Array.from(
            { length: 401 },
            (_, column) => counts.count(row, column) - (slow.get(`${row} ${column}`) ?? 0),
          )
          expect(Math.max(...errors)).toBeLessThanOrEqual(1e-3)
          expect(Math.min(...errors)).toBeGreaterThanOrEqual(-bound)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('keeps a heavy column through a flood of others', () => {
    const counts = new NeighbourCounts({ slotLimit: 0, largestRow: 16 })
    for (let k = 0; k < 3_000; k++) {
      counts.add(0, 10 + (k % 1_000), 1)
      if (k % 4 === 0) counts.add(0, 7, 1)
    }
    expect(counts.count(0, 7)).toBeGreaterThan(750 - 3_750 / 17)
  })

  it('puts heavy columns in front of a row', () => {
    const counts = new NeighbourCounts(roomy)
    for (let column = 1; column <= 100; column++) counts.add(0, column, column)
    const { ids, start } = counts.view(0)
    expect(ids[start]).toBe(100)
    const front = [...ids.subarray(start, start + 10)]
    expect(Math.min(...front)).toBeGreaterThan(40)
  })

  it('stops growing large rows at the slot limit, and gives the long tail little', () => {
    const counts = new NeighbourCounts({ slotLimit: 10_000, largestRow: 512 })
    for (let row = 0; row < 2_000; row++) {
      for (let column = 0; column < 40; column++) counts.add(row, column, 1)
    }
    // 2,000 rows of 16 may exceed the limit, larger ones may not.
    expect(counts.bytes).toBeLessThan(8 * (2_000 * 16 + 10_000) * 1.5 + 2 * 524_288)
    const alone = new NeighbourCounts(roomy)
    for (let row = 0; row < 10_000; row++) alone.add(row, row + 1, 1)
    expect(alone.bytes).toBeLessThan(10_000 * (32 + 16 * 1.5) + 524_288)
  })

  it('goes on from a saved state bit by bit', () => {
    fc.assert(
      fc.property(pairs, pairs, (before, after) => {
        const live = new NeighbourCounts({ slotLimit: 100, largestRow: 64 })
        for (const { row, column, weight } of before) live.add(row, column, weight)
        const copy = new NeighbourCounts({ slotLimit: 100, largestRow: 64 })
        copy.load(new SectionReader(live.save().map(({ bytes }) => bytes.slice())))
        for (const counts of [live, copy]) {
          for (const { row, column, weight } of after) counts.add(row, column, weight)
        }
        expect(Buffer.compare(wholeState(copy), wholeState(live))).toBe(0)
      }),
      { numRuns: 20 },
    )
  })
})
