import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historiesOf } from '../recommend/contract.ts'
import type { Recommender } from '../recommend/recommender.ts'
import { answerQuestions } from './answer.ts'
import { idealGain, type Metric, metricOf } from './metric.ts'
import type { ItemLists, Questions } from './questions.ts'

/** Gives every item the score of a table, whoever asks. */
function fixed(scores: readonly number[]): Recommender {
  return {
    name: 'fixed',
    items: scores.length,
    score: (_history, into) => into.set(scores),
    parts: () => [],
    save: () => [],
  }
}

function listsOf(lists: readonly (readonly number[])[]): ItemLists {
  const start = new Uint32Array(lists.length + 1)
  lists.forEach((list, q) => (start[q + 1] = (start[q] ?? 0) + list.length))
  return { start, item: Int32Array.from(lists.flat()) }
}

interface Asked {
  readonly histories: readonly (readonly number[])[]
  readonly right: readonly (readonly number[])[]
  readonly items: number
  readonly one?: boolean
  readonly masked?: boolean
}

function questionsOf({ histories, right, items, one = true, masked = false }: Asked): Questions {
  const events = historiesOf(items, histories)
  return {
    count: right.length,
    events,
    from: events.start.subarray(0, -1),
    to: events.start.subarray(1),
    relevant: listsOf(right),
    one,
    candidates: items,
    masked,
  }
}

function ask(recommender: Recommender, questions: Questions, ...names: readonly string[]) {
  const metrics: Metric[] = names.map(metricOf)
  const { values, lists, depth } = answerQuestions(recommender, questions, metrics)
  return { values: values.map((of) => Array.from(of)), lists: [...lists], depth }
}

describe('one right item', () => {
  test('a model that gives every item the same score gets exactly chance', () => {
    const right = Array.from({ length: 50 }, (_, item) => [item])
    const questions = questionsOf({ histories: right.map(() => []), right, items: 50 })
    const { values } = ask(fixed(Array(50).fill(3)), questions, 'hr@10', 'ndcg@10')
    for (const value of values[0] ?? []) expect(value).toBeCloseTo(10 / 50, 12)
    for (const value of values[1] ?? []) expect(value).toBeCloseTo(idealGain(10) / 50, 12)
  })

  test('also where its history is masked', () => {
    const asked = { histories: [[0, 1, 2, 2, 900]], right: [[5]], items: 23, masked: true }
    const { values } = ask(fixed(Array(23).fill(0)), questionsOf(asked), 'hr@10')
    expect(values[0]?.[0]).toBeCloseTo(10 / 20, 12)
  })

  test('counts ties that go on beyond the list', () => {
    // Two above the right item, five equal in all, one below; the list has room for three.
    const questions = questionsOf({ histories: [[]], right: [[6]], items: 8 })
    const { values, lists } = ask(fixed([9, 8, 5, 5, 5, 1, 5, 5]), questions, 'mrr@3')
    expect(values[0]?.[0]).toBeCloseTo(1 / 3 / 5, 12)
    expect(lists).toEqual([0, 1, 2])
  })

  test('is worth nothing where it is masked or no candidate', () => {
    const asked = { histories: [[1], []], right: [[1], [-1]], items: 3, masked: true }
    const { values } = ask(fixed([1, 1, 1]), questionsOf(asked), 'hr@10', 'mrr@10')
    expect(values).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  test('is ranked among the given candidates only', () => {
    const questions = {
      ...questionsOf({ histories: [[]], right: [[4]], items: 6 }),
      among: listsOf([[0, 3]]),
    }
    const { values, lists } = ask(fixed([9, 8, 7, 5, 5, 6]), questions, 'mrr@3')
    // Item 0 above, item 3 equal: ranks 2 and 3.
    expect(values[0]?.[0]).toBeCloseTo((1 / 2 + 1 / 3) / 2, 12)
    expect(lists).toEqual([0, 3, 4])
  })

  test('has the value that sorting and counting gives', () => {
    const score = fc.integer({ min: -3, max: 3 })
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 40 }), fc.nat(39), (scores, pick) => {
        const item = pick % scores.length
        const mine = scores[item] as number
        const questions = questionsOf({ histories: [[]], right: [[item]], items: scores.length })
        const higher = scores.filter((other) => other > mine).length
        const equal = scores.filter((other) => other === mine).length
        let sum = 0
        for (let rank = higher + 1; rank <= higher + equal; rank++) sum += rank <= 5 ? 1 / rank : 0
        const { values } = ask(fixed(scores), questions, 'mrr@5')
        expect(values[0]?.[0]).toBeCloseTo(sum / equal, 12)
      }),
    )
  })
})

describe('several right items', () => {
  test('lists equal scores by number and counts right items that cannot be recommended', () => {
    const asked = { histories: [[0]], right: [[2, 4, -1, 77]], items: 5, one: false, masked: true }
    const { values, lists } = ask(fixed([9, 1, 1, 2, 1]), questionsOf(asked), 'recall@3', 'ndcg@3')
    expect(lists).toEqual([3, 1, 2])
    expect(values[0]).toEqual([1 / 4])
    expect(values[1]?.[0]).toBeCloseTo(1 / Math.log2(4) / idealGain(3), 12)
  })

  test('numbers candidates apart from items, and gives 0 to those the recommender does not know', () => {
    const questions = {
      ...questionsOf({ histories: [[2]], right: [[1]], items: 3, one: false, masked: true }),
      candidates: 4,
      // Item 0 is none; candidates 1 and 3 have no item.
      candidateOf: Int32Array.of(-1, 0, 2),
    }
    const { values, lists } = ask(fixed([9, -1, 8]), questions, 'recall@2')
    expect(lists).toEqual([1, 3])
    expect(values[0]).toEqual([1])
  })

  test('a short list ends in -1', () => {
    const asked = { histories: [[0]], right: [[1]], items: 3, one: false, masked: true }
    expect(ask(fixed([1, 2, 3]), questionsOf(asked), 'recall@4').lists).toEqual([2, 1, -1, -1])
  })

  test('forgets the right items of one question before the next', () => {
    const asked = { histories: [[], []], right: [[0], [1]], items: 2, one: false }
    expect(ask(fixed([2, 1]), questionsOf(asked), 'recall@1').values[0]).toEqual([1, 0])
  })
})

test('a recommender that answers blocks of people is asked so, with the same result', () => {
  const items = 30_000
  const scores = Array.from({ length: items }, (_, i) => (i * 7919) % items)
  const alone: Recommender = {
    ...fixed(scores),
    score: (history, into) => {
      into.set(scores)
      for (const item of history.item) into[item] = items + item
    },
  }
  const blocks: Recommender = {
    ...alone,
    score: () => {
      throw new Error('asked one by one')
    },
    scoreAll: (histories, into) => {
      for (let p = 0; p < histories.people; p++) {
        const row = into.subarray(p * items, (p + 1) * items)
        row.set(scores)
        const own = histories.item.subarray(histories.start[p], histories.start[p + 1])
        for (const item of own) row[item] = items + item
      }
    },
  }
  const histories = Array.from({ length: 150 }, (_, p) =>
    Array.from({ length: p % 5 }, (__, k) => p + k),
  )
  const right = histories.map((_, p) => [p + 2])
  const questions = questionsOf({ histories, right, items })
  expect(ask(blocks, questions, 'mrr@10')).toEqual(ask(alone, questions, 'mrr@10'))
})
