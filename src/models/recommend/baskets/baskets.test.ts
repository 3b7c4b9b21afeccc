import { describe, expect, test } from 'vitest'
import { testRecommender } from '../contract.ts'
import { type Histories, type History, historyOf } from '../histories.ts'
import type { Parameters, RecommenderKind } from '../recommender.ts'
import { basketBlend } from './basketBlend.ts'
import { basketCounts, forEachInBaskets, rankShares } from './basketCounts.ts'
import { basketTransitions } from './basketTransitions.ts'
import { tifuKnn } from './tifuKnn.ts'
import { topFreq } from './topFreq.ts'

// What nobody had yet is the same for everybody: the list without the own items is that of popularity.
testRecommender(topFreq, { personal: false })
testRecommender(tifuKnn, { discovers: false, parameters: { neighbours: 10 } })
testRecommender(basketBlend, { discovers: false, parameters: { neighbours: 10 } })

/** People as lists of baskets. */
function basketsOf(items: number, people: readonly (readonly (readonly number[])[])[]): Histories {
  const start = new Uint32Array(people.length + 1)
  people.forEach((baskets, p) => (start[p + 1] = (start[p] ?? 0) + baskets.flat().length))
  return {
    people: people.length,
    items,
    start,
    item: Int32Array.from(people.flat(2)),
    basket: Int32Array.from(people.flatMap((baskets) => baskets.flatMap((b, k) => b.map(() => k)))),
  }
}

const historyWith = (...baskets: readonly (readonly number[])[]): History =>
  historyOf(basketsOf(9, [baskets]), 0)

async function scoresOf(
  kind: RecommenderKind,
  histories: Histories,
  asked: History,
  changes: Parameters,
): Promise<number[]> {
  const context = { seed: 1, threads: 1 }
  const model = await kind.fit({ histories }, { ...kind.defaults, ...changes }, context)
  const out = new Float32Array(model.items)
  model.score(asked, out)
  return [...out].map((score) => Math.round(score * 1e4) / 1e4)
}

describe('baskets of a person', () => {
  test('are visited from the newest, each item once a basket', () => {
    const visited: number[][] = []
    const long = Array.from({ length: 50 }, () => 7)
    forEachInBaskets(historyWith([1, 2, 1], long, [3]), (...visit) => visited.push(visit))
    expect(visited).toEqual([
      [3, 0, 3],
      [7, 1, 3],
      [1, 2, 3],
      [2, 2, 3],
    ])
  })

  test('are single events where no baskets are known', () => {
    const { basket: _, ...histories } = basketsOf(3, [[[0, 0, 1]], [[2]]])
    const counts = basketCounts(histories, (back) => 0.5 ** back)
    expect([...counts.index]).toEqual([0, 1, 2])
    expect([...counts.value]).toEqual([0.75, 1, 1])
  })

  test('rank shares are the share of smaller values, equal ones alike', () => {
    expect([...rankShares(Float32Array.of(5, 1, 5, 3))]).toEqual([0.5, 0, 0.5, 0.25])
  })
})

describe('top-freq', () => {
  const histories = basketsOf(4, [[[0], [0, 3]], [[1], [3]], [[3]]])

  test('counts own baskets, and popularity decides among equals', async () => {
    // Baskets with the items: 2, 1, 0, 3. Ranks: 2/4, 1/4, 0, 3/4.
    const scores = await scoresOf(topFreq, histories, historyWith([2, 1], [1, 0]), {})
    expect(scores).toEqual([1.5, 2.25, 1, 0.75])
  })

  test('counts an older basket less', async () => {
    const changes = { decay: 0.5, popularityWeight: 0 }
    const scores = await scoresOf(topFreq, histories, historyWith([2], [1], [0, 1]), changes)
    expect(scores).toEqual([1, 1.5, 0.25, 0])
  })
})

describe('tifu-knn', () => {
  test('weighs baskets within groups and groups among each other', async () => {
    // Three baskets in groups of two: the oldest alone in its group. Two groups.
    const histories = basketsOf(3, [])
    const changes = { groupSize: 2, basketDecay: 0.5, groupDecay: 0.8, own: 1 }
    const scores = await scoresOf(tifuKnn, histories, historyWith([0], [1], [2]), changes)
    expect(scores).toEqual([0.4, 0.125, 0.25])
  })

  test('adds the mean of the nearest people, not of the asked one', async () => {
    const histories = basketsOf(5, [[[0]], [[0, 1]], [[2, 3, 4]]])
    const changes = { own: 0.6, neighbours: 1 }
    const scores = await scoresOf(tifuKnn, histories, historyWith([0]), changes)
    expect(scores).toEqual([1, 0.4, 0, 0, 0])
  })
})

test('transitions lead from a basket to the later ones, not within it', () => {
  const histories = basketsOf(4, [[[0, 1], [2], [3]], [[3]]])
  const options = { window: 2, decay: 0.5, rowPower: 0, columnPower: 0, keep: 0 }
  const matrix = basketTransitions(histories, options)
  expect([...matrix.start]).toEqual([0, 2, 4, 5, 5])
  expect([...matrix.index]).toEqual([2, 3, 2, 3, 3])
  expect([...matrix.value]).toEqual([1, 0.5, 1, 0.5, 1])
})

describe('basket-blend', () => {
  const alone = { transitionWeight: 0, neighbourWeight: 0, recentWeight: 0 }
  const asked = historyWith([0])

  test('counts own baskets, older ones less', async () => {
    const histories = basketsOf(3, [[[2]]])
    const changes = { ...alone, decay: 0.5 }
    const scores = await scoresOf(basketBlend, histories, historyWith([0], [1], [0]), changes)
    expect(scores).toEqual([1.25, 0.5, 0.0001])
  })

  test('follows what came after, the best with the whole weight', async () => {
    const histories = basketsOf(4, [
      [[0], [1]],
      [[0], [1]],
      [[0], [3]],
    ])
    const changes = { ...alone, transitionWeight: 2, rowPower: 0 }
    const scores = await scoresOf(basketBlend, histories, asked, changes)
    expect(scores[1]).toBeCloseTo(2, 3)
    expect(scores[3]).toBeCloseTo(1, 3)
  })

  test('lends from people alike, never from the asked person as of fit time', async () => {
    const histories = basketsOf(4, [[[0]], [[0, 1]], [[2], [3]]])
    const scores = await scoresOf(basketBlend, histories, asked, { ...alone, neighbourWeight: 2 })
    expect(scores[0]).toBeCloseTo(3, 3)
    expect(scores[1]).toBeCloseTo(2, 3)
    expect(scores[3]).toBeLessThan(0.001)
  })

  test('prefers what is in many last baskets', async () => {
    const histories = basketsOf(4, [
      [[2], [1]],
      [[2], [1]],
      [[2], [3]],
    ])
    const scores = await scoresOf(basketBlend, histories, asked, { ...alone, recentWeight: 1 })
    expect(scores[1]).toBeCloseTo(1, 3)
    expect(scores[3]).toBeCloseTo(0.5, 3)
    expect(scores[2]).toBeLessThan(0.001)
  })
})
