import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attributeShares, miscalibration } from './calibration.ts'
import { attributesOf, bestSubset, scaled, shortfall } from './plainRerank.fixture.ts'
import { popularityBuckets } from './popularity.ts'
import { rerank } from './reranker.ts'

const VALUES = 4
const ROUNDING = 1e-9

const cases = fc.integer({ min: 1, max: 8 }).chain((count) => {
  const each = { minLength: count, maxLength: count }
  return fc.record({
    scores: fc.array(fc.integer({ min: -5, max: 5 }), each),
    sets: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: VALUES - 1 }), { maxLength: 3 }), each),
    target: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: VALUES, maxLength: VALUES }),
    n: fc.integer({ min: 1, max: 5 }),
    strength: fc.constantFrom(0.1, 0.5, 0.9, 1),
    smoothing: fc.constantFrom(0.01, 0.3),
  })
})
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

function candidatesOf(scores: readonly number[]) {
  return { ids: Int32Array.from(scores, (_, k) => k), scores: Float64Array.from(scores) }
}

function listOf({ scores, sets, target, n, strength, smoothing }: Case): number[] {
  const calibration = [{ strength, attributes: attributesOf(VALUES, sets), target, smoothing }]
  return [...rerank(candidatesOf(scores), { n, calibration })]
}

/** (1 - strength) · Σ relevance + strength · n · F, written out from the formula. */
function objectiveOf({ scores, sets, target, n, strength, smoothing }: Case) {
  const length = Math.min(n, scores.length)
  const relevance = scaled(scores)
  const all = target.reduce((sum, t) => sum + t, 0)
  return (list: readonly number[]): number => {
    const relevant = list.reduce((sum, k) => sum + (relevance[k] ?? 0), 0)
    const gain = target.reduce((sum, t, v) => {
      if (t === 0) return sum
      const p = t / all
      const mass = list.reduce((before, k) => {
        const set = sets[k] ?? []
        return before + (set.includes(v) ? 1 / set.length : 0)
      }, 0)
      return sum + p * Math.log(1 + mass / (((length * smoothing) / (1 - smoothing)) * p))
    }, 0)
    return (1 - strength) * relevant + strength * length * gain
  }
}

test('takes in each step what adds most to the objective, computed anew', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const objective = objectiveOf(drawn)
      const list = listOf(drawn)
      expect(list).toHaveLength(Math.min(drawn.n, drawn.scores.length))
      const value = (before: readonly number[], next: number) => objective([...before, next])
      expect(shortfall(list, drawn.scores.length, value)).toBeLessThan(ROUNDING)
    }),
  )
})

test('reaches at least 1 - 1/e of the best list of all', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const objective = objectiveOf(drawn)
      const best = bestSubset(drawn.scores.length, drawn.n, objective)
      expect(objective(listOf(drawn))).toBeGreaterThanOrEqual((1 - 1 / Math.E) * best - ROUNDING)
    }),
  )
})

test('the objective is mean relevance against the divergence of a list whose items all have values', () => {
  const full = cases.filter(
    ({ sets, target }) => sets.every((set) => set.length > 0) && target.some((t) => t > 0),
  )
  fc.assert(
    fc.property(full, (drawn) => {
      const { scores, sets, strength, smoothing } = drawn
      const list = listOf(drawn)
      const all = drawn.target.reduce((sum, t) => sum + t, 0)
      const target = drawn.target.map((t) => t / all)
      const shares = attributeShares(attributesOf(VALUES, sets), list)
      const relevance = scaled(scores)
      const mean = list.reduce((sum, k) => sum + (relevance[k] ?? 0), 0) / list.length
      const divergence = miscalibration(target, shares, smoothing)
      const value = (1 - strength) * mean + strength * (Math.log(1 / smoothing) - divergence)
      expect(objectiveOf(drawn)(list) / list.length).toBeCloseTo(value, 9)
    }),
  )
})

test('a history of seven films of one kind and three of another gets seven and three', () => {
  const kinds = Array.from({ length: 40 }, (_, i) => [i < 20 ? 0 : 1])
  const attributes = attributesOf(2, kinds)
  const scores = Array.from({ length: 40 }, (_, i) => 40 - i)
  const target = attributeShares(attributes, [0, 1, 2, 3, 4, 5, 6, 20, 21, 22])
  expect([...target]).toEqual([0.7, 0.3])
  const list = rerank(candidatesOf(scores), {
    n: 10,
    calibration: [{ strength: 0.9, attributes, target }],
  })
  expect(list.filter((id) => id >= 20)).toHaveLength(3)
})

test('a target of nothing leaves the order of the scores', () => {
  const attributes = attributesOf(2, [[0], [1], [0, 1]])
  const calibration = [{ strength: 0.9, attributes, target: attributeShares(attributes, []) }]
  expect([...rerank(candidatesOf([1, 3, 2]), { n: 3, calibration })]).toEqual([1, 2, 0])
})

test('shares divide each weight among the values of an item; items without any do not count', () => {
  const attributes = attributesOf(3, [[0], [0, 1], []])
  expect([...attributeShares(attributes, [0, 1, 2, 9, -1])]).toEqual([0.75, 0.25, 0])
  expect([...attributeShares(attributes, [0, 1], [1, 3])]).toEqual([0.625, 0.375, 0])
  expect([...attributeShares(attributes, [2])]).toEqual([0, 0, 0])
})

test('miscalibration is 0 for equal shares and log of 1 / smoothing for none in common', () => {
  expect(miscalibration([0.7, 0.3], [0.7, 0.3])).toBeCloseTo(0, 12)
  expect(miscalibration([1, 0], [0, 1])).toBeCloseTo(Math.log(100), 12)
})

test('popularity as an attribute: a fifth of the interactions each to head and tail', () => {
  const buckets = popularityBuckets([10, 40, 5, 5, 20, 20])
  // Head: the 40. From the top 40, 60, 80 of 100 are held: the last 10 + 5 + 5 are a fifth.
  expect([...buckets.index]).toEqual([2, 0, 2, 2, 1, 1])
  expect([...popularityBuckets([0, 0]).index]).toEqual([2, 2])
})

test('calibrated to popularity buckets, a list has as many unpopular items as the history', () => {
  const popularity = Array.from({ length: 50 }, (_, i) => 1_000 / (i + 1))
  const attributes = popularityBuckets(popularity)
  const tail = [...attributes.index.keys()].filter((i) => attributes.index[i] === 2)
  const target = attributeShares(attributes, [0, ...tail.slice(0, 1)])
  const calibration = [{ strength: 0.95, attributes, target }]
  const list = rerank(candidatesOf(popularity), { n: 2, calibration })
  expect([...list].filter((id) => tail.includes(id))).toHaveLength(1)
})
