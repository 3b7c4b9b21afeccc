import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { type History, historyOf } from '../histories.ts'
import type { Recommender } from '../recommender.ts'
import { markov } from './markov.ts'
import { transitionMatrix } from './transitionMatrix.ts'
import { transitions } from './transitions.ts'

testRecommender(transitions)
// It looks at the last item only, and not every right answer has followed that one directly.
testRecommender(markov, { personal: false })

const plain = { ...transitions.defaults, rowPower: 0, columnPower: 0 }
const context = { seed: 1, threads: 1 }

function scoresOf(model: Recommender, ...items: number[]): number[] {
  const out = new Float32Array(model.items)
  model.score(historyOf(historiesOf(model.items, [items]), 0), out)
  return [...out].map((score) => Math.round(score * 1e5) / 1e5)
}

test('a pair counts in its direction only, and less with each step between', async () => {
  const histories = historiesOf(4, [[0, 1, 2, 3]])
  const model = await transitions.fit({ histories }, { ...plain, decay: 0.5, window: 2 }, context)
  expect(scoresOf(model, 0)).toEqual([0, 1, 0.5, 0])
  expect(scoresOf(model, 3)).toEqual([0, 0, 0, 0])
})

test('an entry is divided by the powers of the sums of its row and its column', async () => {
  // T[0, 1] = 3 of a row of 4 and a column of 4; T[0, 2] = 1 of a column of 1.
  const histories = historiesOf(4, [
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 2],
    [3, 1],
  ])
  const parameters = { ...plain, rowPower: 0.5, columnPower: 0.25 }
  const model = await transitions.fit({ histories }, parameters, context)
  expect(scoresOf(model, 0)).toEqual([0, 1.06066, 0.5, 0])
})

test('older events count less, unknown ones not at all, and only the newest are looked at', async () => {
  const histories = historiesOf(4, [
    [0, 1],
    [2, 3],
  ])
  const model = await transitions.fit({ histories }, { ...plain, historyDecay: 0.5 }, context)
  expect(scoresOf(model, 0, 2)).toEqual([0, 0.5, 0, 1])
  expect(scoresOf(model, 0, 2, 77)).toEqual([0, 0.5, 0, 1])
  const short = await transitions.fit({ histories }, { ...plain, historyLength: 1 }, context)
  expect(scoresOf(short, 0, 2)).toEqual([0, 0, 0, 1])
})

test('the weight of the later event counts at fit time, that of the earlier one when asked', async () => {
  const histories = { ...historiesOf(3, [[0, 1, 2]]), weight: Float32Array.of(9, 2, 5) }
  const model = await transitions.fit({ histories }, { ...plain, window: 1 }, context)
  expect(scoresOf(model, 0)).toEqual([0, 2, 0])
  const out = new Float32Array(3)
  const asked: History = { item: Int32Array.of(0), weight: Float32Array.of(3) }
  model.score(asked, out)
  expect([...out]).toEqual([0, 6, 0])
})

test('only the largest entries of a row are kept, equal ones until there are as many', () => {
  const histories = historiesOf(5, [
    [0, 1],
    [0, 1],
    [0, 2],
    [0, 3],
    [0, 4],
    [0, 4],
  ])
  const options = { window: 1, decay: 1, rowPower: 0, columnPower: 0 }
  const matrix = transitionMatrix(histories, { ...options, keep: 3 })
  expect([...matrix.start]).toEqual([0, 3, 3, 3, 3, 3])
  expect([...matrix.index]).toEqual([1, 2, 4])
  expect([...matrix.value]).toEqual([2, 1, 2])
  expect(transitionMatrix(histories, { ...options, keep: 0 }).index.length).toBe(4)
})

test('the Markov chain gives the share of times that an item came next', async () => {
  const histories = historiesOf(4, [
    [0, 1, 3],
    [0, 1],
    [0, 2],
    [0, 1],
  ])
  const model = await markov.fit({ histories }, markov.defaults, context)
  expect(scoresOf(model, 3, 0)).toEqual([0, 0.75, 0.25, 0])
})

test('both ways, an item leads to what came before it as to what came after', () => {
  const histories = historiesOf(3, [[0, 1, 2]])
  const options = { window: 2, decay: 0.5, rowPower: 0, columnPower: 0, keep: 0 }
  const matrix = transitionMatrix(histories, { ...options, bothWays: true })
  expect([...matrix.index]).toEqual([1, 2, 0, 2, 0, 1])
  expect([...matrix.value]).toEqual([1, 0.5, 1, 1, 0.5, 1])
})
