import { expect, test } from 'vitest'
import { bootstrapIntervals, quantile } from './bootstrap.ts'

test('the interval of a share is that of the binomial distribution', () => {
  const values = Float64Array.from({ length: 2_000 }, (_, k) => (k % 4 === 0 ? 1 : 0))
  const [[low, high] = [0, 0]] = bootstrapIntervals([values], 1)
  const error = Math.sqrt((0.25 * 0.75) / 2_000)
  expect(low).toBeCloseTo(0.25 - 1.96 * error, 2)
  expect(high).toBeCloseTo(0.25 + 1.96 * error, 2)
})

test('is the same from the same seed, and has no width where all values are alike', () => {
  const values = [Float64Array.of(0, 1, 0, 2, 5), Float64Array.of(3, 3, 3, 3, 3)]
  expect(bootstrapIntervals(values, 5)).toEqual(bootstrapIntervals(values, 5))
  expect(bootstrapIntervals(values, 5)).not.toEqual(bootstrapIntervals(values, 6))
  const [, [low, high] = [0, 0]] = bootstrapIntervals(values, 5)
  expect(low).toBeCloseTo(3, 12)
  expect(high).toBeCloseTo(3, 12)
})

test('nobody has no interval', () => {
  expect(bootstrapIntervals([new Float64Array(0)], 1)).toEqual([[Number.NaN, Number.NaN]])
})

test('a quantile lies between two values by their distance', () => {
  expect(quantile([1, 2, 4], 0.5)).toBe(2)
  expect(quantile([1, 2, 4], 0.75)).toBe(3)
  expect(quantile([7], 0.99)).toBe(7)
  expect(quantile([], 0.5)).toBeNaN()
})
