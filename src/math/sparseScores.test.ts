import { expect, it } from 'vitest'
import { ItemSet } from './itemSet.ts'
import { SparseScores } from './sparseScores.ts'

it('sums by id, lists what was touched once, and forgets it all on clear', () => {
  const sums = new SparseScores()
  sums.reserve(10)
  sums.add(7, 1)
  sums.add(3, 2)
  sums.add(7, 0.5)
  expect([...sums.touched.subarray(0, sums.count)]).toEqual([7, 3])
  expect(sums.get(7)).toBe(1.5)
  sums.clear()
  expect([sums.count, sums.get(7)]).toEqual([0, 0])
})

it('keeps its sums when it makes more room', () => {
  const sums = new SparseScores()
  sums.reserve(10)
  sums.add(2, 4)
  sums.reserve(100_000)
  sums.add(99_999, 1)
  expect([sums.get(2), sums.get(99_999), sums.count]).toEqual([4, 1, 2])
})

it('a set holds numbers of any size until it is cleared', () => {
  const set = new ItemSet()
  for (const n of [0, 5_000_000, 0]) set.add(n)
  expect([set.has(0), set.has(5_000_000), set.has(1)]).toEqual([true, true, false])
  set.clear()
  expect([set.has(0), set.has(5_000_000)]).toEqual([false, false])
})

it('lists an id once, even when its sum passes through zero', () => {
  const sums = new SparseScores()
  sums.reserve(4)
  for (const score of [1, -1, 2]) sums.add(3, score)
  expect([...sums.touched.subarray(0, sums.count)]).toEqual([3])
  expect(sums.get(3)).toBeCloseTo(2, 6)
})
