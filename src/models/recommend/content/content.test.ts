import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import type { ItemAttributes, TrainingData } from '../recommender.ts'
import { content } from './content.ts'

testRecommender(content)

const context = { seed: 1, threads: 1 }

function attributesOf(...lists: readonly (readonly number[])[]): ItemAttributes {
  const start = new Uint32Array(lists.length + 1)
  lists.forEach((list, i) => (start[i + 1] = (start[i] ?? 0) + list.length))
  const index = Int32Array.from(lists.flat())
  return { values: Math.max(...index) + 1, start, index }
}

async function ask(
  data: TrainingData,
  asked: readonly number[],
  parameters: Partial<typeof content.defaults> = {},
) {
  const model = await content.fit(data, { ...content.defaults, ...parameters }, context)
  const history = historyOf(historiesOf(data.histories.items, [asked]), 0)
  const scores = new Float32Array(model.items)
  model.score(history, scores)
  return { model, history, scores: [...scores] }
}

test('the score is the cosine of attributes that are weighted by rarity', async () => {
  // Value 0 is on three items of four, value 1 on two, value 2 on one.
  const data = {
    histories: historiesOf(4, [[0]]),
    attributes: attributesOf([0, 1], [0], [0, 1], [2]),
  }
  const { scores } = await ask(data, [0])
  const [a, b] = [Math.log(5 / 3), Math.log(5 / 2)]
  expect(scores[0]).toBeCloseTo(1, 5)
  expect(scores[1]).toBeCloseTo(a / Math.hypot(a, b), 5)
  expect(scores[2]).toBeCloseTo(1, 5)
  expect(scores[3]).toBe(0)
})

test('an item that nobody had reaches who likes its kind', async () => {
  const data = { histories: historiesOf(3, [[0], [1]]), attributes: attributesOf([0], [1], [0]) }
  const { scores } = await ask(data, [0])
  expect(scores[2]).toBeGreaterThan(scores[1] ?? 0)
})

test('newer events count more', async () => {
  const data = { histories: historiesOf(2, []), attributes: attributesOf([0], [1]) }
  const { scores } = await ask(data, [0, 1], { historyDecay: 0.5 })
  expect(scores[1]).toBeCloseTo(2 * (scores[0] ?? 0), 5)
})

test('embeddings alone give their cosine, whatever their lengths', async () => {
  const vectors = Float32Array.of(2, 0, 0, 5, 3, 4, 0, 0)
  const data = { histories: historiesOf(4, []), embeddings: { dimensions: 2, vectors } }
  const { model, history, scores } = await ask(data, [0], { embeddingShare: 1 })
  expect(scores.map((score) => Math.round(score * 1e3) / 1e3)).toEqual([1, 0, 0.6, 0])
  expect(model.parts(history, 2)).toEqual([{ item: 0, score: expect.closeTo(0.6, 5) }])
})

test('attributes and embeddings share the similarity as told', async () => {
  const data = {
    histories: historiesOf(3, []),
    attributes: attributesOf([0], [0], [1]),
    embeddings: { dimensions: 2, vectors: Float32Array.of(1, 0, 0, 1, 1, 0) },
  }
  const { scores } = await ask(data, [0], { embeddingShare: 0.25 })
  expect(scores[0]).toBeCloseTo(1, 5)
  expect(scores[1]).toBeCloseTo(0.75, 5)
  expect(scores[2]).toBeCloseTo(0.25, 5)
})
