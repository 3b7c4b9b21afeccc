import { describe, expect, test } from 'vitest'
import { idealGain, metricOf, oneRelevantValue, severalRelevantValue } from './metric.ts'

const log = Math.log2

describe('one right item', () => {
  test.each([
    ['hr@10', 0, 1],
    ['recall@10', 9, 1],
    ['recall@10', 10, 0],
    ['ndcg@10', 0, 1],
    ['ndcg@10', 2, 1 / 2],
    ['ndcg@10', 9, 1 / log(11)],
    ['ndcg@10', 10, 0],
    ['mrr@20', 3, 1 / 4],
    ['mrr@20', 20, 0],
  ])('%s with %i candidates above it is %f', (name, higher, expected) => {
    expect(oneRelevantValue(metricOf(name), higher, 0)).toBeCloseTo(expected, 12)
  })

  test('equal scores count as the mean over the ranks that chance could give', () => {
    // One above, three equal: ranks 2, 3, 4 and 5.
    expect(oneRelevantValue(metricOf('hr@3'), 1, 3)).toBeCloseTo(2 / 4, 12)
    expect(oneRelevantValue(metricOf('mrr@3'), 1, 3)).toBeCloseTo((1 / 2 + 1 / 3) / 4, 12)
    expect(oneRelevantValue(metricOf('ndcg@10'), 1, 3)).toBeCloseTo(
      (1 / log(3) + 1 / log(4) + 1 / log(5) + 1 / log(6)) / 4,
      12,
    )
  })

  test('the same score for all candidates is chance', () => {
    expect(oneRelevantValue(metricOf('hr@10'), 0, 99)).toBeCloseTo(0.1, 12)
    expect(oneRelevantValue(metricOf('ndcg@10'), 0, 99)).toBeCloseTo(idealGain(10) / 100, 12)
  })
})

describe('several right items', () => {
  // Of four right items, those at ranks 1 and 4 of the list.
  const gains = [1, 0, 0, 1, 0]

  test.each([
    ['recall@5', 2 / 4],
    ['recall@3', 1 / 4],
    ['phr@3', 1],
    ['mrr@5', 1],
    ['ndcg@5', (1 + 1 / log(5)) / (1 + 1 / log(3) + 1 / log(4) + 1 / log(5))],
    // The ideal list has only as many places as the list.
    ['ndcg@2', 1 / (1 + 1 / log(3))],
  ])('%s is %f', (name, expected) => {
    expect(severalRelevantValue(metricOf(name), gains, 4, [])).toBeCloseTo(expected, 12)
  })

  test('recall is not divided by the length of the list', () => {
    expect(severalRelevantValue(metricOf('recall@2'), [1, 1], 40, [])).toBeCloseTo(2 / 40, 12)
  })

  test('a list without hits is worth nothing', () => {
    for (const name of ['recall@5', 'ndcg@5', 'phr@5', 'mrr@5', 'revenue_ndcg@5']) {
      expect(severalRelevantValue(metricOf(name), [0, 0, 0], 2, [3, 1])).toBe(0)
    }
  })

  test('revenue counts as gain, against the largest gains in falling order', () => {
    // Items worth 10, 6 and 2 were bought; the list has the one worth 2 first and the one worth 10 third.
    const value = severalRelevantValue(metricOf('revenue_ndcg@3'), [2, 0, 10], 3, [10, 6, 2])
    expect(value).toBeCloseTo((2 + 10 / 2) / (10 + 6 / log(3) + 2 / 2), 12)
    const short = severalRelevantValue(metricOf('revenue_ndcg@1'), [2, 0, 10], 3, [10, 6, 2])
    expect(short).toBeCloseTo(2 / 10, 12)
  })
})

test.each(['accuracy@10', 'recall', 'recall@0', 'recall@x', 'recall@1.5'])('refuses %s', (name) => {
  expect(() => metricOf(name)).toThrow(expect.objectContaining({ code: 'MODELS_UNKNOWN_METRIC' }))
})
