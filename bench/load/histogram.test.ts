import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

test('quantiles are within a thousandth of the sorted values', () => {
  const values = fc.array(fc.integer({ min: 0, max: 100_000_000 }), {
    minLength: 1,
    maxLength: 300,
  })
  const share = fc.double({ min: 0.01, max: 1, noNaN: true })
  fc.assert(
    fc.property(values, share, (list, q) => {
      const histogram = new Histogram()
      for (const value of list) histogram.record(value)
      const sorted = list.toSorted((a, b) => a - b)
      const exact = (sorted[Math.ceil(q * sorted.length) - 1] ?? 0) / 1000
      const got = histogram.quantileMs(q)
      expect(got).toBeGreaterThanOrEqual(exact)
      expect(got).toBeLessThanOrEqual(exact * 1.001 + 1e-9)
    }),
  )
})

test('an empty histogram has zeros', () => {
  expect(new Histogram().summary()).toEqual({ mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 })
})
