import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../base/index.ts'
import { columnsOf, type Did, groupVisits } from './fit.fixture.ts'
import { eventOrder, withoutOrder } from './eventOrder.ts'
import { type TrainingSet, trainingSet } from './trainingSet.ts'

const visits = groupVisits(60)

function withTimes(timeOf: (did: Did, place: number) => number): TrainingSet {
  const rows = visits.map((did, k) => {
    const { person, item } = did
    return { person, item, time: timeOf(did, k % 10) }
  })
  return trainingSet(columnsOf(rows), 48)
}

describe('times', () => {
  it('that people made are taken for what they are', () => {
    expect(eventOrder(withTimes(({ time }) => time))).toBe('times')
  })

  it('that an import made up tell an order, or nothing', () => {
    expect(eventOrder(withTimes((_, place) => place * MINUTE))).toBe('order')
    expect(eventOrder(withTimes((_, place) => Math.floor(place / 3) * MINUTE))).toBe('order')
    expect(eventOrder(withTimes(() => 7 * MINUTE))).toBe('none')
  })

  it('of real events after an import make it real', () => {
    const set = withTimes(({ time }, place) => (place < 8 ? place * MINUTE : time))
    expect(eventOrder(set)).toBe('times')
  })
})

it('events without an order come in a random one, the same for a seed, with all that belongs to them', () => {
  const rows = visits.map(({ person, item }, k) => ({
    person,
    item,
    time: 0,
    action: k % 7,
    value: item,
  }))
  const set = trainingSet(columnsOf(rows), 48)
  const shuffled = withoutOrder(set, 3)
  expect(shuffled.item).not.toEqual(set.item)
  expect(withoutOrder(set, 3).item).toEqual(shuffled.item)
  expect(withoutOrder(set, 4).item).not.toEqual(shuffled.item)
  const events = ({ item, action, value, start }: TrainingSet, p: number): string[] =>
    Array.from({ length: 10 }, (_, k) => {
      const e = (start[p] ?? 0) + k
      return [item[e], action[e], value[e]].join(' ')
    }).toSorted()
  for (const p of [0, 1, 59]) expect(events(shuffled, p)).toEqual(events(set, p))
})
