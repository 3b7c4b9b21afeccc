import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { parametersOf } from '../recommenders.ts'
import { userKnn, type UserKnnParameters } from './userKnn.ts'

testRecommender(userKnn)
testRecommender(userKnn, { parameters: { power: 2, binary: false, newest: 6, neighbours: 15 } })

// Item 0 has 3 people, items 1, 2 and 3 have 2, 1 and 1.
const histories = historiesOf(5, [[0, 1], [0, 1, 2], [0, 3], [4]])

async function scoresOf(items: number[], changes: Partial<UserKnnParameters>): Promise<number[]> {
  const parameters = parametersOf(userKnn, changes) as UserKnnParameters
  const model = await userKnn.fit({ histories }, parameters, { seed: 1, threads: 1 })
  const scores = new Float32Array(5)
  model.score(historyOf(historiesOf(5, [items]), 0), scores)
  return [...scores]
}

const close = (expected: readonly number[]) => expected.map((n) => expect.closeTo(n, 5))

test('the formula by hand', async () => {
  const changes = { itemPower: 0.5, power: 2, neighbourPower: 0.4, columnPower: 0.3 }
  const scores = await scoresOf([1, 2, 2], changes)
  const [second, third] = [(2 ** -0.5) ** 2 * 2 ** -0.4, (2 ** -0.5 + 1) ** 2 * 3 ** -0.4]
  expect(scores).toEqual(
    close([(second + third) * 3 ** -0.3, (second + third) * 2 ** -0.3, third, 0, 0]),
  )
})

test('who has exactly these items is no neighbour, unless asked for', async () => {
  expect(await scoresOf([4], {})).toEqual([0, 0, 0, 0, 0])
  expect((await scoresOf([4], { leaveOutSame: false }))[4]).toBeGreaterThan(0)
  const alike = await scoresOf([1, 0], {})
  const withSame = await scoresOf([1, 0], { leaveOutSame: false })
  expect(alike[0]).toBeLessThan(withSame[0] ?? 0)
  expect(alike[2]).toBeCloseTo(withSame[2] ?? 0, 6)
})

test('only the nearest people are asked', async () => {
  const scores = await scoresOf([1, 2], { neighbours: 1 })
  expect(scores[3]).toBe(0)
  expect(scores[2]).toBeGreaterThan(0)
  expect(await scoresOf([0, 3, 1], { neighbours: 2 })).toHaveLength(5)
})
