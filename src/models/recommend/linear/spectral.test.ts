import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { spectral } from './spectral.ts'

testRecommender(spectral, { parameters: { rank: 3 } })

async function scoresOf(rank: number, history: readonly number[]): Promise<number[]> {
  const people = [
    [0, 1, 2],
    [0, 1],
    [1, 2],
    [3, 4],
    [3, 4, 5],
    [4, 5],
  ]
  const data = { histories: historiesOf(7, people) }
  const model = await spectral.fit(data, { rank, passes: 8 }, { seed: 1, threads: 1 })
  const scores = new Float32Array(7)
  model.score(historyOf(historiesOf(7, [history]), 0), scores)
  return [...scores]
}

test('two frequencies of two separate groups spread a person over one group, by popularity', async () => {
  // The lowest frequency of a group is D^½; x D^-½ V Vᵀ D^½ gives each of its items its share of 7 events.
  const scores = await scoresOf(2, [0])
  ;[2 / 7, 3 / 7, 2 / 7, 0, 0, 0, 0].forEach((share, item) =>
    expect(scores[item]).toBeCloseTo(share, 5),
  )
})

test('all frequencies give back the history', async () => {
  const scores = await scoresOf(7, [0, 4])
  ;[1, 0, 0, 0, 1, 0, 0].forEach((own, item) => expect(scores[item]).toBeCloseTo(own, 3))
})
