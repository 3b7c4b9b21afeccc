import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { linearFilter } from './linearFilter.ts'

testRecommender(linearFilter)

test('the formula by hand', async () => {
  // Item 0 has 3 people, items 1, 2 and 3 have 2, 1 and 1.
  const histories = historiesOf(4, [
    [0, 1],
    [0, 1, 2],
    [0, 3],
  ])
  const model = await linearFilter.fit({ histories }, { keep: 10 }, { seed: 1, threads: 1 })
  const scores = new Float32Array(4)
  model.score(historyOf(historiesOf(4, [[0, 2]]), 0), scores)
  expect(scores[0]).toBeCloseTo(1 / 3 / Math.sqrt(3), 6)
  expect(scores[1]).toBeCloseTo((1 / 2 + 1 / 3) / Math.sqrt(6) + 1 / 3 / Math.sqrt(2), 6)
  expect(scores[3]).toBeCloseTo(1 / 2 / Math.sqrt(3), 6)
})
