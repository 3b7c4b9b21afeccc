import { describe, expect, test } from 'vitest'
import { historiesOf } from '../recommend/contract.ts'
import { exposureOf, giniOf, headOf, ownersOf } from './exposure.ts'

test('owners are people, however often they had an item', () => {
  expect([...ownersOf(historiesOf(3, [[0, 0, 1], [1], [1, 0]]))]).toEqual([2, 3, 0])
})

test('the head is the fewest items that hold 80 % of the pairs', () => {
  // 10 pairs: 5 + 3 reach 8; the third item is tail, though it is equal to the fourth.
  expect([...headOf(Uint32Array.of(3, 1, 5, 1))]).toEqual([1, 0, 1, 0])
  expect([...headOf(Uint32Array.of(0, 0))]).toEqual([0, 0])
})

describe('the Gini coefficient', () => {
  test.each([
    [[4, 4, 4, 4], 0],
    [[0, 0, 0, 8], 3 / 4],
    // Mean difference of all pairs: 2 × (1 + 2 + 3 + 1 + 2 + 1) / 16; half of it over the mean 2.5.
    [[1, 2, 3, 4], 20 / 16 / 2 / 2.5],
  ])('of %j is %f', (counts, expected) => {
    expect(giniOf(Uint32Array.from(counts))).toBeCloseTo(expected, 12)
  })
})

describe('lists', () => {
  // Eight people; owners 8, 4, 1 and nobody. Items 0 and 1 are the head (12 of 13 pairs).
  const facts = { people: 8, owners: Uint32Array.of(8, 4, 1, 0) }
  const lists = Int32Array.of(0, 1, 2, 0, 2, -1)

  test('are counted up to k', () => {
    const found = exposureOf(lists, 3, 2, facts)
    expect(found.coverage).toBeCloseTo(3 / 4, 12)
    expect(found.novelty).toBeCloseTo((0 + 1 + 0 + 3) / 4, 12)
    expect(found.longTail).toBeCloseTo(1 / 4, 12)
    expect(found.gini).toBeCloseTo(giniOf(Uint32Array.of(2, 1, 1, 0)), 12)
    expect(found.diversity).toBeUndefined()
  })

  test('an item of nobody is as new as one of a single person', () => {
    expect(exposureOf(Int32Array.of(3), 1, 1, facts).novelty).toBeCloseTo(3, 12)
  })

  test('are as diverse as their attributes differ, pair by pair', () => {
    // Values {0, 1}, {1, 2}, {0, 1} and none.
    const attributes = {
      values: 3,
      start: Uint32Array.of(0, 2, 4, 6, 6),
      index: Int32Array.of(0, 1, 1, 2, 0, 1),
    }
    const found = exposureOf(Int32Array.of(0, 1, 2, 0, 2, 3), 3, 3, { ...facts, attributes })
    // 2/3, 0 and 2/3 in the first list; 0 in the second, whose item 3 has no value.
    expect(found.diversity).toBeCloseTo((2 / 3 + 0 + 2 / 3 + 0) / 4, 12)
    const moved = { ...facts, attributes, itemOf: Int32Array.of(2, 1, 0, -1) }
    expect(exposureOf(Int32Array.of(0, 1, 2), 3, 3, moved).diversity).toBeCloseTo(4 / 9, 12)
  })
})
