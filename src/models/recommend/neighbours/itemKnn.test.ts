import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { parametersOf } from '../recommenders.ts'
import { itemKnn, type ItemKnnParameters } from './itemKnn.ts'

testRecommender(itemKnn)
testRecommender(itemKnn, { parameters: { similarity: 'cosine', shrinkage: 2 } })
testRecommender(itemKnn, { parameters: { similarity: 'jaccard', newest: 5 } })
testRecommender(itemKnn, { parameters: { similarity: 'bm25' } })
testRecommender(itemKnn, { parameters: { binary: false, personPower: 0, power: 1 } })

// Item 0 has 3 people, item 1 has 2, item 2 has 2, item 3 has 1.
const histories = historiesOf(4, [
  [0, 1, 2],
  [0, 1],
  [0, 2, 2, 3],
])

async function scoresAfter(item: number, changes: Partial<ItemKnnParameters>): Promise<number[]> {
  const parameters = parametersOf(itemKnn, changes) as ItemKnnParameters
  const model = await itemKnn.fit({ histories }, parameters, { seed: 1, threads: 1 })
  const scores = new Float32Array(4)
  model.score(historyOf(historiesOf(4, [[item]]), 0), scores)
  return [...scores]
}

const close = (expected: readonly number[]) => expected.map((n) => expect.closeTo(n, 5))

test('powers: the formula by hand', async () => {
  const changes = { personPower: 0.5, power: 0.7, rowPower: 0.2, columnPower: 0.3 }
  const pair = (people: readonly number[], column: number) =>
    people.reduce((sum, n) => sum + n ** -0.5, 0) ** 0.7 * 3 ** -0.2 * column ** -0.3
  expect(await scoresAfter(0, changes)).toEqual(
    close([0, pair([3, 2], 2), pair([3, 3], 2), pair([3], 1)]),
  )
})

test('cosine with shrinkage, Jaccard: by hand', async () => {
  const cosine = await scoresAfter(0, { similarity: 'cosine', shrinkage: 1 })
  expect(cosine).toEqual(
    close([0, 2 / (Math.sqrt(6) + 1), 2 / (Math.sqrt(6) + 1), 1 / (Math.sqrt(3) + 1)]),
  )
  expect(await scoresAfter(1, { similarity: 'jaccard' })).toEqual(close([2 / 3, 0, 1 / 3, 0]))
})

test('BM25: by hand', async () => {
  // Person 0 and 2 have 3 of 4 items, person 1 has 2: their logarithms are ln(4/4), ln(4/3), ln(4/4).
  const weight = (people: number) =>
    (2.2 / (1.2 * (0.25 + (0.75 * people) / 2) + 1)) * Math.log(4 / 3)
  expect(await scoresAfter(0, { similarity: 'bm25' })).toEqual(
    close([0, weight(3) * weight(2), 0, 0]),
  )
})

test('only the nearest are kept, and only the newest events count', async () => {
  const nearest = await scoresAfter(0, { similarity: 'cosine', keep: 1 })
  expect(nearest.filter((score) => score > 0)).toHaveLength(1)
  // Of the last person only items 2 and 3 are left.
  const newest = await scoresAfter(0, { similarity: 'cosine', newest: 2 })
  expect(newest).toEqual(close([0, Math.SQRT1_2, 0, 0]))
})

test('an unknown similarity is refused by name, and lists beyond the memory before they are made', async () => {
  await expect(scoresAfter(0, { similarity: 'likeness' })).rejects.toThrow(/power, cosine/)
  const context = { seed: 1, threads: 1, memoryLimit: 100 }
  await expect(itemKnn.fit({ histories }, itemKnn.defaults, context)).rejects.toThrow(
    expect.objectContaining({ code: 'MODELS_TOO_LARGE' }),
  )
})
