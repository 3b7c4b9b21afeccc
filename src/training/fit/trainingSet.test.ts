import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE } from '../../base/index.ts'
import type { HistoryEntry } from '../../profiles/index.ts'
import { PersonHistory } from '../personHistory.ts'
import { columnsOf, type Did, groupVisits, HOUR } from './fit.fixture.ts'
import { entriesOf } from './replay.ts'
import { cutSet } from './timeCut.ts'
import { TRAINED_ACTIONS } from './trainedActions.ts'
import { historiesOf, somePeople, trainingSet } from './trainingSet.ts'

const did = fc.record({
  person: fc.nat(6),
  item: fc.nat(8),
  action: fc.nat(TRAINED_ACTIONS.length - 1),
  value: fc.constantFrom(1, 2, 5),
  time: fc.nat(40).map((minutes) => minutes * 7 * MINUTE),
})

describe('people that are drawn because there is too much', () => {
  it('have all of their events and no more than there may be', () => {
    const all = trainingSet(columnsOf(groupVisits(60)), 48)
    const some = somePeople(all, 200, 1)
    const [events, whole] = [some.item.length, all.item.length / 60]
    expect([some.people, events <= 200, events > 200 - whole]).toEqual([events / whole, true, true])
    const rowsOf = (set: typeof all) =>
      Array.from({ length: set.people }, (_, p) => {
        const [from, to] = [set.start[p], set.start[p + 1]]
        const columns = [set.item, set.action, set.value, set.time]
        return columns.map((column) => column.subarray(from, to).join()).join(';')
      })
    const known = rowsOf(all)
    const places = rowsOf(some).map((row) => known.indexOf(row))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(somePeople(all, 200, 2).item).not.toEqual(some.item)
    expect(somePeople(all, 600, 1)).toBe(all)
    expect(somePeople(all, 1, 1).people).toBe(1)
  })
})

describe('what is trained on', () => {
  it('is sorted by person and time, a function of the set of events', () => {
    fc.assert(
      fc.property(fc.array(did, { maxLength: 60 }), fc.nat(), (rows, seed) => {
        const shuffled = rows.toSorted(
          (a, b) => ((a.time * 7 + seed) % 13) - ((b.time * 7 + seed) % 13),
        )
        const people = columnsOf(rows).people
        const sets = [rows, shuffled].map((some) => trainingSet({ ...columnsOf(some), people }, 9))
        const [set, other] = sets
        expect(set?.item).toEqual(other?.item)
        expect(set?.time).toEqual(other?.time)
        const byPerson = Map.groupBy(rows, ({ person }) => person)
        for (let p = 0; p < people; p++) {
          const own = byPerson.get(p)?.toSorted((a, b) => a.time - b.time || a.item - b.item) ?? []
          const [from, to] = [set?.start[p], set?.start[p + 1]]
          expect([...(set?.item.subarray(from, to) ?? [])]).toEqual(own.map(({ item }) => item))
        }
      }),
    )
  })

  it('is what a profile tells of the same events: training and serving see a person alike', () => {
    fc.assert(
      fc.property(fc.array(did, { minLength: 1, maxLength: 60 }), (rows) => {
        const own = rows.map((row) => ({ ...row, person: 0 }))
        const set = trainingSet(columnsOf(own), 9)
        const { item, weight, basket, time } = historiesOf(set)
        const remembered = entriesOf(set, 0, own.length)
        const ignored: HistoryEntry = { item: 3, action: 'impression', time: 0, value: 1 }
        const told = new PersonHistory().read([
          ignored,
          ...remembered,
          { ...ignored, action: 'skip' },
        ])
        expect(told).toEqual({ item, weight, basket, time })
      }),
    )
  })

  it('counts a look, a click and a purchase of the same item in a row as one strong event', () => {
    const [view, click, buy] = [0, 1, TRAINED_ACTIONS.indexOf('buy')]
    const at = (action: number, item: number, minutes: number): Did => ({
      person: 0,
      item,
      action,
      time: minutes * MINUTE,
    })
    const rows = [at(view, 4, 0), at(click, 4, 1), at(buy, 4, 9), at(view, 2, 10), at(view, 4, 60)]
    const { item, weight, basket, time } = historiesOf(trainingSet(columnsOf(rows), 5))
    expect([...item]).toEqual([4, 2, 4])
    for (const [k, counts] of [5, 1, 1].entries()) expect(weight?.[k]).toBeCloseTo(counts, 2)
    expect([...(basket ?? [])]).toEqual([0, 0, 1])
    expect(time?.[0]).toBeCloseTo((9 * MINUTE) / DAY)
  })

  it('lets what was done long before the newest thing count less, by half in 180 days', () => {
    const days = [0, 180, 270, 360]
    const rows = days.map((day, k) => ({ person: 0, item: k, action: 0, time: day * DAY }))
    const late = rows.map((row) => ({ ...row, person: 1, time: row.time + 5 * 360 * DAY }))
    const { weight } = historiesOf(trainingSet(columnsOf([...rows, ...late]), 5))
    const wanted = [0.25, 0.5, Math.SQRT1_2, 1]
    for (const [k, counts] of [...wanted, ...wanted].entries()) {
      expect(weight?.[k]).toBeCloseTo(counts, 6)
    }
  })

  it('keeps the newest 500 events of a person, and leaves out items beyond the catalogue', () => {
    const rows = Array.from({ length: 700 }, (_, k) => ({ person: 0, item: k % 10, time: k }))
    const { item, time } = historiesOf(trainingSet(columnsOf(rows), 9))
    expect([item.length, time?.at(-1)]).toEqual([500, 698 / DAY])
    expect(item.includes(9)).toBe(false)
  })
})

describe('a cut', () => {
  const set = trainingSet(columnsOf(groupVisits(4_000)), 48)
  const cut = cutSet(set, 3)

  it('shows models nothing of the newest tenth', () => {
    const { time = 0 } = cut
    const after = set.time.filter((when) => when >= time).length
    expect(after / set.time.length).toBeCloseTo(0.1, 1)
    expect(cut.histories.time?.every((days) => days * DAY < time)).toBe(true)
  })

  const personAt = (e: number): number => set.start.findLastIndex((first) => first <= e)

  it('asks about what was new to the person and came after, nobody in both halves', () => {
    const halves = [cut.learning, cut.judging]
    const people = halves.map(({ first }) => new Set([...first].map((e) => personAt(e))))
    expect(people.map(({ size }) => size)).toEqual(halves.map((half) => half.people))
    expect(people[0]?.intersection(people[1] ?? new Set()).size).toBe(0)
    expect(cut.learning.people + cut.judging.people).toBeGreaterThan(300)
    for (const { questions, first, last } of halves) {
      for (let q = 0; q < questions.count; q++) {
        const known = set.item.subarray(first[q], last[q])
        const { start, item } = questions.relevant
        const right = item.subarray(start[q], start[q + 1])
        expect(right.length).toBeGreaterThan(0)
        expect(right.some((i) => known.includes(i))).toBe(false)
        expect(set.item.subarray(last[q], (last[q] ?? 0) + 10)).toEqual(
          expect.objectContaining({ 0: right[0] }),
        )
      }
    }
  })

  it('asks few people again at later visits, never for what they know by then', () => {
    const twice = groupVisits(600).flatMap((one) => [one, { ...one, time: one.time + 30 * HOUR }])
    const again = trainingSet(columnsOf(twice), 48)
    const { questions, people, who, first, last } = cutSet(again, 3).judging
    expect([people, who.at(-1)]).toEqual([people, people - 1])
    expect(questions.count).toBeGreaterThan(1.5 * people)
    for (let q = 0; q < questions.count; q++) {
      const known = again.item.subarray(first[q], last[q])
      const { start, item } = questions.relevant
      expect(item.subarray(start[q], start[q + 1]).some((i) => known.includes(i))).toBe(false)
      if (q === 0 || who[q] !== who[q - 1]) continue
      const [before = 0, begin = 0] = [again.time[(last[q] ?? 0) - 1], again.time[last[q] ?? 0]]
      expect(begin - before).toBeGreaterThan(30 * MINUTE)
    }
  })

  it('hides the newest of each person where a cut in time asks too few', () => {
    const small = cutSet(trainingSet(columnsOf(groupVisits(60)), 48), 3)
    expect(small.time).toBeUndefined()
    expect(small.learning.people + small.judging.people).toBe(60)
    expect(small.histories.item.length).toBe(60 * 9)
  })

  it('can be made later, for a model that has seen more', () => {
    const time = (cut.time ?? 0) + 3 * DAY
    expect(cutSet(set, 3, time).time).toBe(time)
  })
})
