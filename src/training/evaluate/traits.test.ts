import { afterAll, expect, test } from 'vitest'
import { openDataset } from './openDataset.ts'
import { ScratchFolders } from './testing/folder.ts'

const folders = new ScratchFolders()
afterAll(() => folders.remove())

const sequences = [
  ['user', 'item', 'position'],
  ...['a', 'b'].flatMap((user) => [10, 11, 12, 13].map((item, k) => [user, item, k + 1])),
]

/** Trait values of each person, by name. */
function traitsIn(traits: { start: Uint32Array; index: Int32Array; names?: readonly string[] }) {
  return Array.from({ length: traits.start.length - 1 }, (_, p) =>
    Array.from(
      traits.index.subarray(traits.start[p], traits.start[p + 1]),
      (v) => traits.names?.[v],
    ),
  )
}

test('people and items are described by their tables, strangers are passed over', async () => {
  const users = [
    ['user', 'gender', 'country'],
    ['stranger', 'F', 'Peru'],
    ['b', 'F', 'Chile|Peru'],
    ['a', 'M', ''],
  ]
  const items = [
    ['item', 'price', 'released'],
    [11, 2.5, '01-Jan-1970'],
    [13, '', '1970-01-03'],
  ]
  const folder = folders.write('next-item', { sequences, users, items })
  const { training } = await openDataset(folder, { attributes: true })
  const { traits, people } = training.data.histories
  expect(people).toBe(2)
  expect(traits && traitsIn(traits)).toEqual([
    ['gender=M'],
    ['gender=F', 'country=Peru', 'country=Chile'],
  ])
  expect(training.data.numbers?.names).toEqual(['price', 'released'])
  expect([...(training.data.numbers?.values ?? [])]).toEqual([NaN, NaN, 2.5, 0, NaN, NaN, NaN, 2])
  const [asked] = training.cut(1).tasks
  expect(asked?.questions.who).toEqual(Int32Array.of(0, 1))
  const plain = await openDataset(folder, { attributes: false })
  expect(plain.training.data.histories.traits).toBeUndefined()
  expect(plain.training.data.numbers).toBeUndefined()
})

test('many different numbers are put into groups', async () => {
  const ages = Array.from({ length: 60 }, (_, p) => [`p${p}`, 10 + p])
  const rows = ages.flatMap(([user]) =>
    [10, 11, 12].map((item, k) => [user as string, item, k + 1]),
  )
  const folder = folders.write('next-item', {
    sequences: [sequences[0] ?? [], ...rows],
    users: [['user', 'age'], ...ages],
  })
  const { training } = await openDataset(folder, { attributes: true })
  const { traits } = training.data.histories
  const found = traits ? traitsIn(traits).flat() : []
  const counts = new Map<string | undefined, number>()
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1)
  expect(Object.fromEntries(counts)).toEqual(
    Object.fromEntries([1, 2, 3, 4, 5, 6].map((g) => [`age=group ${g}`, 10])),
  )
})
