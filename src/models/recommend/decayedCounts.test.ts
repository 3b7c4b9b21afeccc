import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecayedCounts } from './decayedCounts.ts'
import { SectionReader } from './savedState.ts'

const DAY = 86_400_000

interface Seen {
  readonly item: number
  readonly time: number
  readonly weight: number
}

const seen = fc.record({
  item: fc.integer({ min: 0, max: 30 }),
  time: fc.integer({ min: 0, max: 90 * DAY }),
  weight: fc.integer({ min: 1, max: 5 }),
})

/** Every observation aged one by one to the time of reading. */
function slowCount(all: readonly Seen[], item: number, at: number, halfLife: number): number {
  return all
    .filter((one) => one.item === item)
    .reduce((sum, { time, weight }) => sum + weight * 0.5 ** ((at - time) / halfLife), 0)
}

describe('DecayedCounts', () => {
  it('reads what ageing every observation would give, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1, maxLength: 60 }), (all) => {
        const counts = new DecayedCounts({ halfLife: 7 * DAY, top: 8 })
        for (const { item, time, weight } of all) counts.add(item, time, weight)
        for (let item = 0; item < 31; item++) {
          const expected = slowCount(all, item, 100 * DAY, 7 * DAY)
          expect(counts.at(item, 100 * DAY)).toBeCloseTo(expected, 9)
        }
      }),
    )
  })

  it('keeps the leading items exactly ranked', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 120 }), (all) => {
        const counts = new DecayedCounts({ halfLife: 7 * DAY, top: 8 })
        for (const { item, time, weight } of all) counts.add(item, time, weight)
        const items = [...new Set(all.map(({ item }) => item))]
        const sorted = items.sort((a, b) => counts.raw(b) - counts.raw(a) || a - b).slice(0, 8)
        expect([...counts.ranked()]).toEqual(sorted)
      }),
    )
  })

  it('orders equal counts by item number, whoever came first', () => {
    const counts = new DecayedCounts({ halfLife: DAY, top: 4 })
    for (const item of [5, 3, 9, 1, 7]) counts.add(item, 0, 1)
    expect([...counts.ranked()]).toEqual([1, 3, 5, 7])
  })

  it('survives years beyond its landmark, which it moves', () => {
    const counts = new DecayedCounts({ halfLife: DAY, top: 4 })
    counts.add(1, 0, 1)
    counts.add(2, 5_000 * DAY, 1)
    counts.add(3, 5_001 * DAY, 1)
    expect(counts.at(2, 5_001 * DAY)).toBeCloseTo(0.5, 12)
    expect(counts.at(3, 5_001 * DAY)).toBeCloseTo(1, 12)
    expect(counts.at(1, 5_001 * DAY)).toBe(0)
    expect([...counts.ranked()]).toEqual([3, 2, 1])
  })

  it('goes on from a saved state as if nothing had happened', () => {
    const live = new DecayedCounts({ halfLife: DAY, top: 4 })
    for (let k = 0; k < 50; k++) live.add(k % 7, k * 3_600_000, 1)
    const copy = new DecayedCounts({ halfLife: DAY, top: 4 })
    copy.load(new SectionReader(live.save().map(({ bytes }) => bytes.slice())))
    for (const counts of [live, copy]) counts.add(3, 60 * 3_600_000, 2)
    expect(copy.save().map(({ bytes }) => bytes)).toEqual(live.save().map(({ bytes }) => bytes))
  })
})
