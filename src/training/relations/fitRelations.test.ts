import { beforeAll, describe, expect, it } from 'vitest'
import { MINUTE, type Random, randomInt, seededRandom } from '../../base/index.ts'
import { columnsOf, type Did, HOUR } from '../fit/fit.fixture.ts'
import { replayLive } from '../fit/replay.ts'
import { cutSet, type TimeCut } from '../fit/timeCut.ts'
import { TRAINED_ACTIONS } from '../fit/trainedActions.ts'
import { type TrainingSet, trainingSet } from '../fit/trainingSet.ts'
import { LiveModels } from '../liveModels.ts'
import { fitRelations, type FittedRelations, repeatWeights } from './fitRelations.ts'
import { attentionIn, purchasesIn, relationEvents } from './relationEvents.ts'
import { TrainedRelations } from './trainedRelations.ts'

const VIEW = TRAINED_ACTIONS.indexOf('view')
const BUY = TRAINED_ACTIONS.indexOf('buy')
const GROUPS = 10
const GROUP = 60
const ITEMS = GROUPS * GROUP
const CONTEXT = { seed: 3, threads: 1 }

/**
 * People of one taste each, who look at eight of its sixty items over thirty days: too few to have seen most pairs
 * one soon after the other. Each ends with an order of item g and item g + 1 of the group, half of them with a second one.
 */
function visits(people: number, random: Random): Did[] {
  return Array.from({ length: people }, (_, person) => {
    const group = (person % GROUPS) * GROUP
    const begin = randomInt(random, 20 * 24) * HOUR
    const viewed = Array.from({ length: 8 }, (__, k) => ({
      person,
      action: VIEW,
      item: group + randomInt(random, GROUP),
      time: begin + 24 * HOUR * k,
    }))
    const first = group + 2 * randomInt(random, 5)
    const order = (time: number): Did[] =>
      [first, first + 1].map((item, k) => ({ person, action: BUY, item, time: time + k * MINUTE }))
    const end = begin + 9 * 24 * HOUR
    return [...viewed, ...order(end), ...(person % 2 === 0 ? order(end + 24 * HOUR) : [])]
  }).flat()
}

let set: TrainingSet
let cut: TimeCut
let live: LiveModels
let fitted: FittedRelations
let relations: TrainedRelations

beforeAll(async () => {
  set = trainingSet(columnsOf(visits(1_500, seededRandom(4))), ITEMS)
  cut = cutSet(set, 3)
  live = replayLive(set, cut)
  fitted = await fitRelations(set, cut, live, CONTEXT)
  relations = TrainedRelations.decode(fitted.file)
})

describe('trained relations', () => {
  it('are served only where they did no worse than the live counts on people that chose nothing', () => {
    expect(fitted.judged.map(({ relation }) => relation)).toEqual([
      'alsoViewed',
      'next',
      'boughtTogether',
      'leadsToBuy',
    ])
    for (const { relation, weight, gain, live: alone, blend } of fitted.judged) {
      expect(weight > 0).toBe(gain.mean > 0)
      expect(gain.mean).toBeCloseTo(blend - alone, 10)
      expect(relations.rows(relation)?.weight).toBe(weight > 0 ? weight : undefined)
    }
    // Whoever looks at things of a taste buys some of ten of them, which the live counts hold down for being popular.
    const leads = fitted.judged.find(({ relation }) => relation === 'leadsToBuy')
    expect(leads?.gain.mean).toBeGreaterThan(2 * (leads?.gain.standardError ?? 1))
  })

  it('have at most fifty items a row, of the same taste, and never the item itself', () => {
    const rows = relations.rows('leadsToBuy')?.rows
    let own = 0
    let others = 0
    for (let item = 0; item < ITEMS; item++) {
      const row = Array.from({ length: ITEMS }, (_, to) => rows?.score(item, to) ?? 0)
      expect(row[item]).toBe(0)
      const found = row.flatMap((score, to) => (score > 0 ? [to] : []))
      expect(found.length).toBeLessThanOrEqual(50)
      for (const to of found) {
        if (Math.floor(to / GROUP) === Math.floor(item / GROUP)) own++
        else others++
      }
    }
    expect(own).toBeGreaterThan(ITEMS)
    expect(others).toBe(0)
  })

  it('are the same for the same events and seed', async () => {
    expect((await fitRelations(set, cut, live, CONTEXT)).file).toEqual(fitted.file)
  })

  it('are refused when a byte of the file is another, and when the file is cut', () => {
    const changed = fitted.file.slice()
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1
    const words = /relations of a version are damaged/
    expect(() => TrainedRelations.decode(changed)).toThrow(words)
    expect(() => TrainedRelations.decode(fitted.file.subarray(0, -8))).toThrow(words)
    expect(() => TrainedRelations.decode(new Uint8Array(3))).toThrow(words)
  })

  it('leave the live counts alone where hardly anybody can be asked', async () => {
    const few = trainingSet(columnsOf(visits(20, seededRandom(4))), ITEMS)
    const fewCut = cutSet(few, 3)
    const none = await fitRelations(few, fewCut, replayLive(few, fewCut), CONTEXT)
    expect(none.judged).toEqual([])
    expect(TrainedRelations.decode(none.file).rows('alsoViewed')).toBeUndefined()
  })
})

describe('what earlier orders weigh', () => {
  it('is much for what is ordered again and little for what is bought once', () => {
    const rows = Array.from({ length: 40 }, (_, person) => [
      ...[0, 30, 60].map((day) => ({ person, item: 0, action: BUY, time: day * 24 * HOUR })),
      { person, item: 1, action: BUY, time: 3 * HOUR },
      { person, item: 1, action: BUY, time: 3 * HOUR + 1 },
    ]).flat()
    const events = trainingSet(columnsOf(rows), 3)
    const people = Int32Array.from({ length: 40 }, (_, p) => p)
    const shares = repeatWeights(
      relationEvents(
        events,
        people,
        (p) => events.start[p] ?? 0,
        (p) => events.start[p + 1] ?? 0,
      ),
    )
    // Each of 40 people: item 0, then item 1, then item 0 twice: two of the three lines after the first are repeats.
    const scale = (2 * 2) / 3 / 0.5
    expect(shares[0]).toBeCloseTo((scale * (40 + 10 * 0.5)) / 50, 5)
    expect(shares[1]).toBeCloseTo((scale * (0 + 10 * 0.5)) / 50, 5)
    expect(shares[2]).toBeCloseTo(scale * 0.5, 5)
  })
})

describe('events of relations', () => {
  it('tell what was looked at from what was bought, and orders from each other', () => {
    const did = [
      { item: 0, action: VIEW, time: 0 },
      { item: 0, action: BUY, time: MINUTE },
      { item: 1, action: BUY, time: 2 * MINUTE },
      { item: 1, action: BUY, time: 60 * MINUTE },
      { item: 2, action: VIEW, time: 61 * MINUTE },
    ].map(({ item, action, time }) => ({ person: 0, item, action, time }))
    const events = trainingSet(columnsOf(did), 3)
    const found = relationEvents(
      events,
      [0],
      () => 0,
      () => did.length,
    )
    expect([...found.item]).toEqual([0, 1, 1, 2])
    expect([...found.order]).toEqual([0, 0, 1, -1])
    expect([...attentionIn(found).item]).toEqual([0, 2])
    expect([...purchasesIn(found, 'order').start]).toEqual([0, 2, 3])
    expect([...purchasesIn(found, 'person').item]).toEqual([0, 1, 1])
  })
})
