import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { blockAutoregression } from '../linear/var.ts'
import { transitions } from './transitions.ts'
import { varTransitions } from './varTransitions.ts'

testRecommender(varTransitions)

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
}

test('adds both, each divided by the deviation of its scores', async () => {
  const histories = historiesOf(6, [
    [0, 1, 2, 3],
    [1, 2, 4],
    [5, 1, 0],
    [3, 2, 1],
  ])
  const parameters = { ...varTransitions.defaults, transitionWeight: 0.4 }
  const history = historyOf(histories, 1)
  const [both, regression, rows] = await Promise.all(
    [varTransitions, blockAutoregression, transitions].map(async (kind) => {
      const model = await kind.fit({ histories }, parameters, { seed: 1, threads: 1 })
      const scores = new Float32Array(6)
      model.score(history, scores)
      return Array.from(scores)
    }),
  )
  if (both === undefined || regression === undefined || rows === undefined) throw new Error('three')
  both.forEach((score, i) => {
    const expected =
      (regression[i] ?? 0) / deviation(regression) + (0.4 * (rows[i] ?? 0)) / deviation(rows)
    expect(score).toBeCloseTo(expected, 4)
  })
})
