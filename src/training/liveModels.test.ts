import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Action, ACTIONS } from '../events/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import { LiveModels, RELATIONS } from './liveModels.ts'
import type { ObservedInteraction } from './observation.ts'

const MINUTE = 60_000

/** People whose events are observed one after another, each with an own history. */
class Crowd {
  readonly models = new LiveModels()
  readonly #histories = new Map<string, HistoryEntry[]>()
  #time = 1_700_000_000_000

  history(person: string): HistoryEntry[] {
    const known = this.#histories.get(person)
    if (known !== undefined) return known
    const fresh: HistoryEntry[] = []
    this.#histories.set(person, fresh)
    return fresh
  }

  did(person: string, action: Action, items: readonly number[], order?: string, value = 1): void {
    this.#time += MINUTE
    const time = this.#time
    const interactions = items.map((item) => ({ item, action, time, value, order }))
    this.models.observe(interactions, this.history(person))
    this.history(person).push(...items.map((item) => ({ item, action, time, value })))
  }

  wait(ms: number): void {
    this.#time += ms
  }
}

describe('LiveModels: what an event teaches', () => {
  it('recommends from the block that a person is in', () => {
    const crowd = new Crowd()
    for (let person = 0; person < 40; person++) {
      const block = (person % 4) * 10
      for (let k = 0; k < 12; k++)
        crowd.did(`p${person}`, 'view', [block + ((person + k * 3) % 10)])
    }
    for (let block = 0; block < 4; block++) {
      crowd.did(`new${block}`, 'view', [block * 10 + 4])
      const { items, because } = crowd.models.forYou(crowd.history(`new${block}`), 5)
      expect(items).toHaveLength(5)
      expect(
        [...items].every((item) => Math.floor(item / 10) === block && item !== block * 10 + 4),
      ).toBe(true)
      expect(because.every(({ strongest }) => strongest[0]?.item === block * 10 + 4)).toBe(true)
    }
  })

  it('the next event changes the next list', () => {
    const crowd = new Crowd()
    for (let person = 0; person < 10; person++) {
      crowd.did(`a${person}`, 'view', [1])
      crowd.did(`a${person}`, 'view', [2])
      crowd.did(`b${person}`, 'view', [11])
      crowd.did(`b${person}`, 'view', [12])
    }
    crowd.did('me', 'view', [1])
    expect(crowd.models.forYou(crowd.history('me'), 1).items[0]).toBe(2)
    crowd.did('me', 'view', [11])
    expect(crowd.models.forYou(crowd.history('me'), 1).items[0]).toBe(12)
  })

  it('next is directed, viewed-also-viewed is not', () => {
    const crowd = new Crowd()
    crowd.did('me', 'view', [1])
    crowd.did('me', 'view', [2])
    const { models } = crowd
    expect([...models.similar('next', 1, 5).items]).toEqual([2])
    expect([...models.similar('next', 2, 5).items]).toEqual([])
    expect([...models.similar('alsoViewed', 2, 5).items]).toEqual([1])
    expect([...models.similar('alsoViewed', 1, 5).items]).toEqual([2])
  })

  it('weighs a step back by 0.8 per item in between, over ten items', () => {
    const crowd = new Crowd()
    for (let item = 0; item <= 12; item++) crowd.did('me', 'view', [item])
    const next = crowd.models.relation('next')
    expect(next.pair(11, 12).count).toBeCloseTo(1, 6)
    expect(next.pair(9, 12).count).toBeCloseTo(0.8 ** 2, 6)
    expect(next.pair(2, 12).count).toBeCloseTo(0.8 ** 9, 6)
    expect(next.pair(1, 12).count).toBe(0)
  })

  it('a reload, or a click after a view, is no second step', () => {
    const crowd = new Crowd()
    crowd.did('me', 'view', [1])
    crowd.did('me', 'view', [2])
    crowd.did('me', 'click', [2])
    crowd.did('me', 'cart', [2])
    expect(crowd.models.relation('next').pair(1, 2).count).toBe(1)
    expect(crowd.models.popular(1).items[0]).toBe(2)
  })

  it('ratings teach what views teach, by their value', () => {
    const crowd = new Crowd()
    crowd.did('me', 'rate', [1], undefined, 5)
    crowd.did('me', 'rate', [2], undefined, 5)
    crowd.did('me', 'rate', [3], undefined, 1)
    const next = crowd.models.relation('next')
    expect(next.pair(1, 2).count).toBe(1)
    expect(next.pair(2, 3).count).toBe(0.5)
  })

  it('impressions, skips and unknown events teach nothing', () => {
    const crowd = new Crowd()
    for (const action of ['impression', 'skip', 'other', 'uncart'] as const) {
      crowd.did('me', action, [1, 2])
    }
    expect(crowd.models.observed).toBe(0)
    expect(crowd.models.takeJournal()).toBeUndefined()
  })
})

describe('LiveModels: what belongs to one order', () => {
  const together = (crowd: Crowd, a: number, b: number): number =>
    crowd.models.relation('boughtTogether').pair(a, b).count

  it('the lines of one event', () => {
    const crowd = new Crowd()
    crowd.did('me', 'buy', [1, 2, 3], 'o1')
    const weight = Math.fround(1 / Math.sqrt(2))
    for (const [a, b] of [
      [1, 2],
      [2, 1],
      [1, 3],
      [3, 2],
    ] as const) {
      expect(together(crowd, a, b)).toBeCloseTo(weight, 6)
    }
  })

  it('lines with the same order id in events far apart, but not those of another order', () => {
    const crowd = new Crowd()
    crowd.did('me', 'buy', [1], 'o1')
    crowd.wait(90 * MINUTE)
    crowd.did('me', 'buy', [2], 'o2')
    crowd.did('me', 'buy', [3], 'o1')
    expect(together(crowd, 1, 3)).toBe(1)
    expect(together(crowd, 1, 2)).toBe(0)
    expect(together(crowd, 2, 3)).toBe(0)
  })

  it('purchases without an order id, when they lie close', () => {
    const crowd = new Crowd()
    crowd.did('me', 'buy', [1])
    crowd.did('me', 'buy', [2])
    crowd.wait(11 * MINUTE)
    crowd.did('me', 'buy', [3])
    crowd.did('you', 'buy', [4])
    expect(together(crowd, 1, 2)).toBe(1)
    expect(together(crowd, 2, 3)).toBe(0)
    expect(together(crowd, 3, 4)).toBe(0)
  })

  it('an item is not bought together with itself, and a repeated line adds nothing', () => {
    const crowd = new Crowd()
    crowd.did('me', 'buy', [1, 2, 2, 1], 'o1')
    expect(together(crowd, 1, 1)).toBe(0)
    expect(together(crowd, 1, 2)).toBeCloseTo(1 / Math.sqrt(3), 6)
  })

  it('what was viewed leads to the purchase; the rest of the order does not', () => {
    const crowd = new Crowd()
    crowd.did('me', 'view', [9])
    crowd.did('me', 'buy', [1], 'o1')
    crowd.did('me', 'buy', [2], 'o1')
    const leads = crowd.models.relation('leadsToBuy')
    expect(leads.pair(9, 2).count).toBe(1)
    expect(leads.pair(1, 2).count).toBe(0)
    crowd.did('me', 'buy', [3], 'o2')
    expect(leads.pair(2, 3).count).toBe(1)
  })
})

const interaction = fc.record({
  person: fc.integer({ min: 0, max: 3 }),
  item: fc.integer({ min: 0, max: 40 }),
  action: fc.constantFrom<Action>(...ACTIONS, 'rate', 'rate', 'buy'),
  time: fc.integer({ min: 0, max: 10_000_000 }),
  value: fc.double({ min: 0, max: 6, noNaN: true }),
  order: fc.constantFrom(undefined, 'o1', 'o2', 'o3'),
})
type Told = ObservedInteraction & { readonly person: number }

function tell(models: LiveModels, told: readonly Told[]): void {
  const histories = new Map<number, HistoryEntry[]>()
  for (const one of told) {
    const history = histories.get(one.person) ?? []
    histories.set(one.person, history)
    models.observe([one], history)
    history.push(one)
  }
}

function same(a: LiveModels, b: LiveModels): boolean {
  return Buffer.compare(a.snapshot(), b.snapshot()) === 0
}

describe('LiveModels: snapshot and journal', () => {
  it('a snapshot and the journal since then are the live state, bit by bit', () => {
    fc.assert(
      fc.property(
        fc.array(interaction, { minLength: 40, maxLength: 80 }),
        fc.nat(30),
        (told, cut) => {
          const live = new LiveModels()
          tell(live, told.slice(0, cut))
          live.takeJournal()
          const snapshot = live.snapshot()
          tell(live, told.slice(cut, cut + 20))
          const first = live.takeJournal()
          tell(live, told.slice(cut + 20))
          const second = live.takeJournal()
          const copy = LiveModels.restore(snapshot)
          for (const journal of [first, second])
            if (journal !== undefined) copy.applyJournal(journal)
          expect(same(copy, live)).toBe(true)
        },
      ),
      { numRuns: 15, endOnFailure: true },
    )
  })

  it('a snapshot taken in steps shows the moment at which it began, whatever came between', () => {
    const crowd = new Crowd()
    for (let k = 0; k < 300; k++) crowd.did(`p${k % 5}`, 'view', [(k * 7) % 61])
    const { models } = crowd
    models.takeJournal()
    const before = models.snapshot()
    const job = models.beginSnapshot(8)
    const unfinished = job.step(1)
    for (let k = 0; k < 300; k++) {
      crowd.did(`p${k % 5}`, 'buy', [(k * 11) % 97], `o${k >> 2}`)
      crowd.did(`p${k % 5}`, 'view', [(k * 13) % 61])
    }
    let bytes = unfinished
    while (bytes === undefined) bytes = job.step(1)
    expect(Buffer.compare(bytes.subarray(8), before)).toBe(0)
    const copy = LiveModels.restore(bytes.subarray(8))
    copy.applyJournal(models.takeJournal() ?? new Uint8Array())
    expect(same(copy, models)).toBe(true)
  })

  it('hands out each part of the journal once', () => {
    const crowd = new Crowd()
    crowd.did('me', 'view', [1])
    expect(crowd.models.takeJournal()).toBeDefined()
    expect(crowd.models.takeJournal()).toBeUndefined()
  })

  it('starts empty without a snapshot', () => {
    const models = LiveModels.restore(undefined)
    expect([
      models.observed,
      models.popular(5).items.length,
      models.trending(5).items.length,
    ]).toEqual([0, 0, 0])
    expect(models.forYou([], 5).items).toHaveLength(0)
    for (const name of RELATIONS) expect(models.similar(name, 12, 5).items).toHaveLength(0)
  })

  it('refuses a snapshot that was damaged anywhere', () => {
    const crowd = new Crowd()
    crowd.did('me', 'view', [1])
    crowd.did('me', 'view', [2])
    const snapshot = crowd.models.snapshot()
    for (const at of [0, 5, 9, 13, 40, snapshot.length - 1]) {
      const damaged = Uint8Array.from(snapshot)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      expect(() => LiveModels.restore(damaged)).toThrow(/TRAINING|snapshot|checksum|format/)
    }
    expect(() => LiveModels.restore(snapshot.subarray(0, snapshot.length - 8))).toThrow(/checksum/)
    expect(() => LiveModels.restore(new Uint8Array(3))).toThrow(/not a snapshot/)
  })

  it('refuses a torn journal', () => {
    const crowd = new Crowd()
    crowd.did('me', 'view', [1])
    const journal = crowd.models.takeJournal() ?? new Uint8Array()
    expect(() => new LiveModels().applyJournal(journal.subarray(0, journal.length - 1))).toThrow(
      /torn/,
    )
    expect(() => new LiveModels().applyJournal(Uint8Array.of(9, 0, 0, 0))).toThrow(/format/)
  })
})

describe('LiveModels: for you', () => {
  it('explains every score by history items whose parts add up to it', () => {
    fc.assert(
      fc.property(fc.array(interaction, { minLength: 10, maxLength: 80 }), (told) => {
        const models = new LiveModels()
        const kept = told.filter(({ action }) => action !== 'skip')
        tell(models, kept)
        const history = kept.filter(({ person }) => person === 0)
        const { scores, because } = models.forYou(history, 10)
        for (const [k, { total, strongest }] of because.entries()) {
          expect(total).toBeCloseTo(scores[k] ?? 0, 4)
          const named = strongest.reduce((sum, { score }) => sum + score, 0)
          expect(named).toBeLessThanOrEqual(total + 1e-9)
          if (strongest.length < 3) expect(named).toBeCloseTo(total, 9)
          const known = strongest.every(({ item }) => history.some((entry) => entry.item === item))
          expect(known).toBe(true)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('what the person skipped takes away from its neighbours', () => {
    const crowd = new Crowd()
    for (let k = 0; k < 5; k++) {
      crowd.did(`a${k}`, 'view', [1])
      crowd.did(`a${k}`, 'view', [3])
      crowd.did(`b${k}`, 'view', [2])
      crowd.did(`b${k}`, 'view', [4])
    }
    crowd.did('me', 'view', [1])
    crowd.did('me', 'view', [2])
    crowd.did('me', 'skip', [2])
    expect([...crowd.models.forYou(crowd.history('me'), 5).items]).toEqual([3])
  })
})

it('popularity fades with a half-life of 30 days, and purchases have a ranking of their own', () => {
  const crowd = new Crowd()
  for (let k = 0; k < 10; k++) crowd.did('me', 'view', [1])
  crowd.did('me', 'buy', [3], 'o1')
  crowd.wait(60 * 1_440 * MINUTE)
  for (let k = 0; k < 4; k++) crowd.did('you', 'view', [2])
  const { items, scores } = crowd.models.popular(5)
  expect([...items]).toEqual([2, 1, 3])
  expect(scores[1]).toBeCloseTo(2.5, 2)
  expect([...crowd.models.popular(5, 'buy').items]).toEqual([3])
  expect(crowd.models.trending(1).items[0]).toBe(2)
})
