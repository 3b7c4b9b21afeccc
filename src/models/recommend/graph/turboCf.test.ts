import { expect, test } from 'vitest'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { turboCf } from './turboCf.ts'

testRecommender(turboCf)
testRecommender(turboCf, { parameters: { filter: 2, power: 1 } })
testRecommender(turboCf, { parameters: { filter: 3, power: 1.4, alpha: 0.5 } })

const LISTS = [[0, 1, 3], [0, 1, 2], [0, 3], [3], [2, 4]]
const ITEMS = 5

/** P = (R̃ᵀR̃)^power entry by entry, with R̃ = D_u^-alpha R D_i^(alpha-1). */
function graph(alpha: number, power: number): number[][] {
  const people = (i: number) => LISTS.filter((list) => list.includes(i)).length
  const entry = (list: number[], i: number) =>
    list.includes(i) ? list.length ** -alpha * people(i) ** (alpha - 1) : 0
  return Array.from({ length: ITEMS }, (_, i) =>
    Array.from({ length: ITEMS }, (__, j) => {
      const sum = LISTS.reduce((total, list) => total + entry(list, i) * entry(list, j), 0)
      return sum === 0 ? 0 : sum ** power
    }),
  )
}

const product = (a: number[][], b: number[][]) =>
  a.map((row) =>
    row.map((_, j) => row.reduce((sum, value, k) => sum + value * (b[k]?.[j] ?? 0), 0)),
  )

test.each([
  [1, 0.6, 0.7],
  [2, 0.6, 1],
  [3, 0.5, 1.4],
])('filter %i with alpha %f and power %f: by full matrices', async (filter, alpha, power) => {
  const p = graph(alpha, power)
  const p2 = product(p, p)
  const p3 = product(p2, p)
  const filtered = (i: number, j: number): number => {
    const [a = 0, b = 0, c = 0] = [p, p2, p3].map((matrix) => matrix[i]?.[j] ?? 0)
    if (filter === 1) return a
    return filter === 2 ? 2 * a - b : a + 0.01 * (-c + 10 * b - 29 * a)
  }
  const histories = historiesOf(ITEMS, LISTS)
  const parameters = { alpha, power, filter, keep: 500 }
  const model = await turboCf.fit({ histories }, parameters, { seed: 1, threads: 1 })
  for (let i = 0; i < ITEMS; i++) {
    const scores = new Float32Array(ITEMS)
    model.score(historyOf(historiesOf(ITEMS, [[i]]), 0), scores)
    scores.forEach((score, j) => {
      const expected = i === j ? 0 : Math.max(0, filtered(i, j))
      // Degree 3 leaves out negative entries of its inner product, which are parts of -.01 P³.
      const left = filter === 3 ? 0.01 * (p3[i]?.[j] ?? 0) : 0
      expect(score).toBeGreaterThan(expected - 1e-6)
      expect(score).toBeLessThan(expected + left + 1e-6)
    })
  }
})
