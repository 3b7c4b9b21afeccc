import { expect, test } from 'vitest'
import { LiveModels } from '../liveModels.ts'
import { PersonalLists } from './personalLists.ts'
import { PersonalRanking } from './personalRanking.ts'

const seen = { item: 0, action: 'view', time: 1, value: 1 } as const

/** Live counts of people who go from 0 to 1 to 2 and so on, and one who saw item 0. */
function walkers(items: number): { live: LiveModels; ranking: PersonalRanking } {
  const live = new LiveModels()
  for (let item = 1; item < items; item++) {
    live.observe([{ ...seen, item, time: 2, order: undefined }], [seen])
  }
  const history = [seen]
  const ranking = new PersonalRanking().begin({ models: live, history, trained: undefined, items })
  return { live, ranking }
}

const PID = 'a'

test('keeps the head of a ranking with its causes', () => {
  const { ranking } = walkers(200)
  const lists = new PersonalLists(2 ** 22)
  const key = { pid: PID, events: 1, observed: 199 }
  lists.keep(key, ranking, [])
  const { ids, scores } = ranking.leading(56, new Set())
  const kept = lists.find(key)
  expect(kept).toMatchObject({ count: 56, more: true, sources: 1, liveFactor: 1 })
  expect(Array.from({ length: 56 }, (_, k) => kept?.itemAt(k))).toEqual([...ids])
  expect(kept?.scoreAt(3)).toBeCloseTo(scores[3] ?? 0)
  expect(kept?.causesOf(ids[0] ?? 0)).toEqual([{ item: 0, action: 'view', share: 1 }])
  expect(kept?.causesOf(ids[55] ?? 0)).toBeUndefined()
})

test('counts own items apart, so that they crowd nothing out', () => {
  const { ranking } = walkers(200)
  const lists = new PersonalLists(2 ** 22)
  const key = { pid: PID, events: 1, observed: 199 }
  const { ids, scores } = ranking.leading(60, new Set())
  const own = Array.from(ids.subarray(0, 50), (item) => ({ ...seen, item }))
  lists.keep(key, ranking, own)
  const kept = lists.find(key)
  expect(kept?.count).toBe(72)
  expect(Array.from({ length: 26 }, (_, k) => kept?.itemAt(k))).toEqual([
    ...ids.subarray(0, 16),
    ...ids.subarray(50, 60),
  ])
  expect(kept?.causesOf(ids[50] ?? 0)).toHaveLength(1)
  expect(kept?.causesOf(ids[15] ?? 0)).toHaveLength(1)
  expect(kept?.scoreOf(ids[15] ?? 0)).toBeCloseTo(scores[15] ?? 0)
})

test('holds until the person acts or the live counts have grown by a thousandth', () => {
  const { ranking } = walkers(20)
  const lists = new PersonalLists(2 ** 22)
  lists.keep({ pid: PID, events: 7, observed: 5_000 }, ranking, [])
  const at = (events: number, observed: number) => lists.find({ pid: PID, events, observed })
  expect(at(7, 5_005)).toBeDefined()
  expect(at(7, 5_006)).toBeUndefined()
  expect(at(8, 5_000)).toBeUndefined()
  expect(lists.find({ pid: 'b', events: 7, observed: 5_000 })).toBeUndefined()
  lists.clear()
  expect(at(7, 5_000)).toBeUndefined()
})

test('gives up who was not asked for lately when the room is used up', () => {
  const { ranking } = walkers(20)
  const lists = new PersonalLists(5_000)
  const { capacity } = lists
  expect(capacity).toBeGreaterThan(2)
  const key = (pid: number) => ({ pid: String(pid), events: 1, observed: 1 })
  for (let pid = 0; pid < capacity; pid++) lists.keep(key(pid), ranking, [])
  lists.keep(key(100), ranking, [])
  lists.find(key(2))
  lists.keep(key(101), ranking, [])
  expect(lists.size).toBe(capacity)
  const kept = [0, 1, 2, 100, 101].filter((pid) => lists.find(key(pid)) !== undefined)
  expect(kept).toEqual([2, 100, 101])
})

test('keeps nothing without room', () => {
  const lists = new PersonalLists(0)
  const key = { pid: PID, events: 1, observed: 1 }
  lists.keep(key, walkers(3).ranking, [])
  expect(lists.find(key)).toBeUndefined()
})
