import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR } from '../base/index.ts'
import { ACTIONS, type AttuneEvent, type Identifier } from '../events/index.ts'
import type { StateStore } from '../store/index.ts'
import { identifierKey } from './identityRules.ts'
import {
  emptyState,
  eventOf,
  interactionOf,
  live,
  newPersons,
  NOON,
  openTestState,
  rowsOf,
  type Step,
} from './personsFixture.ts'
import { NaiveIdentity } from './naiveIdentity.fixture.ts'

const RUNS = 40
let store: Awaited<ReturnType<typeof openTestState>>
let state: StateStore

beforeAll(async () => {
  store = await openTestState()
  state = store.state
})
afterAll(() => store.close())
beforeEach(() => emptyState(state))

/** Few values, so that random events meet, collide and merge. */
const RANK = ['user_id', 'email', 'anonymous_id', 'phone']
const identifiers = fc
  .uniqueArray(
    fc.record({
      type: fc.constantFrom(...RANK),
      value: fc.constantFrom('1', '2', '3', '4', '5', '6', '7'),
    }),
    { minLength: 1, maxLength: 3, selector: ({ type }) => type },
  )
  .map((list) => list.sort((a, b) => RANK.indexOf(a.type) - RANK.indexOf(b.type)))
const interactions = fc.array(
  fc
    .record({
      number: fc.nat(9),
      action: fc.constantFrom(...ACTIONS),
      value: fc.constantFrom(1, 0.1, 12.5, 3),
      order: fc.constantFrom(undefined, 'o1', 'o2'),
    })
    .map(({ number, action, value, order }) => interactionOf(number, action, { value, order })),
  { maxLength: 3 },
)
const details = fc.record({
  hours: fc.integer({ min: -24 * 60, max: 24 * 5 }),
  message: fc.nat(300),
  traits: fc.constantFrom({}, {}, { name: 'Ä' }, { plan: { tier: 2 } }, { plan: null }),
  groupId: fc.constantFrom(undefined, undefined, 'g1', 'g2'),
  previousId: fc.constantFrom(undefined, undefined, undefined, '1', '2'),
  name: fc.constantFrom('Product Viewed', 'Order Completed', 'Custom ☂'),
})
const eventStep = fc
  .tuple(identifiers, interactions, details)
  .map(([who, what, { hours, message, ...rest }]): Step => {
    const timestamp = NOON + hours * HOUR
    const event = eventOf(who, { ...rest, timestamp, messageId: `m${message}` })
    return { event: { ...event, receivedAt: NOON + 5 * DAY }, interactions: what }
  })
const decisionStep = fc
  .tuple(identifiers, fc.array(fc.nat(9), { maxLength: 4 }), fc.nat(3))
  .map(([who, items, place]): Step => {
    const list = {
      decision: `d${items.length}`,
      placement: `p${place}`,
      version: 1,
      time: NOON,
      items,
    }
    return { decision: { identifiers: who, lists: [list] } }
  })
const history = fc.array(
  fc.oneof({ weight: 6, arbitrary: eventStep }, { weight: 1, arbitrary: decisionStep }),
  {
    minLength: 1,
    maxLength: 60,
  },
)

test('state rows are the same to the byte whatever the slices, the flushes and the cache', async () => {
  const rhythm = fc.record({
    slice: fc.integer({ min: 1, max: 20 }),
    flush: fc.integer({ min: 1, max: 30 }),
  })
  await fc.assert(
    fc.asyncProperty(history, rhythm, async (steps, rhythmOfOne) => {
      await emptyState(state)
      await live(newPersons(state), state, steps)
      const expected = await rowsOf(state)
      await emptyState(state)
      await live(newPersons(state, 0), state, steps, rhythmOfOne)
      expect(await rowsOf(state)).toEqual(expected)
    }),
    { numRuns: RUNS },
  )
})

test('a restart between any two events changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(60), async (steps, cut) => {
      await emptyState(state)
      await live(newPersons(state), state, steps)
      const expected = await rowsOf(state)
      await emptyState(state)
      await live(newPersons(state), state, steps.slice(0, cut))
      await live(
        newPersons(state),
        state,
        steps.slice(cut),
        undefined,
        1 + Math.min(cut, steps.length),
      )
      expect(await rowsOf(state)).toEqual(expected)
    }),
    { numRuns: RUNS },
  )
})

test('who is who agrees with a naive implementation of the rules, and limits hold', async () => {
  const steps = fc.array(eventStep, { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const events = list.map((step, i) => ({
        ...('event' in step ? step.event : eventOf([])),
        previousId: undefined,
        messageId: `m${i}`,
      }))
      await emptyState(state)
      await live(
        newPersons(state),
        state,
        events.map((event) => ({ event, interactions: [] })),
      )
      const naive = new NaiveIdentity()
      for (const event of events) naive.add(event.identifiers)
      expect(await partition(events)).toEqual(naive.partition())
    }),
    { numRuns: RUNS },
  )
})

/** Identifier keys grouped by the person that a cold start finds for each. */
async function partition(events: readonly AttuneEvent[]): Promise<string[][]> {
  const persons = newPersons(state)
  const groups = new Map<string, string[]>()
  const all = new Map<string, Identifier>()
  for (const event of events) for (const one of event.identifiers) all.set(identifierKey(one), one)
  for (const [key, identifier] of all) {
    const found = await persons.find([identifier])
    if (found === undefined) continue
    expect(found.identifiers.filter((one) => identifierKey(one) === key)).toHaveLength(1)
    groups.set(found.pid, [...(groups.get(found.pid) ?? []), key])
  }
  return [...groups.values()]
    .map((keys) => keys.sort())
    .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
}
