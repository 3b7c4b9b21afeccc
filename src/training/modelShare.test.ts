import { expect, test } from 'vitest'
import { SparseScores } from '../math/index.ts'
import type { History, Recommender } from '../models/index.ts'
import { addOpinions, MODEL_CANDIDATES, ModelReader } from './modelShare.ts'

function modelOf(scores: Float32Array): Recommender {
  return {
    name: 'given',
    items: scores.length,
    score: (_, into) => into.set(scores),
    parts: () => [],
    save: () => [],
  }
}

const nothing: History = { item: new Int32Array(0) }

test('a model brings its leading items, by how far they stand above those left out', () => {
  const items = MODEL_CANDIDATES + 100
  const model = modelOf(Float32Array.from({ length: items }, (_, k) => -k))
  const { items: leading, scores } = new ModelReader(model).candidates(nothing)
  expect([leading[0], leading.length]).toEqual([0, MODEL_CANDIDATES])
  expect((scores[0] ?? 0) / (scores.at(-1) ?? 1)).toBeCloseTo(MODEL_CANDIDATES)
  const meanSquare = scores.reduce((sum, score) => sum + score * score, 0) / scores.length
  expect(meanSquare).toBeCloseTo(1)
})

test('zeros and numbers that are none are no candidates', () => {
  const reader = new ModelReader(modelOf(Float32Array.of(0, 3, Number.NaN, 4, 0)))
  expect([...reader.candidates(nothing).items]).toEqual([3, 1])
  expect([...new ModelReader(modelOf(new Float32Array(4))).candidates(nothing).items]).toEqual([])
})

test('several people together get what each gets alone', () => {
  const model = {
    ...modelOf(new Float32Array(12)),
    score: ({ item }: History, into: Float32Array) =>
      into.forEach((_, i) => (into[i] = i ^ (item[0] ?? 0))),
  }
  const people = 8
  const item = Int32Array.from({ length: people }, (_, p) => p)
  const start = Uint32Array.from({ length: people + 1 }, (_, p) => p)
  const reader = new ModelReader(model)
  const together = reader.candidatesOfAll({ people, items: 12, start, item })
  const alone = Array.from(item, (i) => reader.candidates({ item: Int32Array.of(i) }))
  expect(together).toEqual(alone)
})

test('two opinions add up, each in units of its own size', () => {
  const live = new SparseScores()
  live.reserve(10)
  live.add(1, 30)
  live.add(2, 40)
  const into = new SparseScores()
  into.reserve(10)
  const model = { items: Int32Array.of(2, 5), scores: Float32Array.of(1, 0.5) }
  const factor = addOpinions(live, model, 0.25, into)
  expect(factor).toBeCloseTo(0.75 / Math.sqrt((900 + 1600) / 2))
  expect(into.get(1)).toBeCloseTo(30 * factor)
  expect(into.get(2)).toBeCloseTo(40 * factor + 0.25)
  expect(into.get(5)).toBeCloseTo(0.125)
  expect(live.get(1)).toBe(30)
})
