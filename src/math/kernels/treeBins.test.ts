import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomNormal, seededRandom } from '../../base/index.ts'
import { plainBins } from './plainTree.ts'
import { findTreeBins } from './treeBins.ts'

function binsOf(values: readonly number[]) {
  const given = Float32Array.from(values)
  const bins = findTreeBins(given, 1, Int32Array.from(given.keys()))
  const counts = new Map<number, number>()
  for (const bin of plainBins(bins, given)) counts.set(bin, (counts.get(bin) ?? 0) + 1)
  return { bins, counts, binOf: (value: number) => plainBins(bins, Float32Array.of(value))[0] ?? 0 }
}

test('few distinct values have a bin each, with bounds midway; missing values have bin 0', () => {
  const { bins, binOf } = binsOf([5, 1, Number.NaN, 1, 3, 5])
  expect(bins.counts[0]).toBe(3)
  expect([...bins.bounds.subarray(0, 3)]).toEqual([2, 4, Infinity])
  expect([Number.NaN, 0, 1, 2, 2.1, 4, 4.1, 99].map(binOf)).toEqual([0, 1, 1, 1, 2, 2, 3, 3])
})

test('many values fall into 255 bins of about equally many rows, and rise with them', () => {
  const random = seededRandom(1)
  const values = Array.from({ length: 25_500 }, () => randomNormal(random))
  const { bins, counts } = binsOf(values)
  expect(bins.counts[0]).toBe(255)
  expect(counts.size).toBe(255)
  expect(Math.max(...counts.values())).toBeLessThan(1.1 * 100)
  expect(Math.min(...counts.values())).toBeGreaterThan(0.8 * 100)
  const used = bins.bounds.subarray(0, 254)
  expect([...used].sort((a, b) => a - b)).toEqual([...used])
})

test('a value that fills a bin shares it with less than half a usual bin', () => {
  const random = seededRandom(2)
  const values = Array.from({ length: 20_000 }, (_, k) => (k % 2 === 0 ? 0 : randomNormal(random)))
  const { counts, binOf } = binsOf(values)
  expect(counts.get(binOf(0))).toBeLessThan(10_000 + 20)
  expect(counts.size).toBeGreaterThan(240)
})

test('neighbouring numbers are told apart, whatever their size', () => {
  const numbers = fc.uniqueArray(
    fc.float({ noNaN: true }).map((x) => x + 0),
    {
      minLength: 2,
      maxLength: 255,
      comparator: (a, b) => a === b,
    },
  )
  fc.assert(
    fc.property(numbers, (values) => {
      const { counts } = binsOf(values)
      expect(counts.size).toBe(values.length)
    }),
  )
  const tiny = 2 ** -149
  const large = 2 ** 127
  const { binOf } = binsOf([0, tiny, 1, 1 + 2 ** -23, large, -large, Infinity, -Infinity])
  expect([-Infinity, -large, 0, tiny, 1, 1 + 2 ** -23, large, Infinity].map(binOf)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ])
})

test('a column with one value, or none, cannot be used; one value and missing ones can', () => {
  const x = Number.NaN
  const values = Float32Array.of(1, x, 2, x, 1, x, 2, 4, 1, x, 3, x)
  const bins = findTreeBins(values, 4, Int32Array.of(0, 1, 2))
  expect([...bins.counts]).toEqual([1, 0, 2, 1])
  expect([...bins.usable]).toEqual([2, 3])
})
