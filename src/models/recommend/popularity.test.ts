import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from './contract.ts'
import { historyOf } from './histories.ts'
import { popularity } from './popularity.ts'

testRecommender(popularity, { personal: false })

const histories = historiesOf(3, [
  [0, 0, 0, 1],
  [1, 2],
  [1, 0],
])

async function scores(halfLifeDays: number, oncePerPerson = false): Promise<number[]> {
  const parameters = { halfLifeDays, oncePerPerson }
  const model = await popularity.fit({ histories }, parameters, { seed: 1, threads: 1 })
  const out = new Float32Array(3)
  model.score(historyOf(histories, 0), out)
  return [...out]
}

test('an item counts for each of its events, or once for each person who had it', async () => {
  expect(await scores(0)).toEqual([4, 3, 1])
  expect(await scores(0, true)).toEqual([2, 3, 1])
})

test('with a half-life of a day, an event counts half for each day before the newest', async () => {
  // Newest event on day 3; item 0 on days 0, 1, 2 and 1, item 1 on days 3, 0 and 0, item 2 on day 1.
  expect(await scores(1)).toEqual([0.125 + 0.25 + 0.5 + 0.25, 1 + 0.125 + 0.125, 0.25])
})
