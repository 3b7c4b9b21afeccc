import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../base/index.ts'
import { ACTIONS } from '../../events/index.ts'
import { interactionOf, NOON } from '../personsFixture.ts'
import { RowReader, RowWriter } from '../rowBytes.ts'
import { decayedTop } from './decayedTop.ts'
import { defaultFeatures } from './defaultFeatures.ts'
import { countOf, countWhere, eventsNamed } from './series.ts'
import type { FeatureDeclaration, FeatureEvent, FeatureValue, WeightedKey } from './feature.ts'
import { FeatureSet } from './featureSet.ts'
import { windowedSums } from './windowedSums.ts'

const textOf = (path: string, code: number): string => `${path} ${code}`
const attributeCode = (item: number, path: string): number =>
  path === 'brand' ? item % 5 : item % 3

function featureEvent(
  time: number,
  interactions: FeatureEvent['interactions'],
  name = 'x',
): FeatureEvent {
  return {
    type: 'track',
    name,
    time,
    interactions,
    attributeCode,
    attribute: (item, path) => textOf(path, attributeCode(item, path)),
  }
}

const interaction = fc
  .record({
    number: fc.nat(9),
    action: fc.constantFrom(...ACTIONS),
    value: fc.constantFrom(1, 0.1, 20),
  })
  .map(({ number, action, value }) => interactionOf(number, action, { value }))
const events = fc.array(
  fc
    .record({
      hours: fc.integer({ min: -200 * 24, max: 0 }),
      interactions: fc.array(interaction, { maxLength: 3 }),
    })
    .map(({ hours, interactions }) => featureEvent(NOON + hours * HOUR, interactions)),
  { minLength: 1, maxLength: 60 },
)

/** The default features, straight from the list of events. */
function recompute(list: readonly FeatureEvent[], now: number): Record<string, FeatureValue> {
  const today = Math.floor(now / DAY)
  const within = (days: number) => list.filter(({ time }) => Math.floor(time / DAY) > today - days)
  const all = (some: readonly FeatureEvent[], action: string) =>
    some.flatMap(({ interactions }) => interactions).filter((one) => one.action === action)
  const orders = (some: readonly FeatureEvent[]) =>
    some.filter(({ interactions }) => interactions.some(({ action }) => action === 'buy'))
  const spend = (some: readonly FeatureEvent[]) =>
    all(some, 'buy').reduce((sum, { value }) => sum + value, 0)
  const since = (some: readonly FeatureEvent[]) =>
    some.length === 0 ? null : (now - Math.max(...some.map(({ time }) => time))) / DAY
  const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)
  return {
    views_7d: all(within(7), 'view').length,
    views_30d: all(within(30), 'view').length,
    carts_7d: all(within(7), 'cart').length,
    orders_30d: orders(within(30)).length,
    orders_90d: orders(within(90)).length,
    spend_90d: spend(within(90)),
    days_since_seen: since(list),
    days_since_order: since(orders(list)),
    avg_order_value: ratio(spend(list), orders(list).length),
    cart_to_order_rate_30d: ratio(orders(within(30)).length, all(within(30), 'cart').length),
  }
}

function recomputeTop(list: readonly FeatureEvent[], path: string): readonly WeightedKey[] {
  const weights: Record<string, number> = {
    view: 1,
    click: 1,
    consume: 2,
    wish: 2,
    cart: 3,
    buy: 5,
    rate: 2,
  }
  const sums = new Map<string, number>()
  for (const { time, interactions } of list) {
    for (const { action, number } of interactions) {
      const weight = (weights[action] ?? 0) * 2 ** ((time - NOON) / (30 * DAY))
      const key = textOf(path, attributeCode(number, path))
      if (weight > 0) sums.set(key, (sums.get(key) ?? 0) + weight)
    }
  }
  const total = [...sums.values()].reduce((sum, weight) => sum + weight, 0)
  return [...sums].map(([key, weight]) => ({ key, weight: weight / total }))
}

function stored(set: FeatureSet, states: unknown[]): unknown[] {
  const writer = new RowWriter()
  set.encode(states, writer)
  return set.decode(new RowReader().open(writer.bytes, 0, writer.at))
}

describe('default features', () => {
  const set = new FeatureSet(defaultFeatures)

  test('values equal a recomputation from the raw events, at every moment and in any order of arrival', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (list, inOrder) => {
        const arriving = inOrder ? list.toSorted((a, b) => a.time - b.time) : list
        let states = set.empty()
        arriving.forEach((event, i) => {
          set.write(event, states)
          states = stored(set, states)
          const known = arriving.slice(0, i + 1)
          const now = Math.max(...known.map(({ time }) => time))
          const values = set.values(states, now, textOf)
          for (const [name, expected] of Object.entries(recompute(known, now))) {
            if (typeof expected === 'number') expect(values[name], name).toBeCloseTo(expected, 6)
            else expect(values[name], name).toBe(expected)
          }
        })
      }),
      { numRuns: 60 },
    )
  })

  test('top categories and brands are the decayed shares of the raw events', () => {
    fc.assert(
      fc.property(events, (list) => {
        const states = set.empty()
        for (const event of list) set.write(event, states)
        for (const [name, path] of [
          ['top_categories', 'categories'],
          ['top_brands', 'brand'],
        ] as const) {
          const expected = new Map(recomputeTop(list, path).map(({ key, weight }) => [key, weight]))
          const actual = set.value(name, states, NOON, textOf) as readonly WeightedKey[]
          expect(actual.map(({ key }) => key).sort()).toEqual([...expected.keys()].sort())
          for (const { key, weight } of actual)
            expect(weight).toBeCloseTo(expected.get(key) ?? -1, 4)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('merged states have the values of all events together', () => {
    fc.assert(
      fc.property(events, events, (mine, theirs) => {
        const [a, b] = [set.empty(), set.empty()]
        for (const event of mine) set.write(event, a)
        for (const event of theirs) set.write(event, b)
        const values = set.values(set.merge(a, b), NOON, textOf)
        for (const [name, expected] of Object.entries(recompute([...mine, ...theirs], NOON))) {
          if (typeof expected === 'number') expect(values[name], name).toBeCloseTo(expected, 6)
          else expect(values[name], name).toBe(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('the lines of one order are one order', () => {
    const line = () => featureEvent(NOON, [interactionOf(1, 'buy', { value: 10, order: 'A' })])
    const states = set.empty()
    for (const event of [line(), line(), line()]) set.write(event, states)
    expect(set.value('orders_30d', states, NOON, textOf)).toBe(1)
    expect(set.value('avg_order_value', states, NOON, textOf)).toBe(30)
  })
})

describe('declaring features', () => {
  const hourly = windowedSums('hourly', 'hour', 24, [
    countOf('views', 'view'),
    countWhere('acme', 'view', 'brand', 'brand 2'),
    eventsNamed('signups', 'Signed Up'),
  ])
  const of = (name: string, series: string): FeatureDeclaration => ({
    name,
    schema: { type: 'number', unit: 'count', description: '' },
    state: hourly,
    value: (state, now) => hourly.sum(state as never, series, 24, now),
  })

  test('counts by item attribute and by event name over a day of hours', () => {
    const set = new FeatureSet([
      of('views_1d', 'views'),
      of('acme_1d', 'acme'),
      of('signups_1d', 'signups'),
    ])
    const states = set.empty()
    set.write(featureEvent(NOON - 25 * HOUR, [interactionOf(2)]), states)
    set.write(featureEvent(NOON - 2 * HOUR, [interactionOf(2), interactionOf(3)]), states)
    set.write(featureEvent(NOON, [], 'Signed Up'), states)
    expect(set.values(states, NOON, textOf)).toEqual({ views_1d: 2, acme_1d: 1, signups_1d: 1 })
    expect(set.value('views_1d', states, NOON + DAY, textOf)).toBe(0)
  })

  test('buckets that no window reaches are forgotten, and late events do not bring them back', () => {
    const state = hourly.empty()
    for (let hour = 0; hour < 100; hour++) {
      hourly.write(featureEvent(NOON + hour * HOUR, [interactionOf(1)]), state)
    }
    hourly.write(featureEvent(NOON, [interactionOf(1)]), state)
    expect(hourly.sum(state, 'views', 1_000, NOON + 99 * HOUR)).toBe(24)
    expect(state.triples).toHaveLength(24 * 3)
  })

  test('a state keeps its values when other features are declared around it', () => {
    const old = new FeatureSet([of('views_1d', 'views')])
    const states = old.empty()
    old.write(featureEvent(NOON, [interactionOf(2)]), states)
    const writer = new RowWriter()
    old.encode(states, writer)
    const wider = new FeatureSet([...defaultFeatures, of('views_1d', 'views')])
    const read = wider.decode(new RowReader().open(writer.bytes, 0, writer.at))
    expect(wider.value('views_1d', read, NOON, textOf)).toBe(1)
    expect(wider.value('views_30d', read, NOON, textOf)).toBe(0)
  })

  test('names and state ids that clash are refused', () => {
    expect(() => new FeatureSet([of('a', 'views'), of('a', 'acme')])).toThrow('same name')
    const other = {
      ...of('b', 'views'),
      state: windowedSums('hourly', 'day', 3, []),
    } as FeatureDeclaration
    expect(() => new FeatureSet([of('a', 'views'), other])).toThrow('id hourly')
  })

  test('interest of years ago does not overflow and gives way to new interest', () => {
    const brands = decayedTop('b', { path: 'brand', weights: { view: 1 }, halfLife: DAY, keep: 3 })
    const state = brands.empty()
    for (let day = 0; day < 3_000; day++) {
      brands.write(
        featureEvent(NOON + day * DAY, [interactionOf(day < 2_990 ? 0 : 1 + (day % 3))]),
        state,
      )
    }
    const top = brands.top(state, 9, textOf)
    expect(top).toHaveLength(3)
    expect(top.every(({ weight }) => Number.isFinite(weight))).toBe(true)
    expect(top[0]?.key).toBe('brand 3')
  })
})
