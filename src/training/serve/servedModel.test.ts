import { afterEach, expect, test, vi } from 'vitest'
import { encodeModel, parametersOf, recommenderKind } from '../../models/index.ts'
import { ServedModel } from './servedModel.ts'

/** Longer than a busy machine delays any answer, milliseconds. */
const LONG = 20_000

const opened: ServedModel[] = []

afterEach(async () => {
  for (const model of opened.splice(0)) await model.close()
})

/** A model of people who had 0 with 1, and 2 with 3. */
async function pairs(explains = true): Promise<ServedModel> {
  const kind = recommenderKind('item-knn')
  const parameters = parametersOf(kind, {})
  const histories = {
    people: 40,
    items: 4,
    start: Uint32Array.from({ length: 41 }, (_, p) => 2 * p),
    item: Int32Array.from({ length: 80 }, (_, e) => (e % 4 < 2 ? e % 2 : 2 + (e % 2))),
  }
  const fitted = await kind.fit({ histories }, parameters, { seed: 1, threads: 1 })
  const file = encodeModel(fitted, parameters)
  const model = await ServedModel.open({ version: 'v1', file, weight: 0.5, explains })
  opened.push(model)
  return model
}

function viewed(item: number) {
  return { item, action: 'view', time: 1, value: 1 } as const
}

test('answers in the order in which it was asked, one by one and together', async () => {
  const model = await pairs()
  expect(model).toMatchObject({ name: 'item-knn', items: 4, version: 'v1', weight: 0.5 })
  const together = model.askAll([[viewed(0)], [viewed(2)], []])
  const alone = model.ask([viewed(3)], LONG)
  expect((await together).map(({ items }) => Array.from(items))).toEqual([[1], [3], []])
  expect([...((await alone)?.items ?? [])]).toEqual([2])
})

test('names what the person did that speaks for an item, where that is quick', async () => {
  const explained = await (await pairs()).ask([viewed(0)], LONG)
  expect([...(explained?.because ?? [])]).toEqual([0, -1])
  expect(explained?.shares[0]).toBeCloseTo(1)
  expect((await (await pairs(false)).ask([viewed(0)], LONG))?.because).toHaveLength(0)
})

test('refuses a file that is no model', async () => {
  const file = new TextEncoder().encode('no model at all')
  const opening = ServedModel.open({ version: 'v1', file, weight: 0.5, explains: true })
  await expect(opening).rejects.toThrow()
})

test('has nothing to say after a fault, and fails nobody', async () => {
  const model = await pairs()
  const earlier = model.ask([viewed(0)], LONG)
  const torn = [undefined] as never
  const beside = Promise.all([model.ask(torn, LONG), model.ask([viewed(0)], LONG)])
  expect((await earlier)?.items).toHaveLength(1)
  expect((await beside).map((opinion) => opinion?.items.length)).toEqual([0, 0])
  expect(model.fault).toBeInstanceOf(TypeError)
  expect((await model.ask([viewed(0)], LONG))?.items).toHaveLength(0)
})

test('answers what was asked before it is closed, and nothing after', async () => {
  const model = await pairs()
  const asked = model.ask([viewed(0)], LONG)
  const closed = model.close()
  expect([...((await asked)?.items ?? [])]).toEqual([1])
  await closed
  expect((await model.ask([viewed(0)], LONG))?.items).toHaveLength(0)
})

test('those who come while others are asked for are answered together, each with their own', async () => {
  const model = await pairs()
  const items = Array.from({ length: 20 }, (_, k) => k % 4)
  const opinions = await Promise.all(items.map((item) => model.ask([viewed(item)], LONG)))
  expect(opinions.map((opinion) => opinion?.items[0])).toEqual(items.map((item) => item ^ 1))
})

test('answers those who wait for others before it is closed', async () => {
  const model = await pairs()
  const asked = [0, 1, 2, 3].map((item) => model.ask([viewed(item)], LONG))
  await model.close()
  expect((await Promise.all(asked)).map((opinion) => opinion?.items[0])).toEqual([1, 0, 3, 2])
})

test('asks nobody while more wait than a decision has patience for', async () => {
  const model = await pairs()
  const crowd = model.askAll(Array.from({ length: 10_000 }, () => [viewed(0)]))
  expect(await model.ask([viewed(0)], 100)).toBeUndefined()
  expect(await crowd).toHaveLength(10_000)
  expect(await model.ask([viewed(0)], LONG)).toBeDefined()
})

test('keeps nobody waiting for an answer that comes too late', async () => {
  const model = await pairs()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const late = model.ask([viewed(0)], 100)
  vi.advanceTimersByTime(100)
  vi.useRealTimers()
  expect(await late).toBeUndefined()
  expect(await model.ask([viewed(0)], LONG)).toBeDefined()
})
