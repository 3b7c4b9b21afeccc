import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../base/index.ts'
import type { Identifier } from '../events/index.ts'
import type { StateStore } from '../store/index.ts'
import {
  emptyState,
  eventOf,
  ids,
  interactionOf,
  live,
  newPersons,
  NOON,
  openTestState,
  type Step,
} from './personsFixture.ts'
import type { Persons } from './persons.ts'

let store: Awaited<ReturnType<typeof openTestState>>
let state: StateStore
let persons: Persons

beforeAll(async () => {
  store = await openTestState()
  state = store.state
})
afterAll(() => store.close())
beforeEach(async () => {
  await emptyState(state)
  persons = newPersons(state)
})

const by = (...texts: string[]): Step => ({ event: eventOf(ids(...texts)), interactions: [] })

async function viewBy(text: string) {
  const [identifier] = ids(text)
  return persons.view(identifier as Identifier, NOON, (n) => `item ${n}`)
}

async function pidBy(text: string): Promise<string | undefined> {
  return (await viewBy(text))?.pid
}

describe('identity resolution', () => {
  test('a first event makes a person, a second one with a known identifier adds to it', async () => {
    await live(persons, state, [by('anonymous_id=a'), by('user_id=1', 'anonymous_id=a')])
    expect((await viewBy('user_id=1'))?.identifiers).toEqual(ids('anonymous_id=a', 'user_id=1'))
    expect((await viewBy('user_id=1'))?.events).toBe(2)
  })

  test('the documented example: a second user_id with a known email becomes a person of its own', async () => {
    const results = await live(persons, state, [
      by('user_id=abc123', 'email=jane@example1.com'),
      by('user_id=abc456', 'email=jane@example1.com'),
    ])
    expect(results[1]?.dropped).toEqual(ids('email=jane@example1.com'))
    expect((await viewBy('user_id=abc456'))?.identifiers).toEqual(ids('user_id=abc456'))
    expect(await pidBy('email=jane@example1.com')).toBe(await pidBy('user_id=abc123'))
    expect((await viewBy('user_id=abc456'))?.merges).toMatchObject([
      { what: 'drop', offset: 2, identifiers: ids('email=jane@example1.com') },
    ])
  })

  test('an event that joins two persons merges the younger into the older', async () => {
    const results = await live(persons, state, [
      by('anonymous_id=old'),
      by('user_id=1'),
      by('user_id=1', 'anonymous_id=old'),
    ])
    const [older, younger] = [results[0]?.pid, results[1]?.pid]
    expect(results[2]).toMatchObject({ pid: older, merged: [younger], outcome: 'applied' })
    expect(await viewBy(`pid=${younger}`)).toMatchObject({ pid: older, events: 3 })
  })

  test('a merge that would break a limit drops identifiers from the lowest priority up until it fits', async () => {
    const results = await live(persons, state, [
      by('user_id=1', 'phone=7'),
      by('user_id=2', 'anonymous_id=a'),
      by('user_id=1', 'email=x@y.example', 'anonymous_id=a', 'phone=8'),
    ])
    expect(results[2]?.dropped).toEqual(ids('phone=8', 'anonymous_id=a'))
    expect(results[2]?.pid).toBe(results[0]?.pid)
    expect(results[2]?.merged).toEqual([])
    expect(await pidBy('email=x@y.example')).toBe(results[0]?.pid)
  })

  test('the sixth anonymous id of a person is dropped, and becomes a person when it comes alone', async () => {
    const steps = [1, 2, 3, 4, 5, 6].map((n) => by('user_id=1', `anonymous_id=${n}`))
    const results = await live(persons, state, [...steps, by('anonymous_id=6')])
    expect(results[4]?.dropped).toEqual([])
    expect(results[5]?.dropped).toEqual(ids('anonymous_id=6'))
    expect(results[6]?.pid).not.toBe(results[0]?.pid)
  })

  test('a drop is logged once for a person and identifier, however often it is sent', async () => {
    await live(persons, state, [
      by('user_id=1', 'anonymous_id=a'),
      by('user_id=2', 'anonymous_id=a'),
    ])
    await live(persons, state, [by('user_id=2', 'anonymous_id=a')], undefined, 10)
    expect((await viewBy('user_id=2'))?.merges).toHaveLength(1)
  })

  test('blocked values identify nobody', async () => {
    const results = await live(persons, state, [
      by('user_id=0000-00'),
      by('user_id=Anonymous'),
      by('user_id=-1', 'anonymous_id=a'),
    ])
    expect(results[0]).toBeUndefined()
    expect(results[1]).toBeUndefined()
    expect((await viewBy('anonymous_id=a'))?.identifiers).toEqual(ids('anonymous_id=a'))
  })

  test('an alias joins the former anonymous id; aliases in a circle end', async () => {
    const alias = (user: string, previousId: string): Step => ({
      event: eventOf(ids(`user_id=${user}`), { type: 'alias', previousId }),
      interactions: [],
    })
    const results = await live(persons, state, [
      by('anonymous_id=a'),
      alias('1', 'a'),
      alias('1', '1'),
      alias('2', '1'),
      alias('1', '2'),
    ])
    expect(results[1]?.pid).toBe(results[0]?.pid)
    expect(await pidBy('user_id=2')).not.toBe(await pidBy('user_id=1'))
    expect(await pidBy('anonymous_id=a')).toBe(await pidBy('user_id=1'))
  })

  test('an alias joins also when both are known, and not the other way round', async () => {
    const event = eventOf(ids('user_id=1'), { type: 'alias', previousId: 'a' })
    const results = await live(persons, state, [
      by('user_id=1'),
      by('anonymous_id=a'),
      { event, interactions: [] },
    ])
    expect(results[2]).toMatchObject({ pid: results[0]?.pid, merged: [results[1]?.pid] })
  })

  test('an event that was not prefetched is refused, not given to a new person', async () => {
    await live(persons, state, [by('user_id=1')])
    const cold = newPersons(state)
    const at = { offset: 9, index: 0 }
    expect(() => cold.apply(eventOf(ids('user_id=1')), [], at)).toThrow(
      expect.objectContaining({ code: 'PROFILES_NOT_PREFETCHED' }),
    )
  })
})

describe('finding', () => {
  test('a shared device does not show one user to another', async () => {
    await live(persons, state, [by('user_id=1', 'anonymous_id=tablet')])
    expect(await persons.find(ids('user_id=2', 'anonymous_id=tablet'))).toBeUndefined()
    expect(await persons.find(ids('anonymous_id=tablet'))).toMatchObject({ events: 1 })
  })

  test('a cold start finds what was stored', async () => {
    const step = {
      event: eventOf(ids('user_id=1')),
      interactions: [interactionOf(7, 'rate', { value: 4.5 })],
    }
    await live(persons, state, [step])
    const found = await newPersons(state).find(ids('user_id=1'))
    expect(found?.history).toMatchObject([{ item: 7, action: 'rate', time: NOON, value: 4.5 }])
  })
})

describe('what an event does to a profile', () => {
  test('the same message within 24 hours changes nothing, later it counts again', async () => {
    const first = eventOf(ids('user_id=1'), { messageId: 'm' })
    const again = { ...first, receivedAt: first.receivedAt + 23 * HOUR }
    const later = { ...first, receivedAt: first.receivedAt + 25 * HOUR }
    const steps = [first, again, later].map((event) => ({ event, interactions: [] }))
    const results = await live(persons, state, steps)
    expect(results.map((one) => one?.outcome)).toEqual(['applied', 'duplicate', 'applied'])
    expect((await viewBy('user_id=1'))?.events).toBe(2)
  })

  test('a merged person remembers the messages of both', async () => {
    const one = eventOf(ids('user_id=1'))
    const two = eventOf(ids('anonymous_id=a'))
    const joined = by('user_id=1', 'anonymous_id=a')
    const steps = [one, two].map((event) => ({ event, interactions: [] }))
    const results = await live(persons, state, [...steps, joined, ...steps])
    expect(results.map((result) => result?.outcome).slice(3)).toEqual(['duplicate', 'duplicate'])
  })

  test('a duplicate does not merge', async () => {
    const joining = eventOf(ids('user_id=1', 'anonymous_id=a'), { messageId: 'm' })
    const single = eventOf(ids('user_id=1'), { messageId: 'm' })
    const steps = [
      by('anonymous_id=a'),
      { event: single, interactions: [] },
      { event: joining, interactions: [] },
    ]
    const results = await live(persons, state, steps)
    expect(results[2]?.outcome).toBe('duplicate')
    expect(await pidBy('anonymous_id=a')).not.toBe(await pidBy('user_id=1'))
  })

  test('history is in order of time, newest last, whatever the order of arrival', async () => {
    const at = (hours: number, number: number): Step => ({
      event: eventOf(ids('user_id=1'), { timestamp: NOON + hours * HOUR }),
      interactions: [interactionOf(number)],
    })
    const results = await live(persons, state, [at(1, 1), at(3, 3), at(2, 2)])
    const found = await persons.find(ids('user_id=1'))
    expect(found?.history.map(({ item }) => item)).toEqual([1, 2, 3])
    expect(results[2]?.historyBefore().map(({ item }) => item)).toEqual([1, 3])
    expect(found?.seenAt).toBe(NOON + 3 * HOUR)
  })

  test('the newest 200 interactions stay; bought items stay longer', async () => {
    const steps = Array.from({ length: 260 }, (_, n): Step => ({
      event: eventOf(ids('user_id=1'), { timestamp: NOON + n * 1_000 }),
      interactions: [interactionOf(n, n < 40 ? 'buy' : 'view')],
    }))
    await live(persons, state, steps)
    const found = await newPersons(state).find(ids('user_id=1'))
    expect(found?.history).toHaveLength(200)
    expect(found?.history[0]).toMatchObject({ item: 60, time: NOON + 60_000 })
    expect(found?.history.at(-1)).toMatchObject({ item: 259, time: NOON + 259_000 })
    expect(found?.bought).toEqual(Array.from({ length: 40 }, (_, n) => n))
  })

  test('an item bought again is the most recently bought, and there once', async () => {
    const buy = (...numbers: number[]): Step => ({
      event: eventOf(ids('user_id=1')),
      interactions: numbers.map((n) => interactionOf(n, 'buy')),
    })
    await live(persons, state, [buy(1), buy(2), buy(1)])
    expect((await persons.find(ids('user_id=1')))?.bought).toEqual([2, 1])
    await live(persons, state, [buy(3, 2)], undefined, 10)
    expect((await persons.find(ids('user_id=1')))?.bought).toEqual([1, 3, 2])
  })

  test('traits merge deeply, null removes, groups are kept', async () => {
    const identify = (traits: object, groupId?: string): Step => ({
      event: eventOf(ids('user_id=1'), { type: 'identify', traits: traits as never, groupId }),
      interactions: [],
    })
    await live(persons, state, [
      identify({ name: 'Ada', address: { city: 'London', zip: '1' }, plan: 'x' }),
      identify({ address: { zip: '2' }, plan: null }, 'acme'),
    ])
    expect(await viewBy('user_id=1')).toMatchObject({
      traits: { name: 'Ada', address: { city: 'London', zip: '2' } },
      groups: ['acme'],
    })
    expect((await viewBy('user_id=1'))?.traits).not.toHaveProperty('plan')
  })

  test('the newest 30 events about no item stay', async () => {
    const steps = Array.from({ length: 40 }, (_, n): Step => {
      const event = eventOf(ids('user_id=1'), { timestamp: NOON + n, name: `event ${n}` })
      return { event, interactions: [] }
    })
    await live(persons, state, steps)
    await live(
      persons,
      state,
      [{ event: eventOf(ids('user_id=1')), interactions: [interactionOf(3)] }],
      undefined,
      90,
    )
    const recent = (await viewBy('user_id=1'))?.recent
    expect(recent).toHaveLength(30)
    expect(recent?.[0]).toEqual({ name: 'event 39', time: NOON + 39 })
    expect(recent?.at(-1)?.name).toBe('event 10')
  })

  test('recent events show one line for an event with several items', async () => {
    const order: Step = {
      event: eventOf(ids('user_id=1'), { name: 'Order Completed', timestamp: NOON + HOUR }),
      interactions: [interactionOf(4, 'buy'), interactionOf(5, 'buy')],
    }
    await live(persons, state, [by('user_id=1'), order])
    expect((await viewBy('user_id=1'))?.recent).toEqual([
      { name: 'Order Completed', time: NOON + HOUR, item: 'item 4' },
      { name: 'Something Done', time: NOON },
    ])
  })
})

describe('matching a decision', () => {
  const shown = (decision: string, time: number, items: readonly number[]): Step => ({
    decision: {
      identifiers: ids('anonymous_id=a'),
      lists: [{ decision, placement: 'home', version: 3, time, items }],
    },
  })
  const click = (number: number, timestamp: number, decisionId?: string): Step => ({
    event: eventOf(ids('user_id=1', 'anonymous_id=a'), { timestamp, decisionId }),
    interactions: [interactionOf(number, 'click')],
  })
  const matchAfter = async (...steps: Step[]) => (await live(persons, state, steps)).at(-1)?.match

  test('the newest list with the item within 24 hours is behind an interaction', async () => {
    const steps = [
      shown('d1', NOON, [9, 8]),
      shown('d2', NOON + HOUR, [7, 8, 9]),
      shown('d3', NOON + 3 * HOUR, [8]),
    ]
    expect(await matchAfter(...steps, click(8, NOON + 2 * HOUR))).toEqual([
      { decision: 'd2', placement: 'home', version: 3, position: 2 },
    ])
  })

  test('older lists and other items do not match', async () => {
    expect(await matchAfter(shown('d1', NOON, [9]), click(9, NOON + DAY + 1))).toEqual([undefined])
    expect(await matchAfter(click(5, NOON + 1))).toEqual([undefined])
  })

  test('a decision id on the event wins, also when its list is forgotten', async () => {
    const steps = [shown('d1', NOON, [9]), shown('d2', NOON, [9])]
    expect(await matchAfter(...steps, click(9, NOON + 1, 'd1'))).toMatchObject([
      { decision: 'd1', position: 1 },
    ])
    expect(await matchAfter(click(9, NOON + 2, 'd0'))).toEqual([
      { decision: 'd0', placement: undefined, version: undefined, position: undefined },
    ])
  })

  test('a decision joins nobody: it belongs to the first known person', async () => {
    await live(persons, state, [by('anonymous_id=a'), by('user_id=1')])
    const decision = { identifiers: ids('user_id=1', 'anonymous_id=a'), lists: [] }
    await live(persons, state, [{ decision }], undefined, 10)
    expect(await pidBy('anonymous_id=a')).not.toBe(await pidBy('user_id=1'))
  })
})

describe('looking at everybody', () => {
  const list = { decision: 'd1', placement: 'home', version: 1, time: NOON, items: [3] }
  const three = ['1', '2', '3'].map((id) => by(`user_id=${id}`))
  const lookedAt = async (some: Persons): Promise<number[]> => {
    const events: number[] = []
    const each = (person: { readonly events: number }): boolean => events.push(person.events) > 1
    const after = await some.visit('', 2, each)
    expect(after).toBeDefined()
    expect(await some.visit(after ?? '', 2, each)).toBeUndefined()
    return events
  }

  test('brings those into memory whom the caller wants, with what they were shown', async () => {
    const shown = ids('user_id=1', 'user_id=2', 'user_id=3').map((id): Step => ({
      decision: { identifiers: [id], lists: [list] },
    }))
    await live(persons, state, [...three, ...shown])
    const fresh = newPersons(state)
    expect(await lookedAt(fresh)).toEqual([1, 1, 1])
    expect(fresh.memory.persons).toBe(2)
    const known = ids('user_id=1', 'user_id=2', 'user_id=3').map((id) => fresh.findCached([id]))
    expect(known.flatMap((person) => person?.shown ?? [])).toEqual([list, list])
  })

  test('leaves the memory as it is when that is full', async () => {
    await live(persons, state, three)
    const fresh = newPersons(state, 0)
    expect(await lookedAt(fresh)).toEqual([1, 1, 1])
    expect(fresh.memory.persons).toBe(0)
  })

  test('does not make an event new that came before', async () => {
    await live(persons, state, three)
    const fresh = newPersons(state)
    await lookedAt(fresh)
    const results = await live(fresh, state, three, undefined, 10)
    expect(results.map((result) => result?.outcome)).toEqual(Array(3).fill('duplicate'))
  })
})
