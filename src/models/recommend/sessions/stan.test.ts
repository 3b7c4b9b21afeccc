import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import type { Recommender } from '../recommender.ts'
import { stan } from './stan.ts'
import { stanTransitions } from './stanTransitions.ts'

testRecommender(stan)
testRecommender(stanTransitions)

const context = { seed: 1, threads: 1 }
/** Nothing weighs but what a test names. */
const plain = {
  ...stan.defaults,
  queryDecay: 1,
  idfPower: 0,
  lengthPower: 0,
  recency: 1e6,
  distanceDecay: 1,
  before: 1,
  idfWeight: 0,
  own: 1,
}

function scoresOf(model: Recommender, asked: readonly number[]): number[] {
  const out = new Float32Array(model.items)
  model.score(historyOf(historiesOf(model.items, [asked]), 0), out)
  return [...out].map((score) => Math.round(score * 1e4) / 1e4)
}

async function scores(
  sessions: readonly (readonly number[])[],
  asked: readonly number[],
  parameters: Partial<typeof plain>,
): Promise<number[]> {
  const histories = historiesOf(5, sessions)
  return scoresOf(await stan.fit({ histories }, { ...plain, ...parameters }, context), asked)
}

test('an older item of the asked session makes its neighbours less similar', async () => {
  expect(
    await scores(
      [
        [0, 2],
        [1, 3],
      ],
      [0, 1],
      { queryDecay: 0.5 },
    ),
  ).toEqual([0.5, 1, 0.5, 1, 0])
})

test('a shared rare item makes sessions more similar than a shared frequent one', async () => {
  const sessions = [[0, 2], [1, 3], [1, 3], [4]]
  const result = await scores(sessions, [0, 1], { idfPower: 2 })
  expect(result[2]).toBeCloseTo(Math.log(4) ** 2, 4)
  expect(result[3]).toBeCloseTo(2 * Math.log(2) ** 2, 4)
})

test('a long or an old session counts less', async () => {
  expect(await scores([[0], [0, 2, 3, 4]], [0], { lengthPower: 0.5 })).toEqual([
    1.5, 0, 0.5, 0.5, 0.5,
  ])
  // The first session is the older one: half of all sessions are newer.
  const result = await scores(
    [
      [0, 1],
      [0, 2],
    ],
    [0],
    { recency: 0.5 },
  )
  expect(result[1]).toBeCloseTo(Math.exp(-1), 4)
  expect(result[2]).toBe(1)
})

test('an item counts less the further it is from the newest shared one, and the less before it', async () => {
  const sessions = [[1, 0, 2, 3]]
  expect(await scores(sessions, [0], { distanceDecay: 0.5 })).toEqual([1, 0.5, 0.5, 0.25, 0])
  expect(await scores(sessions, [0], { before: 0.2 })).toEqual([1, 0.2, 1, 1, 0])
})

test('what the session itself holds gains, and so do rare items', async () => {
  expect(await scores([[0, 1]], [0], { own: 3 })).toEqual([3, 1, 0, 0, 0])
  const result = await scores([[0, 1], [2]], [0], { idfWeight: 2 })
  expect(result[1]).toBeCloseTo(1 + 2 * Math.log(2), 4)
})

test('a step from what STAN found reaches items that share no session with the asked one', async () => {
  const histories = historiesOf(5, [
    [0, 1],
    [0, 1],
    [1, 2],
    [3, 4],
  ])
  const parameters = {
    ...stanTransitions.defaults,
    ...plain,
    rowPower: 0,
    columnPower: 0,
    transitionWeight: 0.5,
  }
  const model = await stanTransitions.fit({ histories }, parameters, context)
  // STAN finds 0 and 1 with score 2 each; the steps 0→1 and 1→0 count 2 each, 1→2 counts 1.
  expect(scoresOf(model, [0])).toEqual([1.5, 1.5, 0.25, 0, 0])
  expect(scoresOf(await stan.fit({ histories }, plain, context), [0])).toEqual([2, 2, 0, 0, 0])
})
