import { afterAll, describe, expect, test } from 'vitest'
import { type RecommenderKind, recommenderKind } from '../../models/index.ts'
import { chooseSettings } from './choose.ts'
import { openDataset } from './openDataset.ts'
import { type ScoreOptions } from './scores.ts'
import { type Rows, ScratchFolders } from './testing/folder.ts'
import { stillMeter } from './testing/meter.ts'

const folders = new ScratchFolders()
afterAll(() => folders.remove())

/** Ten people who like even or odd items. */
const rows: Rows = Array.from({ length: 60 }, (_, k) => [
  `p${k % 10}`,
  (k % 2) + 2 * ((k * 7) % 11),
])
const withOrder = (header: Rows[number]): Rows => [
  header,
  ...rows.map(([user = '', item = ''], k) => [user, item, k + 1]),
]
const TRAIN: Readonly<Record<string, Readonly<Record<string, Rows>>>> = {
  ranking: { train: [['user', 'item'], ...rows] },
  'sampled-leave-one-out': { train: withOrder(['user', 'item', 'order']) },
  session: { train: withOrder(['session', 'item', 'position']) },
  'next-basket': { history: withOrder(['user', 'item', 'basket']) },
}

const popularity = recommenderKind('popularity')
/** Popularity with a choice to make. */
const choosy: RecommenderKind = {
  ...popularity,
  candidates: () => [{ oncePerPerson: true }, { oncePerPerson: false }],
}

async function fitted(data: Parameters<RecommenderKind['fit']>[0]) {
  const context = { seed: 1, threads: 1 }
  return popularity.fit(data, { halfLifeDays: 0, oncePerPerson: false }, context)
}

describe.each(Object.entries(TRAIN))('%s', (protocol, tables) => {
  test('chooses and fits although there is no test table to look at', async () => {
    const missing = { ...tables, test: undefined, negatives: undefined }
    const dataset = await openDataset(folders.write(protocol, missing), { attributes: true })
    const { ranked, trials } = await chooseSettings(dataset.training, [choosy, popularity], {
      main: dataset.measures.main,
      context: { seed: 1, threads: 1 },
      seed: 1,
      tried: () => undefined,
    })
    expect(trials).toHaveLength(3)
    expect(trials.every(({ values }) => Number.isFinite(values?.get('all')))).toBe(true)
    expect(ranked.get('all')).toHaveLength(3)
    const recommender = await fitted(dataset.training.data)
    const options = {
      measures: dataset.measures,
      data: dataset.training.data,
      seed: 1,
      meter: stillMeter,
    }
    await expect(dataset.test.open([{ task: 'all', recommender }], options)).rejects.toMatchObject({
      code: 'IMPORTS_NOT_FOUND',
    })
  })
})

test('the test part can be opened once', async () => {
  const tables = {
    ...TRAIN['ranking'],
    test: [
      ['user', 'item'],
      ['p1', 2],
    ],
  }
  const dataset = await openDataset(folders.write('ranking', tables), { attributes: true })
  const { training, measures, test: sealed } = dataset
  const recommender = await fitted(training.data)
  const options: ScoreOptions = { measures, data: training.data, seed: 1, meter: stillMeter }
  const [scores] = await sealed.open([{ task: 'all', recommender }], options)
  expect(scores?.questions).toBe(1)
  await expect(sealed.open([{ task: 'all', recommender }], options)).rejects.toMatchObject({
    code: 'TRAINING_TEST_OPENED',
  })
})

test('nothing that is reachable from the training part leads to the test', async () => {
  const sequences = withOrder(['user', 'item', 'position'])
  const dataset = await openDataset(folders.write('next-item', { sequences }), { attributes: true })
  expect(Object.keys(dataset.training).sort()).toEqual(['cut', 'data', 'tasks'])
  // The last two of six events of each of ten people are in no array of it.
  const { histories } = dataset.training.data
  expect(histories.item.buffer.byteLength).toBe(4 * 4 * 10)
  const cut = dataset.training.cut(1)
  expect(cut.tasks[0]?.questions.events.item.length).toBeLessThanOrEqual(40)
  expect(Object.keys(dataset.test)).toEqual([])
})
