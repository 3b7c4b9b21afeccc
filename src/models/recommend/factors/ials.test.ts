import { expect, test } from 'vitest'
import { seededRandom } from '../../../base/index.ts'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { parametersOf } from '../recommenders.ts'
import { ials } from './ials.ts'

testRecommender(ials, { parameters: { factors: 8 } })

const context = { seed: 1, threads: 1 }

async function fitted(
  histories: ReturnType<typeof historiesOf>,
  changes: Readonly<Record<string, number | boolean>>,
) {
  const parameters = { ...ials.defaults, ...changes }
  parametersOf(ials, parameters)
  return ials.fit({ histories }, parameters, context)
}

/** The settings that a fitted model was made with: the first section of its saved form. */
function settingsOf(model: Awaited<ReturnType<typeof fitted>>): number[] {
  const [first] = model.save()
  return [...new Float64Array(first?.bytes.slice().buffer ?? new ArrayBuffer(0))]
}

test('one pair is fitted as the loss says', async () => {
  // One person, one item, one factor: with x the person's and y the item's number, the loss
  // (1 - xy)² + a0 (xy)² + lambda (1 + a0) (x² + y²) is least at xy = s where (1 + a0) s = 1 - lambda (1 + a0).
  const [unobserved, regularization] = [0.5, 0.1]
  const model = await fitted(historiesOf(1, [[0]]), {
    factors: 1,
    unobserved,
    regularization,
    epochs: 200,
    steps: 0,
  })
  const scores = new Float32Array(1)
  model.score(historyOf(historiesOf(1, [[0]]), 0), scores)
  const expected = (1 - regularization * (1 + unobserved)) / (1 + unobserved)
  expect(scores[0]).toBeCloseTo(expected, 4)
})

test('conjugate gradients come to where the exact solution does', async () => {
  const random = seededRandom(3)
  const lists = Array.from({ length: 50 }, () =>
    Array.from({ length: 20 }, (_, i) => i).filter(() => random.next() < 0.3),
  )
  const histories = historiesOf(20, lists)
  const scores: Float32Array[] = []
  for (const steps of [0, 3]) {
    const model = await fitted(histories, { factors: 4, epochs: 120, steps })
    const row = new Float32Array(20)
    model.score(historyOf(histories, 7), row)
    scores.push(row)
  }
  scores[0]?.forEach((score, i) => expect(scores[1]?.[i]).toBeCloseTo(score, 2))
})

test('what is left open follows the density of the data', async () => {
  const sparse = historiesOf(400, [[1, 2], [3], [5, 9]])
  const dense = historiesOf(4, [[1, 2], [3], [0, 1]])
  const [few, many] = [await fitted(sparse, { epochs: 1 }), await fitted(dense, { epochs: 1 })]
  expect(settingsOf(few).slice(0, 3)).toEqual([256, 0.01, 0.003])
  expect(settingsOf(many).slice(0, 3)).toEqual([64, 0.3, 0.007])
  const given = await fitted(dense, { factors: 3, unobserved: 0.7, regularization: 0.2 })
  expect(settingsOf(given).slice(0, 3)).toEqual([3, 0.7, 0.2])
})

test('an event with more weight pulls further, where weights count', async () => {
  const histories = historiesOf(4, [
    [0, 1],
    [0, 1],
    [2, 3],
    [2, 3],
    [0, 2],
  ])
  const score = async (weighted: boolean, weight: number): Promise<number> => {
    const model = await fitted(histories, { factors: 4, weighted })
    const scores = new Float32Array(4)
    model.score({ item: Int32Array.of(0, 2), weight: Float32Array.of(weight, 1) }, scores)
    return (scores[1] ?? 0) - (scores[3] ?? 0)
  }
  expect(await score(true, 5)).toBeGreaterThan((await score(true, 1)) + 0.01)
  expect(await score(false, 5)).toBe(await score(false, 1))
})

test('the number of threads changes nothing', async () => {
  const random = seededRandom(4)
  const lists = Array.from({ length: 300 }, () =>
    Array.from({ length: 60 }, (_, i) => i).filter(() => random.next() < 0.2),
  )
  const histories = historiesOf(60, lists)
  const parameters = { ...ials.defaults, factors: 16 }
  const [one, two] = await Promise.all(
    [1, 2].map((threads) => ials.fit({ histories }, parameters, { seed: 1, threads })),
  )
  expect(two?.save()[1]?.bytes).toEqual(one?.save()[1]?.bytes)
})

test('a fit that may not use the memory it needs is refused with both numbers', async () => {
  const data = { histories: historiesOf(1_000, [[1, 2]]) }
  const fit = ials.fit(data, ials.defaults, { ...context, memoryLimit: 1e6 })
  await expect(fit).rejects.toThrow(/needs \d+ MB .* may use 1 MB/)
})
