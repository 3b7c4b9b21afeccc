import { expect, it } from 'vitest'
import { TopK } from '../../math/index.ts'
import { DecayedCounts } from './decayedCounts.ts'
import { trendingItems, trendScore } from './trending.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const options = { ratio: 1 / 30, prior: 4 }

it('a steady item does not trend, however popular; a rising one does', () => {
  const short = new DecayedCounts({ halfLife: DAY, top: 16 })
  const long = new DecayedCounts({ halfLife: 30 * DAY, top: 16 })
  const see = (item: number, time: number): void => {
    short.add(item, time, 1)
    long.add(item, time, 1)
  }
  for (let hour = 0; hour < 200 * 24; hour++) {
    for (let k = 0; k < 5; k++) see(0, hour * HOUR)
    if (hour % 12 === 0) see(1, hour * HOUR)
    if (hour > 199 * 24) see(1, hour * HOUR)
  }
  const { ids } = trendingItems(short, long, options, new TopK())
  expect(ids[0]).toBe(1)
  // Within two standard deviations of what its own past leads to expect.
  const now = 200 * 24 * HOUR
  expect(Math.abs(trendScore(short.at(0, now), long.at(0, now), options))).toBeLessThan(2)
})

it('measures the rise in standard deviations of a decayed Poisson count', () => {
  expect(trendScore(10, 300, options)).toBe(0)
  expect(trendScore(16, 300, options)).toBeCloseTo(6 / 3, 12)
})
