import { describe, expect, it } from 'vitest'
import { rateCeiling, rateInWords, ratePoints } from './rate.ts'

const samples = [
  { at: 0, events: 99, decisions: 99 },
  { at: 5000, events: 50, decisions: 10 },
  { at: 10_000, events: 100, decisions: 20 },
  { at: 15_000, events: 3, decisions: 1 },
]

describe('ratePoints', () => {
  it('divides counts by the length of their interval and leaves out the one still counting', () => {
    expect(ratePoints(samples, 60_000)).toEqual([
      { at: new Date(5000), perSecond: 10, of: 'events' },
      { at: new Date(5000), perSecond: 2, of: 'decisions' },
      { at: new Date(10_000), perSecond: 20, of: 'events' },
      { at: new Date(10_000), perSecond: 4, of: 'decisions' },
    ])
  })

  it('begins with the first interval that the server counted whole', () => {
    expect(ratePoints(samples, 11_000).map(({ at }) => at.getTime())).toEqual([10_000, 10_000])
  })

  it('leaves out samples that do not follow the one before', () => {
    const stuck = [samples[0], samples[0], samples[0]].flatMap((sample) => sample ?? [])
    expect(ratePoints(stuck, 60_000)).toEqual([])
  })
})

describe('rateInWords', () => {
  it('says the newest rates', () => {
    expect(rateInWords(ratePoints(samples, 60_000))).toBe(
      'Now 20.0 events and 4.0 decisions per second.',
    )
  })
})

describe('rateCeiling', () => {
  const at = (...rates: readonly number[]) =>
    rates.map(
      (perSecond, place) => ({ at: new Date(place * 5000), perSecond, of: 'events' }) as const,
    )

  it('is a little above the highest rate', () => {
    expect(rateCeiling(at(2, 6, 10, 4))).toBeCloseTo(11.5)
  })

  it('cuts off an import, so that the traffic after it can be seen', () => {
    expect(rateCeiling(at(9000, 9000, 5, 4, 6, 5, 4))).toBeCloseTo(46)
  })

  it('keeps the scale while the traffic pauses', () => {
    expect(rateCeiling(at(10, 8, ...Array<number>(20).fill(0)))).toBeCloseTo(11.5)
    expect(rateCeiling([])).toBeCloseTo(1.15)
  })
})
