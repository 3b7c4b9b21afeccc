import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { vsknn } from './vsknn.ts'

testRecommender(vsknn)

const context = { seed: 1, threads: 1 }
const plain = { ...vsknn.defaults, idfWeight: 0 }

async function scoresOf(
  sessions: readonly (readonly number[])[],
  asked: readonly number[],
  parameters = plain,
): Promise<number[]> {
  const model = await vsknn.fit({ histories: historiesOf(6, sessions) }, parameters, context)
  const out = new Float32Array(6)
  model.score(historyOf(historiesOf(6, [asked]), 0), out)
  return [...out].map((score) => Math.round(score * 1e5) / 1e5)
}

test('similarity sums the places of shared items, and the steps back to the newest shared one divide', async () => {
  // Asked 0, 1: weights 1/2 and 1. The first session shares both, the second only item 0, one step back.
  const scores = await scoresOf(
    [
      [0, 1, 2],
      [0, 3],
    ],
    [0, 1],
  )
  expect(scores).toEqual([1.5 + 0.25, 1.5, 1.5, 0.25, 0, 0])
})

test('rare items gain by their inverse frequency', async () => {
  const scores = await scoresOf([[0, 1], [0, 2], [0, 2], [5]], [0], { ...plain, idfWeight: 1 })
  expect(scores[1]).toBeCloseTo(1 + Math.log(4), 4)
  expect(scores[2]).toBeCloseTo(2 * (1 + Math.log(2)), 4)
})

test('only the newest sessions of an item are looked at, by time where there is one', async () => {
  const parameters = { ...plain, perItem: 1 }
  expect(
    await scoresOf(
      [
        [0, 1],
        [0, 2],
      ],
      [0],
      parameters,
    ),
  ).toEqual([1, 0, 1, 0, 0, 0])
  // The first session ends a day later than the second.
  expect(
    await scoresOf(
      [
        [0, 3, 1],
        [0, 2],
      ],
      [0],
      parameters,
    ),
  ).toEqual([1, 1, 0, 1, 0, 0])
})

test('of the candidates only the most similar count', async () => {
  const sessions = [
    [0, 1, 2],
    [1, 3],
    [0, 4],
  ]
  expect(await scoresOf(sessions, [0, 1], { ...plain, neighbours: 1 })).toEqual([
    1.5, 1.5, 1.5, 0, 0, 0,
  ])
})

test('an item that a session holds twice counts once, at its later place', async () => {
  expect(await scoresOf([[0, 1, 0]], [1])).toEqual([1, 1, 0, 0, 0, 0])
})

test('without times the session with the highest number is the newest', async () => {
  const { time: _, ...histories } = historiesOf(6, [
    [0, 3, 1],
    [0, 2],
  ])
  const model = await vsknn.fit({ histories }, { ...plain, perItem: 1 }, context)
  const out = new Float32Array(6)
  model.score(historyOf(historiesOf(6, [[0]]), 0), out)
  expect([...out]).toEqual([1, 0, 1, 0, 0, 0])
})
