import { expect, test } from 'vitest'
import { randomInt, seededRandom } from '../../../base/index.ts'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { solvePlainly } from './gaussian.fixture.ts'
import { blockAutoregression, type VarParameters } from './var.ts'

testRecommender(blockAutoregression)

const context = { seed: 1, threads: 1 }

async function scoresAfter(
  items: number,
  people: readonly (readonly number[])[],
  history: readonly number[],
  parameters: VarParameters = blockAutoregression.defaults,
): Promise<number[]> {
  const model = await blockAutoregression.fit(
    { histories: historiesOf(items, people) },
    parameters,
    context,
  )
  const scores = new Float32Array(items)
  model.score(historyOf(historiesOf(items, [history]), 0), scores)
  return [...scores]
}

test('the next item of a cycle is what follows the newest one', async () => {
  const people = Array.from({ length: 20 }, (_, p) =>
    Array.from({ length: 15 }, (__, k) => (p + k) % 5),
  )
  for (let item = 0; item < 5; item++) {
    const scores = await scoresAfter(5, people, [(item + 3) % 5, (item + 4) % 5, item])
    expect(scores.indexOf(Math.max(...scores))).toBe((item + 1) % 5)
  }
})

/** Weights of the blocks short, long, last at each age. */
function weightsAt(age: number, parameters: VarParameters): readonly number[] {
  const { shortWindow, shortDecay, longWindow, longDecay } = parameters
  const decayed = (window: number, decay: number) =>
    age >= 1 && age <= window ? decay ** (age - 1) : 0
  return [decayed(shortWindow, shortDecay), decayed(longWindow, longDecay), age === 0 ? 1 : 0]
}

function vectorOf(items: number, before: readonly number[], parameters: VarParameters): number[] {
  const x = Array.from({ length: 3 * items }, () => 0)
  before.toReversed().forEach((item, age) => {
    weightsAt(age, parameters).forEach((weight, b) => {
      x[b * items + item] = (x[b * items + item] ?? 0) + weight
    })
  })
  return x
}

test('equals ridge regression written out, with repeated items', async () => {
  const items = 9
  const random = seededRandom(3)
  const people = Array.from({ length: 25 }, () =>
    Array.from({ length: randomInt(random, 16) }, () => randomInt(random, items)),
  )
  const parameters = { ...blockAutoregression.defaults, shortWindow: 3, longWindow: 6 }
  const gram = Array.from({ length: 3 * items }, () => Array.from({ length: 3 * items }, () => 0))
  const cross = Array.from({ length: 3 * items }, () => Array.from({ length: items }, () => 0))
  for (const list of people) {
    for (let t = 1; t < list.length; t++) {
      const x = vectorOf(items, list.slice(0, t), parameters)
      x.forEach((value, r) => {
        x.forEach((other, c) => ((gram[r] ?? [])[c] = (gram[r]?.[c] ?? 0) + value * other))
        const y = list[t] ?? 0
        ;(cross[r] ?? [])[y] = (cross[r]?.[y] ?? 0) + value
      })
    }
  }
  const { shortRidge, longRidge, lastRidge } = parameters
  ;[shortRidge, longRidge, lastRidge].forEach((ridge, b) => {
    const diagonal = gram.slice(b * items, (b + 1) * items).map((row, i) => row[b * items + i] ?? 0)
    const mean = diagonal.reduce((sum, value) => sum + value, 0) / items
    diagonal.forEach(
      (value, i) => ((gram[b * items + i] ?? [])[b * items + i] = value + ridge * mean),
    )
  })
  const coefficients = solvePlainly(gram, cross)
  for (const history of [[], [4], [1, 2, 3, 4, 5, 6, 7, 8, 0, 1], [3, 3, 3]]) {
    const x = vectorOf(items, history, parameters)
    const found = await scoresAfter(items, people, history, parameters)
    found.forEach((score, item) => {
      const expected = x.reduce((sum, value, r) => sum + value * (coefficients[r]?.[item] ?? 0), 0)
      expect(score).toBeCloseTo(expected, 5)
    })
  }
})

test('more items than it can hold are refused with the reason', async () => {
  const histories = historiesOf(4_001, [[0, 4_000]])
  expect(blockAutoregression.suits?.({ histories })).toBe(false)
  await expect(
    blockAutoregression.fit({ histories }, blockAutoregression.defaults, context),
  ).rejects.toMatchObject({
    code: 'MODELS_TOO_LARGE',
    message: expect.stringMatching(/at most 4000 items, and there are 4001/),
  })
})
