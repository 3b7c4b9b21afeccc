import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { spectral } from '../linear/spectral.ts'
import { gfCf } from './gfCf.ts'
import { linearFilter } from './linearFilter.ts'

testRecommender(gfCf, { parameters: { rank: 3 } })
testRecommender(gfCf, { parameters: { lowPass: 0 } })

test('is the linear filter plus the weighted low-pass filter', async () => {
  const histories = historiesOf(5, [[0, 1, 3], [0, 1, 2], [0, 3], [3], [2, 4]])
  const context = { seed: 1, threads: 1 }
  const both = await gfCf.fit({ histories }, { lowPass: 0.4, rank: 2, keep: 10 }, context)
  const linear = await linearFilter.fit({ histories }, { keep: 10 }, context)
  const low = await spectral.fit({ histories }, { rank: 2, passes: 4 }, context)
  const history = historyOf(historiesOf(5, [[0, 4]]), 0)
  const [sum, one, other] = [both, linear, low].map((model) => {
    const scores = new Float32Array(5)
    model.score(history, scores)
    return scores
  })
  sum?.forEach((score, i) =>
    expect(score).toBeCloseTo((one?.[i] ?? 0) + 0.4 * (other?.[i] ?? 0), 6),
  )
  expect(other?.some((score) => score > 0.01)).toBe(true)
})
