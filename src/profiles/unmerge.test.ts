import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOUR } from '../base/index.ts'
import { ACTIONS, type Identifier } from '../events/index.ts'
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
  rowsOf,
  type Step,
} from './personsFixture.ts'
import type { Persons } from './persons.ts'
import type { ProfileView } from './profileView.ts'
import type { PersonRecord } from './unmerge.ts'

let store: Awaited<ReturnType<typeof openTestState>>
let state: StateStore

beforeAll(async () => {
  store = await openTestState()
  state = store.state
})
afterAll(() => store.close())
beforeEach(() => emptyState(state))

async function* recordsOf(steps: readonly Step[]): AsyncIterable<PersonRecord> {
  for (const [i, step] of steps.entries()) yield { ...step, at: { offset: i + 1, index: 0 } }
}

const [first, second] = ids('anonymous_id=a', 'anonymous_id=b') as [Identifier, Identifier]
const COMMAND = { offset: 1_000, index: 0, time: NOON }

async function unmergeAll(persons: Persons, steps: readonly Step[]): Promise<readonly string[]> {
  const { pids } = await persons.unmerge({ first, second }, recordsOf(steps), COMMAND)
  await state.commit({ puts: [...persons.drain()].flat() })
  persons.settle()
  return pids
}

async function viewOf(persons: Persons, identifier: Identifier): Promise<ProfileView | undefined> {
  return persons.view(identifier, NOON, String)
}

const by = (...texts: string[]): Step => ({ event: eventOf(ids(...texts)), interactions: [] })

describe('taking a merge apart', () => {
  const steps = [
    by('anonymous_id=a'),
    by('email=x@y.example', 'anonymous_id=b'),
    by('email=x@y.example', 'anonymous_id=a'),
    by('anonymous_id=b'),
  ]

  test('each identifier gets its own events back, the merged pid lives again', async () => {
    const persons = newPersons(state)
    const results = await live(persons, state, steps)
    expect(results[2]?.merged).toEqual([results[1]?.pid])
    const pids = await unmergeAll(persons, steps)
    expect(pids).toEqual([results[0]?.pid, results[1]?.pid])
    const cold = newPersons(state)
    expect(await viewOf(cold, first)).toMatchObject({
      pid: pids[0],
      events: 1,
      identifiers: [first],
    })
    expect(await viewOf(cold, second)).toMatchObject({ pid: pids[1], events: 3 })
    expect((await viewOf(cold, second))?.merges[0]).toMatchObject({ what: 'split', others: pids })
  })

  test('the two never meet again', async () => {
    const persons = newPersons(state)
    await live(persons, state, steps)
    await unmergeAll(persons, steps)
    const cold = newPersons(state)
    await live(cold, state, [by('email=x@y.example', 'anonymous_id=a')], undefined, 2_000)
    expect((await viewOf(cold, first))?.pid).not.toBe((await viewOf(cold, second))?.pid)
    expect(await viewOf(cold, second)).toMatchObject({ events: 4 })
  })

  test('events of others on a shared device stay theirs, and their identifiers stay out', async () => {
    const order = [
      by('user_id=me', 'anonymous_id=b'),
      by('user_id=other', 'phone=1'),
      ...steps,
      by('user_id=other', 'anonymous_id=a'),
      by('user_id=me', 'email=x@y.example', 'phone=1'),
    ]
    const persons = newPersons(state)
    await live(persons, state, order)
    const [other] = ids('user_id=other') as [Identifier]
    const theirs = await viewOf(persons, other)
    await unmergeAll(persons, order)
    const cold = newPersons(state)
    expect(await viewOf(cold, other)).toEqual(theirs)
    const mine = await viewOf(cold, second)
    expect(mine?.identifiers).toContainEqual({ type: 'user_id', value: 'me' })
    expect(mine?.identifiers).not.toContainEqual({ type: 'phone', value: '1' })
    expect(mine?.identifiers).not.toContainEqual(first)
  })

  test('a merge and its un-merge within one flush leave no trace of the redirect', async () => {
    const persons = newPersons(state)
    await persons.prefetch([ids('anonymous_id=a', 'anonymous_id=b', 'email=x@y.example')])
    steps.forEach((step, i) => {
      if ('event' in step) persons.apply(step.event, [], { offset: i + 1, index: 0 })
    })
    await unmergeAll(persons, steps)
    const cold = newPersons(state)
    expect((await viewOf(cold, first))?.events).toBe(1)
    expect((await viewOf(cold, second))?.events).toBe(3)
  })

  test('two identifiers that are not one person are refused', async () => {
    const persons = newPersons(state)
    await live(persons, state, [by('anonymous_id=a'), by('anonymous_id=b')])
    await expect(persons.unmerge({ first, second }, recordsOf([]), COMMAND)).rejects.toMatchObject({
      code: 'PROFILES_NOT_MERGED',
    })
  })

  test('a log that lost events is refused and nothing changes', async () => {
    const persons = newPersons(state)
    await live(persons, state, steps)
    const before = await rowsOf(state)
    const rest = recordsOf(steps.slice(2))
    await expect(persons.unmerge({ first, second }, rest, COMMAND)).rejects.toMatchObject({
      code: 'PROFILES_HISTORY_TRIMMED',
    })
    await state.commit({ puts: [...persons.drain()].flat() })
    expect(await rowsOf(state)).toEqual(before)
  })
})

/** Events of two people that share nothing, and one that joins them by its lowest identifier. */
const own = (user: string, anonymous: string) =>
  fc
    .record({
      both: fc.boolean(),
      hours: fc.integer({ min: -500, max: 100 }),
      number: fc.nat(9),
      action: fc.constantFrom(...ACTIONS),
      traits: fc.constantFrom({}, { name: user }),
    })
    .map(({ both, hours, number, action, traits }): Step => {
      const email = `email=${user}@y.example`
      const who = both ? ids(email, `anonymous_id=${anonymous}`) : ids(`anonymous_id=${anonymous}`)
      const event = eventOf(who, { timestamp: NOON + hours * HOUR, traits })
      return { event, interactions: [interactionOf(number, action)] }
    })
const before = fc.array(fc.oneof(own('u', 'a'), own('v', 'b')), { minLength: 1, maxLength: 20 })

/** The step as if b had been dropped where it met a. */
function withoutB(step: Step): Step {
  if ('decision' in step) return step
  const { identifiers } = step.event
  if (!identifiers.some(({ value }) => value === 'a')) return step
  const event = { ...step.event, identifiers: identifiers.filter(({ value }) => value !== 'b') }
  return { event, interactions: step.interactions }
}

test('after an un-merge the state is as if the two had never been merged', async () => {
  await fc.assert(
    fc.asyncProperty(before, before, async (early, late) => {
      const steps = [by('anonymous_id=a'), by('anonymous_id=b'), ...early]
      const joined = [...steps, by('anonymous_id=a', 'anonymous_id=b'), ...late]
      const never = joined.map((step) => withoutB(step))
      await emptyState(state)
      const apart = newPersons(state)
      await live(apart, state, never)
      const expected = [await viewOf(apart, first), await viewOf(apart, second)]
      await emptyState(state)
      const persons = newPersons(state)
      await live(persons, state, joined)
      await unmergeAll(persons, joined)
      const cold = newPersons(state)
      const actual = [await viewOf(cold, first), await viewOf(cold, second)]
      const withoutMerges = (view: ProfileView | undefined) => ({ ...view, merges: [] })
      expect(actual.map(withoutMerges)).toEqual(expected.map(withoutMerges))
    }),
    { numRuns: 40 },
  )
})

test('an un-merge gives the same rows in every replay', async () => {
  await fc.assert(
    fc.asyncProperty(before, fc.integer({ min: 1, max: 9 }), async (early, size) => {
      const steps = [by('anonymous_id=b'), ...early, by('anonymous_id=a', 'anonymous_id=b')]
      await live(newPersons(state), state, steps)
      const warm = newPersons(state)
      await emptyState(state)
      await live(warm, state, steps)
      await unmergeAll(warm, steps)
      const expected = await rowsOf(state)
      await emptyState(state)
      const cold = newPersons(state, 0)
      await live(cold, state, steps, { slice: size, flush: size })
      await unmergeAll(cold, steps)
      expect(await rowsOf(state)).toEqual(expected)
      await emptyState(state)
    }),
    { numRuns: 20 },
  )
})
