import { describe, expect, test } from 'vitest'
import { historiesOf } from '../../contract.ts'
import type { Histories, History } from '../../histories.ts'
import type { TrainingData } from '../../recommender.ts'
import { SectionReader } from '../../savedState.ts'
import { attributeColumns } from './attributeColumns.ts'
import type { ColumnGroup, ColumnGroupKind } from './columnGroup.ts'
import { COLUMN_GROUPS } from './columnGroups.ts'
import { numberColumns } from './numberColumns.ts'
import { timeColumns } from './timeColumns.ts'
import { traitColumns } from './traitColumns.ts'

function learnt(kind: ColumnGroupKind, data: TrainingData): ColumnGroup {
  const group = kind.learn(data)
  if (group === undefined) throw new Error(`expected columns of ${kind.name}`)
  return group
}

/** What a group says of an item for a history, by column. */
function told(group: ColumnGroup, history: History, item: number): Record<string, number> {
  const out = new Float32Array(group.columns.length)
  group.read(history)
  group.write(item, out, 0)
  return Object.fromEntries(group.columns.map((column, c) => [column, out[c] as number]))
}

const historyWith = (...items: readonly number[]): History => ({ item: Int32Array.from(items) })

/** Item i of 6 has colour i % 2 and maker i; item 6 has neither. */
const attributes = {
  values: 8,
  start: Uint32Array.of(0, 2, 4, 6, 8, 10, 12, 12),
  index: Int32Array.of(0, 2, 1, 3, 0, 4, 1, 5, 0, 6, 1, 7),
}
const evenly = historiesOf(7, [
  [0, 1, 2, 3, 4, 5],
  [0, 1, 2, 3, 4, 5],
])

describe('attributes', () => {
  const group = learnt(attributeColumns, { histories: evenly, attributes })

  test('speak for what the person had more often than others', () => {
    const liking = told(group, historyWith(0, 2, 4), 2)
    // Three of three events have the colour, which half of all have: (3 / .5 + 2) / (3 + 2).
    expect(liking['attributes: best taste']).toBeCloseTo(Math.log((1 / (1 / 6) + 2) / 5), 5)
    expect(liking['attributes: least taste']).toBeCloseTo(Math.log((3 / 0.5 + 2) / 5), 5)
    const other = told(group, historyWith(0, 2, 4), 1)
    expect(other['attributes: best taste']).toBeCloseTo(Math.log(2 / 5), 5)
  })

  test('know the newest event, or basket, from the rest', () => {
    const shared = told(group, historyWith(1, 0), 2)
    const rarity = Math.log(7 / 3)
    expect(shared['attributes: rarest shared with the newest']).toBeCloseTo(rarity, 5)
    expect(shared['attributes: shared with the newest']).toBeCloseTo(
      rarity / (rarity + Math.log(7)),
      5,
    )
    expect(told(group, historyWith(0, 1), 2)['attributes: shared with the newest']).toBe(0)
    const basket = { ...historyWith(0, 1), basket: Int32Array.of(4, 4) }
    expect(told(group, basket, 2)['attributes: shared with the newest']).toBeGreaterThan(0)
  })

  test('are not known of an item without any, and nothing of the person before is left', () => {
    const before = told(group, historyWith(3), 1)
    for (const value of Object.values(told(group, historyWith(0, 2), 6))) expect(value).toBeNaN()
    expect(told(group, historyWith(3), 1)).toEqual(before)
    expect(told(group, historyWith(99), 1)['attributes: had of late']).toBe(0)
  })
})

test('numbers are places among all items, against the usual and the last', () => {
  const numbers = { names: ['price'], values: Float32Array.of(1, 2, 2, 4, Number.NaN, 1_000, 3) }
  const group = learnt(numberColumns, { histories: evenly, numbers })
  const dear = told(group, historyWith(0, 3), 5)
  expect(dear['price']).toBeCloseTo(5.5 / 6, 6)
  expect(dear['price: above the usual']).toBeCloseTo(5.5 / 6 - (0.5 + 4.5) / 12, 6)
  expect(dear['price: off the last']).toBeCloseTo(1 / 6, 6)
  expect(told(group, historyWith(0), 1)['price']).toBe(told(group, historyWith(0), 2)['price'])
  expect(told(group, historyWith(0), 4)['price']).toBeNaN()
  expect(told(group, historyWith(4), 0)['price: above the usual']).toBeNaN()
})

describe('traits', () => {
  /** 60 people: the even ones are of trait 0 and had item 0, the others of trait 1 and had item 1; all had item 2. */
  const people = Array.from({ length: 60 }, (_, p) => p)
  const histories: Histories = {
    ...historiesOf(
      3,
      people.map((p) => [p % 2, 2]),
    ),
    traits: {
      values: 3,
      start: Uint32Array.from({ length: 61 }, (_, p) => p),
      index: Int32Array.from(people, (p) => p % 2),
    },
  }
  const group = learnt(traitColumns, { histories })
  const asking = (...traits: readonly number[]): History => ({
    ...historyWith(),
    traits: Int32Array.from(traits),
  })

  test('speak for what people alike had more often than others', () => {
    expect(told(group, asking(0), 0)['traits: mean lift']).toBeCloseTo(Math.log(32 / 17), 5)
    expect(told(group, asking(0), 1)['traits: mean lift']).toBeCloseTo(Math.log(2 / 17), 5)
    expect(told(group, asking(0), 2)['traits: mean lift']).toBeCloseTo(0, 5)
    expect(told(group, asking(0, 1), 0)['traits: best lift']).toBeCloseTo(Math.log(32 / 17), 5)
    expect(told(group, asking(0, 1), 0)['traits: least lift']).toBeCloseTo(Math.log(2 / 17), 5)
  })

  test('of few people, unknown ones and none say nothing', () => {
    for (const history of [asking(2), asking(7), asking(), historyWith()]) {
      expect(told(group, history, 0)['traits: mean lift']).toBeNaN()
    }
  })
})

describe('times', () => {
  /** Item 0 is had in the morning of day 7 n, item 1 in the evening of day 7 n + 3. */
  const lists = Array.from({ length: 40 }, () => [0, 1])
  const base = historiesOf(2, lists)
  const time = Float64Array.from(base.item, (i, e) => 7 * (e >> 1) + (i === 0 ? 0.3 : 3.8))
  const group = learnt(timeColumns, { histories: { ...base, time } })
  const at = (now: number): History => ({ ...historyWith(0), time: Float64Array.of(700.1), now })

  test('speak for what is done at this hour and on this weekday', () => {
    const morning = told(group, at(707.35), 0)
    expect(morning['time: hour lift']).toBeCloseTo(Math.log(45 / 25), 5)
    expect(morning['time: weekday lift']).toBeCloseTo(Math.log(45 / 25), 5)
    expect(morning['time: days since the last event']).toBeCloseTo(7.25, 3)
    expect(told(group, at(707.35), 1)['time: hour lift']).toBeCloseTo(Math.log(5 / 25), 5)
    expect(told(group, at(710.8), 1)['time: weekday lift']).toBeCloseTo(Math.log(45 / 25), 5)
  })

  test('are not known of a question without one', () => {
    for (const value of Object.values(told(group, historyWith(0), 0))) expect(value).toBeNaN()
  })
})

test('every group is off where there is nothing for it, and says the same after saving and loading', () => {
  const traits = { values: 1, start: Uint32Array.of(0, 1, 1), index: Int32Array.of(0) }
  const data: TrainingData = {
    histories: { ...evenly, traits },
    attributes,
    numbers: { names: ['price', 'year'], values: Float32Array.from({ length: 14 }, (_, k) => k) },
  }
  const { time: _, ...histories } = evenly
  const history = { ...historyWith(0, 3), traits: Int32Array.of(0), now: 9.5 }
  for (const kind of COLUMN_GROUPS) {
    expect(kind.learn({ histories }), kind.name).toBeUndefined()
    const group = learnt(kind, data)
    const bytes = group.save().map((section) => section.bytes.slice())
    const loaded = kind.load(new SectionReader(bytes))
    expect(loaded.columns).toEqual(group.columns)
    for (const item of [0, 2, 6]) {
      expect(told(loaded, history, item)).toEqual(told(group, history, item))
    }
  }
})
