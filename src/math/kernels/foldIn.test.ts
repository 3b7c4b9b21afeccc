import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../base/index.ts'
import type { CsrMatrix } from '../csrMatrix.ts'
import { plainHalf, type Rows } from './als.fixture.ts'
import { FoldIn } from './foldIn.ts'

interface Case {
  readonly items: number
  readonly factors: number
  readonly lists: readonly (readonly number[])[]
  readonly seed: number
}

const UNOBSERVED = 0.2
const penaltyOf = (entries: number): number => 0.5 + 0.1 * entries

/** People with no item, one item or all items among them. */
const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 30 }).chain((items) =>
  fc.record({
    items: fc.constant(items),
    factors: fc.integer({ min: 1, max: 19 }),
    lists: fc.array(fc.uniqueArray(fc.nat(items - 1)), { minLength: 1, maxLength: 80 }),
    seed: fc.nat(1_000),
  }),
)

function itemFactorsOf({ items, factors, seed }: Case): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({ length: items * factors }, () => random.next() - 0.5)
}

function rowsOf(lists: Case['lists'], items: number): CsrMatrix {
  const start = new Uint32Array(lists.length + 1)
  lists.forEach((list, p) => (start[p + 1] = (start[p] ?? 0) + list.length))
  const index = Int32Array.from(lists.flat())
  const value = Float32Array.from(index, (i) => 0.5 + (i % 3))
  return { rows: lists.length, columns: items, start, index, value }
}

/** Scores of every person from the definition, in double precision. */
function plainScores(drawn: Case, itemFactors: Float32Array): Rows {
  const { items, factors, lists } = drawn
  const source = Array.from({ length: items }, (_, i) =>
    Array.from(itemFactors.subarray(i * factors, (i + 1) * factors)),
  )
  const nobody = lists.map(() => Array.from({ length: factors }, () => 0))
  const penalty = lists.map((list) => penaltyOf(list.length))
  const how = { unobserved: UNOBSERVED, shift: 0, steps: 0 }
  const people = plainHalf(rowsOf(lists, items), source, nobody, penalty, how)
  return people.map((x) =>
    source.map((y) => y.reduce((sum, value, k) => sum + value * (x[k] ?? 0), 0)),
  )
}

function foldInOf(drawn: Case, itemFactors: Float32Array): FoldIn {
  const { items, factors } = drawn
  return new FoldIn({ items, factors, itemFactors, unobserved: UNOBSERVED, penaltyOf })
}

test('scores are those of the exact solution, in blocks of people of any size', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const itemFactors = itemFactorsOf(drawn)
      const scores = new Float32Array(drawn.lists.length * drawn.items)
      foldInOf(drawn, itemFactors).scores(rowsOf(drawn.lists, drawn.items), scores)
      plainScores(drawn, itemFactors).forEach((row, p) => {
        row.forEach((score, i) => {
          const found = scores[p * drawn.items + i] ?? Number.NaN
          expect(Math.abs(found - score)).toBeLessThan(1e-3 * Math.max(1, Math.abs(score)))
        })
      })
    }),
    { numRuns: 60 },
  )
})

test('contributions of the entries sum to the score', () => {
  fc.assert(
    fc.property(cases, fc.nat(), (drawn, chosen) => {
      const itemFactors = itemFactorsOf(drawn)
      const foldIn = foldInOf(drawn, itemFactors)
      const item = chosen % drawn.items
      const row = rowsOf(drawn.lists.slice(0, 1), drawn.items)
      const parts = foldIn.contributions(row, item)
      const scores = new Float32Array(drawn.items)
      foldIn.scores(row, scores)
      const sum = parts.reduce((total, part) => total + part, 0)
      expect(parts).toHaveLength(row.index.length)
      expect(Math.abs(sum - (scores[item] ?? Number.NaN))).toBeLessThan(1e-3)
    }),
    { numRuns: 60 },
  )
})

test('more entries than are placed at once are taken in parts', () => {
  const drawn: Case = {
    items: 500,
    factors: 4,
    lists: Array.from({ length: 61 }, (_, p) =>
      Array.from({ length: 300 + p }, (__, k) => (k + p) % 500),
    ),
    seed: 3,
  }
  const itemFactors = itemFactorsOf(drawn)
  const foldIn = foldInOf(drawn, itemFactors)
  const together = new Float32Array(61 * 500)
  foldIn.scores(rowsOf(drawn.lists, 500), together)
  const alone = new Float32Array(500)
  drawn.lists.forEach((list, p) => {
    foldIn.scores(rowsOf([list], 500), alone)
    expect(together.subarray(p * 500, (p + 1) * 500)).toEqual(alone)
  })
})

test('a factor that is not a number is refused', () => {
  const itemFactors = Float32Array.of(1, Number.NaN)
  const shape = { items: 2, factors: 1, itemFactors, unobserved: 1, penaltyOf }
  expect(() => new FoldIn(shape)).toThrow(/place 1/)
})
