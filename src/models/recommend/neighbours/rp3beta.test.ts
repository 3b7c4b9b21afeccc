import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { rp3beta } from './rp3beta.ts'

testRecommender(rp3beta)

test('the formula by hand: rows of the most likely walks, summing to 1', async () => {
  // Item 0 has 3 people, items 1 and 2 have 2 and 1, item 3 has 1.
  const histories = historiesOf(4, [[0, 1], [0, 1, 2], [0, 3], [3]])
  const [alpha, beta] = [0.5, 0.3]
  const model = await rp3beta.fit({ histories }, { keep: 2, alpha, beta }, { seed: 1, threads: 1 })
  const scores = new Float32Array(4)
  model.score(historyOf(historiesOf(4, [[0]]), 0), scores)
  const to1 = (2 ** -alpha + 3 ** -alpha) * 2 ** -beta
  const to3 = 2 ** -alpha * 2 ** -beta
  const to2 = 3 ** -alpha
  const [first, second] = [to1, Math.max(to2, to3)]
  expect(scores[1]).toBeCloseTo(first / (first + second), 5)
  expect(Math.max(scores[2] ?? 0, scores[3] ?? 0)).toBeCloseTo(second / (first + second), 5)
  expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 5)
})
