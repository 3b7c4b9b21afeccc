import { afterAll, describe, expect, test } from 'vitest'
import type { History, Recommender, TrainingData } from '../../../models/index.ts'
import { openDataset, type OpenedDataset } from '../openDataset.ts'
import type { Scores } from '../scores.ts'
import type { Cut, Task } from '../sealedTest.ts'
import { ScratchFolders } from '../testing/folder.ts'
import { stillMeter } from '../testing/meter.ts'

const folders = new ScratchFolders()
afterAll(() => folders.remove())

const open = (folder: string): Promise<OpenedDataset> => openDataset(folder, { attributes: true })

function peopleIn({ histories }: TrainingData): number[][] {
  return Array.from({ length: histories.people }, (_, p) => [
    ...histories.item.subarray(histories.start[p], histories.start[p + 1]),
  ])
}

/** A recommender that scores by a rule and writes down what it was asked with. */
function listening(items: number, score: (item: number) => number) {
  const asked: number[][] = []
  const recommender: Recommender = {
    name: 'listening',
    items,
    score: (history: History, scores) => {
      asked.push([...history.item])
      scores.forEach((_, item) => (scores[item] = score(item)))
    },
    parts: () => [],
    save: () => [],
  }
  return { recommender, asked }
}

/** Opens the test for a recommender that scores by a rule. */
async function askTest(
  dataset: OpenedDataset,
  score: (item: number) => number,
  task: Task = 'all',
): Promise<{ readonly scores: Scores; readonly asked: number[][] }> {
  const { data } = dataset.training
  const { recommender, asked } = listening(data.histories.items, score)
  const [scores] = await dataset.test.open([{ task, recommender }], {
    measures: dataset.measures,
    data,
    seed: 1,
    meter: stillMeter,
  })
  if (scores === undefined) throw new Error('no scores')
  // What is asked later is only timed.
  return { scores, asked: asked.slice(0, scores.questions) }
}

const rightIn = ({ tasks }: Cut, task: Task = 'all'): number[][] => {
  const found = tasks.find((one) => one.task === task)
  if (found === undefined) throw new Error('no such task')
  const { count, relevant } = found.questions
  return Array.from({ length: count }, (_, q) => [
    ...relevant.item.subarray(relevant.start[q], relevant.start[q + 1]),
  ])
}

describe('ranking', () => {
  const tables = {
    train: [
      ['user', 'item'],
      ['u2', 10],
      ['u2', 9],
      ['u1', 2],
    ],
    // 1 and 30 are in test only; u9 is not in train; a row comes twice.
    test: [
      ['user', 'item'],
      ['u1', 30],
      ['u1', 30],
      ['u1', 9],
      ['u2', 1],
      ['u9', 2],
    ],
  }

  test('numbers ids by number, asks with the training items, and with nothing for a stranger', async () => {
    const dataset = await open(folders.write('ranking', tables))
    expect(peopleIn(dataset.training.data)).toEqual([[0], [2, 1]])
    const { asked, scores } = await askTest(dataset, () => 0)
    expect(asked).toEqual([[0], [2, 1], []])
    expect(scores.questions).toBe(3)
  })

  test('ranks items of train and test, equal scores by id', async () => {
    // Candidates 1, 2, 9, 10, 30; 21 more that nobody of the test wants, so that a list can be too short.
    const train = [...tables.train, ...Array.from({ length: 21 }, (_, k) => ['u3', 100 + k])]
    const dataset = await open(folders.write('ranking', { ...tables, train }))
    const { scores } = await askTest(dataset, (item) => (item === 1 ? 5 : 0))
    // Best is 9 (item 1). u1: 9, 1, 10, 30, …; u2: 1, 2, …; u9: 9, 1, 2, ….
    const log = Math.log2
    expect(scores.metrics['recall@20']).toBeCloseTo(1, 6)
    const u1 = (1 + 1 / log(5)) / (1 + 1 / log(3))
    const u9 = 1 / log(4)
    expect(scores.metrics['ndcg@20']).toBeCloseTo((u1 + 1 + u9) / 3, 6)
    // 26 candidates; the lists hold 9, 1, 10, 30, 2 and 100 to 116.
    expect(scores.metrics['coverage@20']).toBeCloseTo(22 / 26, 6)
  })

  test('items that only the items table has can be learnt about but are no candidates', async () => {
    const items = [
      ['item', 'genres'],
      [5, 'a|b'],
      [9, 'b'],
    ]
    const dataset = await open(folders.write('ranking', { ...tables, items }))
    const { attributes, histories } = dataset.training.data
    expect(histories.items).toBe(4)
    expect(attributes?.names).toEqual(['genres=a', 'genres=b'])
    expect([...(attributes?.start ?? [])]).toEqual([0, 0, 2, 3, 3])
    const { scores } = await askTest(dataset, (item) => item)
    expect(scores.metrics['coverage@20']).toBe(1)
    const plain = await openDataset(folders.write('ranking', { ...tables, items }), {
      attributes: false,
    })
    expect(plain.training.data.attributes).toBeUndefined()
  })

  test('the cut hides a fifth of a history, at random or the newest', async () => {
    const rows = Array.from({ length: 10 }, (_, k) => ['a', k])
    const plain = await open(folders.write('ranking', { train: [['user', 'item'], ...rows] }))
    const cut = plain.training.cut(3)
    const [hidden = []] = rightIn(cut)
    expect(hidden).toHaveLength(2)
    const all = new Set([...hidden, ...(peopleIn(cut.data)[0] ?? [])])
    expect(all).toEqual(new Set(Array(10).keys()))
    expect(rightIn(plain.training.cut(3))).toEqual([hidden])
    const timed = [['user', 'item', 'time'], ...rows.map(([user, k]) => [user, k, 2e9 - Number(k)])]
    const newest = await open(folders.write('ranking', { train: timed as never }))
    expect(rightIn(newest.training.cut(3))[0]?.toSorted()).toEqual([0, 1])
  })

  test('somebody whose hidden items are all among the shown ones is not asked', async () => {
    const rows = Array.from({ length: 5 }, () => ['a', 'x'])
    const dataset = await open(folders.write('ranking', { train: [['user', 'item'], ...rows] }))
    const cut = dataset.training.cut(1)
    expect(rightIn(cut)).toEqual([])
    expect(peopleIn(cut.data)).toEqual([[0, 0, 0, 0, 0]])
  })
})

describe('sampled-leave-one-out', () => {
  const train = [
    ['user', 'item', 'order'],
    ['a', 1, 2],
    ['a', 2, 1],
    ['b', 3, 1],
  ]

  test('ranks the right item among the negatives that are not itself, unknown ones with score 0', async () => {
    const folder = folders.write('sampled-leave-one-out', {
      train,
      test: [
        ['user', 'item'],
        ['a', 3],
        ['b', 7],
      ],
      negatives: [
        ['user', 'item'],
        ['a', 1],
        ['a', 3],
        ['a', 8],
        ['b', 1],
        ['b', 2],
      ],
    })
    const dataset = await open(folder)
    const { scores, asked } = await askTest(dataset, (item) => 3 - item)
    expect(asked).toEqual([[1, 0], [2]])
    // a: 3 has score 1, below 1 (3), above the unknown 8 (0): rank 2. b: 7 is unknown, below both: rank 3.
    expect(scores.metrics['mrr@10']).toBeCloseTo((1 / 2 + 1 / 3) / 2, 6)
  })

  test('a constant model scores chance', async () => {
    const items = Array.from({ length: 100 }, (_, k) => k)
    const folder = folders.write('sampled-leave-one-out', {
      train: [['user', 'item'], ...items.map((k) => ['x', k])],
      test: [
        ['user', 'item'],
        ['a', 0],
      ],
      negatives: [['user', 'item'], ...items.slice(1).map((k) => ['a', k])],
    })
    const { scores } = await askTest(await open(folder), () => 1)
    expect(scores.metrics['hr@10']).toBeCloseTo(0.1, 6)
  })

  test('the cut takes the last item in order and negatives that the person does not have', async () => {
    const others = Array.from({ length: 300 }, (_, k) => ['c', 10 + k, k])
    const dataset = await open(
      folders.write('sampled-leave-one-out', { train: [...train, ...others] }),
    )
    const cut = dataset.training.cut(1)
    const { tasks, data } = cut
    expect(rightIn(cut)).toEqual([[0], [302]])
    expect(peopleIn(data)[0]).toEqual([1])
    const { among } = tasks[0]?.questions ?? {}
    const first = [...(among?.item.subarray(0, among.start[1]) ?? [])]
    expect(first).toHaveLength(99)
    expect(first.some((item) => item < 2)).toBe(false)
  })
})

describe('next-item', () => {
  const rows = (user: string, ...items: readonly number[]) =>
    items.map((item, k) => [user, item, k + 1]).toReversed()
  const header = ['user', 'item', 'position']

  test('is fitted on all but the last two and asked with all but the last', async () => {
    const sequences = [header, ...rows('a', 1, 2, 3, 4), ...rows('b', 5, 6)]
    const dataset = await open(folders.write('next-item', { sequences }))
    expect(peopleIn(dataset.training.data)).toEqual([[0, 1], []])
    const { scores, asked } = await askTest(dataset, (item) => (item === 5 ? 1 : 0))
    expect(asked).toEqual([[0, 1, 2], [4]])
    // a: the right 3 ties with 4 below 5: ranks 2 and 3. b: 5 is the best.
    expect(scores.metrics['mrr@10']).toBeCloseTo(((1 / 2 + 1 / 3) / 2 + 1) / 2, 6)
  })

  test('a constant model scores chance among the items that are not in the history', async () => {
    const sequences = [header, ...rows('a', ...Array.from({ length: 40 }, (_, k) => k))]
    sequences.push(...rows('b', ...Array.from({ length: 40 }, (_, k) => 100 + k)))
    const { scores } = await askTest(await open(folders.write('next-item', { sequences })), () => 1)
    expect(scores.metrics['recall@10']).toBeCloseTo(10 / (80 - 39), 6)
  })

  test('a last item that was in the history before cannot be recommended', async () => {
    const sequences = [header, ...rows('a', 1, 2, 3, 1)]
    const { scores } = await askTest(await open(folders.write('next-item', { sequences })), () => 1)
    expect(scores.metrics['recall@10']).toBe(0)
  })

  test('the cut asks for the last item of the training part', async () => {
    const sequences = [header, ...rows('a', 1, 2, 3, 4, 5), ...rows('b', 1, 2, 9)]
    const { training } = await open(folders.write('next-item', { sequences }))
    const cut = training.cut(1)
    expect(rightIn(cut)).toEqual([[2]])
    expect(peopleIn(cut.data)).toEqual([[0, 1], [0]])
  })
})

describe('session', () => {
  const header = ['session', 'item', 'position']
  const train = [header, [1, 5, 1], [1, 6, 2], [2, 7, 1], [10, 5, 1]]

  test('every marked row is asked for with the rows before it, nothing masked', async () => {
    const asking = [
      [...header, 'target'],
      [11, 6, 2, 1],
      [11, 5, 1, 0],
      [11, 5, 3, 1],
      [12, 99, 1, 0],
      [12, 7, 2, 1],
    ]
    const dataset = await open(folders.write('session', { train, test: asking }))
    expect(peopleIn(dataset.training.data)).toEqual([[0, 1], [2], [0]])
    const { asked, scores } = await askTest(dataset, (item) => (item === 0 ? 1 : 0))
    // The item 99 is unknown to training and counts for nothing.
    expect(asked).toEqual([[0], [0, 1], [3]])
    expect(scores.metrics['mrr@20']).toBeCloseTo(
      ((1 / 2 + 1 / 3) / 2 + 1 + (1 / 2 + 1 / 3) / 2) / 3,
      6,
    )
  })

  test('the cut hides the newest tenth and asks for items that the others know', async () => {
    const rows = Array.from({ length: 30 }, (_, s) => [
      [s + 1, s % 3, 1],
      [s + 1, s === 29 ? 77 : (s + 1) % 3, 2],
      [s + 1, 2, 3],
    ])
    const { training } = await open(folders.write('session', { train: [header, ...rows.flat()] }))
    const cut = training.cut(1)
    expect(peopleIn(cut.data)).toHaveLength(27)
    expect(rightIn(cut)).toEqual([[1], [2], [2], [2], [2]])
    expect(cut.tasks[0]?.questions.masked).toBe(false)
  })
})

describe('next-basket', () => {
  const history = [
    ['user', 'basket', 'item'],
    [1, 2, 30],
    [1, 1, 10],
    [1, 1, 20],
    [2, 1, 20],
  ]

  test('asks with all baskets, and what was bought before may be right', async () => {
    const asking = [
      ['user', 'item'],
      [1, 10],
      [1, 30],
      [2, 40],
    ]
    const dataset = await open(folders.write('next-basket', { history, test: asking }))
    expect(peopleIn(dataset.training.data)).toEqual([[0, 1, 2], [1]])
    expect([...(dataset.training.data.histories.basket ?? [])]).toEqual([1, 1, 2, 1])
    const { scores } = await askTest(dataset, (item) => item + 1)
    expect(scores.metrics['recall@10']).toBeCloseTo(1, 6)
    expect(scores.metrics['phr@10']).toBe(1)
    expect(scores.metrics['coverage@10']).toBe(1)
  })

  test('the cut hides the last basket of those who have another', async () => {
    const { training } = await open(folders.write('next-basket', { history }))
    const cut = training.cut(1)
    expect(rightIn(cut)).toEqual([[2]])
    expect(peopleIn(cut.data)).toEqual([[0, 1], [1]])
  })
})

describe('transactions', () => {
  const header = ['invoice', 'item', 'quantity', 'time', 'unit_price', 'customer']
  const line = (
    invoice: string,
    item: string,
    day: string,
    customer: string,
    quantity = 1,
    price = 1,
  ) => [invoice, item, quantity, `2020-01-${day}T00:00:00`, price, customer]
  const transactions = [
    header,
    line('1', '20000B', '01', 'a'),
    line('1', '10000', '01', 'a'),
    line('2', '20000B', '05', 'b'),
    line('3', '30000', '10', 'c'),
    // After the split: a buys the known again, something new and something nobody had.
    line('4', '10000', '20', 'a', 3, 2),
    line('5', '30000', '21', 'a', 1, 10),
    line('5', '90000', '21', 'a', 1, 1),
    line('6', '20000B', '22', 'b'),
    line('7', '10000', '22', 'd'),
    // None of these is a purchase line.
    line('C8', '30000', '21', 'b'),
    line('9', '30000', '21', 'b', -1),
    line('9', '30000', '21', 'b', 1, 0),
    line('9', '30000', '21', ''),
    line('9', 'POST', '02', 'b'),
  ]
  const rules = 'split at 2020-01-15T00:00:00, an item beginning with five digits'
  const folder = (): string => folders.write('transactions', { transactions }, rules)

  test('learns from purchase lines before the split, items in the order of text', async () => {
    const { training } = await open(folder())
    expect(peopleIn(training.data)).toEqual([[1, 0], [1], [2]])
    expect(training.data.histories.items).toBe(3)
    expect([...(training.data.histories.basket ?? [])]).toEqual([0, 0, 2, 3])
  })

  test('all: repeat purchases count, what was never seen stays in the denominator', async () => {
    const { scores } = await askTest(await open(folder()), (item) => 3 - item)
    const log = Math.log2
    // The list is 10000, 20000B, 30000 for everybody. a: hits at 1 and 3 of 3 right ones; b: hit at 2.
    expect(scores.questions).toBe(2)
    expect(scores.metrics['recall@10']).toBeCloseTo((2 / 3 + 1) / 2, 6)
    const a = (6 + 10 / 2) / (10 + 6 / log(3) + 1 / 2)
    expect(scores.metrics['revenue_ndcg@10']).toBeCloseTo((a + 1 / log(3)) / 2, 6)
  })

  test('new: what the customer had is masked and not right, and who has nothing left is left out', async () => {
    const { scores } = await askTest(await open(folder()), (item) => 3 - item, 'new')
    expect(scores.questions).toBe(1)
    expect(scores.metrics['recall@10']).toBeCloseTo(1 / 2, 6)
    expect(scores.metrics['coverage@10']).toBeCloseTo(1 / 3, 6)
  })

  test('the cut is a time inside the training part', async () => {
    const early = transactions.slice(1, 4)
    const more = [
      ...early,
      line('3', '10000', '10', 'b'),
      line('3', '30000', '10', 'a'),
      line('4', '90000', '20', 'a'),
    ]
    const { training } = await open(
      folders.write('transactions', { transactions: [header, ...more] }, rules),
    )
    const cut = training.cut(1)
    expect(peopleIn(cut.data)).toEqual([[1, 0], [1]])
    expect(rightIn(cut)).toEqual([[-1], [0]])
    expect(rightIn(cut, 'new')).toEqual([[-1], [0]])
  })

  test('without a time in the rules, four fifths of the lines lie before the split', async () => {
    const { training } = await open(
      folders.write('transactions', {
        transactions: [
          header,
          ...Array.from({ length: 10 }, (_, k) => line(`${k}`, `i${k}`, `${10 + k}`, 'a')),
        ],
      }),
    )
    expect(training.data.histories.items).toBe(8)
  })
})
