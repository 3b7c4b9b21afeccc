import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { ease, weightedEase } from './ease.ts'
import { identityOf, solvePlainly } from './gaussian.fixture.ts'

testRecommender(ease)
testRecommender(weightedEase)

const context = { seed: 1, threads: 1 }

/** Scores of a history of one item for each item. */
async function matrixOf(
  items: number,
  people: readonly (readonly number[])[],
  l2: number,
  personPower: number,
): Promise<number[][]> {
  const data = { histories: historiesOf(items, people) }
  const model = await weightedEase.fit(data, { l2, ridge: 2, personPower }, context)
  return Array.from({ length: items }, (_, i) => {
    const scores = new Float32Array(items)
    model.score(historyOf(historiesOf(items, [[i]]), 0), scores)
    return [...scores]
  })
}

test('two items give what the formula gives by hand', async () => {
  // G = [3 2; 2 2]; with 1 added its inverse is [3 -2; -2 4] / 8.
  const [[own, right] = [], [left] = []] = await matrixOf(2, [[0, 1], [1, 0], [0]], 1, 0)
  expect(own).toBe(0)
  expect(right).toBeCloseTo(2 / 4, 6)
  expect(left).toBeCloseTo(2 / 3, 6)
})

test('a person with many items counts less in the weighted form', async () => {
  const [, [left] = []] = await matrixOf(2, [[0, 1], [0]], 1, 1)
  // Weighted by 1/d, G + 1 = [2.5 0.5; 0.5 1.5], whose inverse is proportional to [1.5 -0.5; -0.5 2.5].
  expect(left).toBeCloseTo(1 / 3, 6)
})

test('equals the formula written out, whatever the histories', async () => {
  const people = fc.array(fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 14 }), {
    minLength: 1,
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(
      people,
      fc.constantFrom(0.1, 1, 10),
      fc.constantFrom(0, 0.5),
      async (lists, l2, power) => {
        const sets = lists.map((list) => [...new Set(list)])
        const gram = identityOf(12).map((row) => row.fill(0))
        for (const set of sets) {
          for (const i of set) {
            for (const j of set) (gram[i] ?? [])[j] = (gram[i]?.[j] ?? 0) + set.length ** -power
          }
        }
        gram.forEach((row, i) => (row[i] = (row[i] ?? 0) + l2))
        const p = solvePlainly(gram, identityOf(12))
        const found = await matrixOf(12, lists, l2, power)
        found.forEach((row, i) =>
          row.forEach((score, j) => {
            const expected = i === j ? 0 : -(p[i]?.[j] ?? 0) / (p[j]?.[j] ?? 0)
            expect(score).toBeCloseTo(expected, 5)
          }),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('without l2 the ridge is a multiple of the mean diagonal', async () => {
  const histories = historiesOf(2, [[0, 1], [1, 0], [0]])
  const scoreWith = async (parameters: { l2: number; ridge: number }) => {
    const scores = new Float32Array(2)
    const model = await ease.fit({ histories }, parameters, context)
    model.score(historyOf(histories, 2), scores)
    return scores
  }
  // The mean diagonal is 2.5.
  expect(await scoreWith({ l2: 0, ridge: 0.4 })).toEqual(await scoreWith({ l2: 1, ridge: 9 }))
})

test('more items than it can hold are refused before anything is computed, with the reason', async () => {
  const many = { histories: historiesOf(12_001, [[0, 12_000]]) }
  expect(ease.suits?.(many)).toBe(false)
  await expect(ease.fit(many, ease.defaults, context)).rejects.toMatchObject({
    code: 'MODELS_TOO_LARGE',
    message: expect.stringMatching(
      /at most 12000 items, and there are 12001: it would need \d+ MB/,
    ),
  })
  const few = { histories: historiesOf(1_000, [[0, 999]]) }
  const tight = { ...context, memoryLimit: 4_000_000 }
  await expect(ease.fit(few, ease.defaults, tight)).rejects.toMatchObject({
    code: 'MODELS_TOO_LARGE',
    message: expect.stringMatching(/needs \d+ MB for 1000 items, and may use 4 MB/),
  })
  await expect(ease.fit(few, ease.defaults, context)).resolves.toMatchObject({ name: 'ease' })
})
