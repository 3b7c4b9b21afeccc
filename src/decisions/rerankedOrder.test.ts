import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../base/index.ts'
import { parsePlacement } from './placement.ts'
import { NOW, openScratchState, Shop, type Visitor } from './testing/shop.ts'

let scratch: Awaited<ReturnType<typeof openScratchState>>
let shop: Shop

beforeAll(async () => {
  scratch = await openScratchState()
})
beforeEach(async () => {
  shop = await Shop.open(scratch.state)
})
afterAll(() => scratch.remove())

const shelfOf = (id: string): number => Math.floor(Number(id.slice(1)) / 10)
/** All of the first shelf, then two of each other one. */
const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 30, 31].map((n) => `p${n}`)
/** All items, those of the first shelf before the others. */
const SHELVES = Array.from({ length: 40 }, (_, n) => `p${n}`)
const document = { id: 'shelf', n: 4, candidates: [{ source: 'list', items }] }

/** Values that pairs of items share: shelf, sort and brand of the shop. */
function likeness(ids: readonly string[]): number {
  const values = ids.map((id) => {
    const n = Number(id.slice(1))
    return [`shelf ${shelfOf(id)}`, `sort ${n % 3}`, `brand ${n % 5}`]
  })
  const shared = values.flatMap((one, k) =>
    values.slice(k + 1).map((other) => one.filter((value) => other.includes(value)).length),
  )
  return shared.reduce((sum, count) => sum + count, 0)
}

function put(slate: JsonObject | undefined, more: JsonObject = {}): void {
  shop.placements.put({ ...document, ...more, ...(slate && { slate }) }, NOW)
}

describe.each(['mmr', 'dpp'])('a slot with diversity by %s', (method) => {
  it('shows items that are less alike the greater the strength, and with 0 the order of the scores', () => {
    put(undefined)
    const plain = shop.ids('shelf')
    expect(plain).toEqual(['p0', 'p1', 'p2', 'p3'])
    const alike = [0, 0.5, 1].map((strength) => {
      put({ diversity: { method, strength } })
      const ids = shop.ids('shelf')
      if (strength === 0) expect(ids).toEqual(plain)
      expect(ids[0]).toBe('p0')
      return likeness(ids)
    })
    expect(alike).toEqual(alike.toSorted((x, y) => y - x))
    expect(alike[2]).toBeLessThan(alike[0] ?? 0)
  })

  it('keeps to filters, caps, pinned items and what was asked not to be shown', () => {
    put(
      { diversity: { method, strength: 0.6 } },
      {
        filter: { 'item.price': { $lt: 30 } },
        caps: [{ by: 'brand', max: 1 }],
        pinned: [{ item: 'p35', position: 2 }],
      },
    )
    const ids = shop.ids('shelf', { exclude: ['p10'] })
    expect(ids).toHaveLength(4)
    expect(ids[1]).toBe('p35')
    expect(ids).not.toContain('p10')
    expect(ids.filter((id) => shelfOf(id) === 3)).toEqual(['p35'])
    expect(new Set(ids.map((id) => Number(id.slice(1)) % 5)).size).toBe(4)
  })

  it('what is turned away does not push away what is like it', () => {
    put({ diversity: { method, strength: 0.5 } }, { n: 1, filter: { 'item.price': { $gt: 0 } } })
    expect(shop.ids('shelf')).toEqual(['p1'])
  })

  it('compares the attributes that are named, and leaves the order when there are none', () => {
    put({ diversity: { method, strength: 1, by: ['attributes.size'] } }, { n: 2 })
    // p0 is S, p1 is L.
    expect(shop.ids('shelf')).toEqual(['p0', 'p1'])
    put({ diversity: { method, strength: 1, by: ['brand'] } })
    expect(shop.ids('shelf')).toEqual(['p0', 'p1', 'p2', 'p3'])
    put({ diversity: { method, strength: 1, by: ['attributes.colour'] } })
    expect(shop.ids('shelf')).toEqual(['p0', 'p1', 'p2', 'p3'])
  })

  it('leaves each item its score and reasons, and fills up when candidates run out', () => {
    put({ diversity: { method, strength: 0.9 } }, { n: 20 })
    const { placements } = shop.decide({ placements: ['shelf'] })
    const { items: shown, fallback } = placements['shelf'] ?? { items: [], fallback: null }
    expect(shown).toHaveLength(20)
    expect(fallback).not.toBeNull()
    const listed = shown.slice(0, 16)
    expect(listed.map(({ id }) => id).toSorted()).toEqual(items.toSorted())
    expect(listed.find(({ id }) => id === 'p1')?.score).toBeCloseTo(10 / 11, 5)
    expect(listed.every(({ reasons }) => reasons.length > 0)).toBe(true)
  })
})

/** Half of what was bought is of shelf 0, a quarter each of the shelves 2 and 3. */
function buyer(): Visitor {
  const person = shop.visitor()
  for (const id of ['p4', 'p5', 'p24', 'p34']) shop.did(person, 'buy', [id])
  return person
}

describe('a calibrated slot', () => {
  const wide = { candidates: [{ source: 'list', items: SHELVES }], n: 8 }
  const shares = (ids: readonly string[]): readonly number[] =>
    [0, 1, 2, 3].map((shelf) => ids.filter((id) => shelfOf(id) === shelf).length)

  it('has the shares of what the person did, the more the greater the strength', () => {
    put(undefined, wide)
    expect(shares(shop.ids('shelf', {}, buyer()))).toEqual([8, 0, 0, 0])
    const missing = [0, 0.3, 0.7].map((strength) => {
      put({ calibration: { by: 'categories', strength } }, wide)
      const [first = 0, second = 0, third = 0, fourth = 0] = shares(shop.ids('shelf', {}, buyer()))
      return Math.abs(first - 4) + second + Math.abs(third - 2) + Math.abs(fourth - 2)
    })
    expect(missing).toEqual(missing.toSorted((x, y) => y - x))
    expect(missing[0]).toBe(8)
    expect(missing[2]).toBeLessThanOrEqual(2)
  })

  it('stands in the order of the scores', () => {
    put({ calibration: { by: 'categories', strength: 0.7 } }, wide)
    const { placements } = shop.decide({ placements: ['shelf'] }, buyer())
    const scores = placements['shelf']?.items.map(({ score }) => score) ?? []
    expect(scores).toEqual(scores.toSorted((x, y) => y - x))
    expect(scores).toHaveLength(8)
  })

  it('is the order of the scores for somebody unknown, and by an attribute that no item has', () => {
    put({ calibration: { by: 'categories', strength: 1 } }, wide)
    expect(shares(shop.ids('shelf'))).toEqual([8, 0, 0, 0])
    put({ calibration: { by: 'attributes.colour', strength: 1 } }, wide)
    expect(shares(shop.ids('shelf', {}, buyer()))).toEqual([8, 0, 0, 0])
  })
})

describe('a slot with places for new items', () => {
  /** The shop's items are as old as 100 seconds and less; p39 came last. */
  const fresh = new Set(['p37', 'p38', 'p39'])

  it('shows at least that share of them, at places that change, with a reason', () => {
    put({ newItems: { share: 0.25, within: '64s' } }, { n: 8 })
    const { placements } = shop.decide({ placements: ['shelf'] }, buyer())
    const shown = placements['shelf']?.items ?? []
    const isFresh = (id: string): boolean => fresh.has(id)
    expect(shown.filter(({ id }) => isFresh(id))).toHaveLength(2)
    const first = shown.find(({ id }) => isFresh(id))
    expect(first?.reasons[0]).toMatchObject({ type: 'new', share: 1 })
    expect(shown.filter(({ id }) => !isFresh(id)).map(({ id }) => id)).toEqual(items.slice(0, 6))
    const places = ['a', 'b', 'c', 'd', 'e', 'f'].map((decisionId) => {
      shop.decisionId = decisionId
      return shop.ids('shelf', {}, buyer()).findIndex(isFresh)
    })
    expect(new Set(places).size).toBeGreaterThan(1)
  })

  it('shows the newest ones to somebody unknown, and nothing else when there are none', () => {
    put({ newItems: { share: 0.5, within: '62s' } })
    expect(shop.ids('shelf').filter((id) => id === 'p39')).toHaveLength(1)
    put({ newItems: { share: 0.5, within: '1s' } })
    expect(shop.ids('shelf')).toEqual(['p0', 'p1', 'p2', 'p3'])
  })

  it('keeps to filters', () => {
    put({ newItems: { share: 0.5, within: '1h' } }, { filter: { 'item.price': { $lt: 12 } } })
    const ids = shop.ids('shelf', {}, buyer())
    expect(ids).toHaveLength(4)
    expect(ids.every((id) => Number(id.slice(1)) < 12)).toBe(true)
  })
})

describe('a slot with less favour for popular items', () => {
  it('puts others before them, the more the greater the strength', () => {
    for (let k = 0; k < 30; k++) shop.did(shop.visitor(), 'buy', ['p0'])
    const places = [0, 0.5, 2].map((strength) => {
      put({ popularity: { strength } }, { n: 16 })
      return shop.ids('shelf').indexOf('p0')
    })
    expect(places[0]).toBe(0)
    expect(places[1]).toBeGreaterThan(0)
    expect(places[2]).toBeGreaterThanOrEqual(places[1] ?? 0)
    put({ popularity: { strength: 2 } })
    const { placements } = shop.decide({ placements: ['shelf'] })
    expect(placements['shelf']?.items[0]?.score).toBeCloseTo(10 / 11, 5)
  })
})

describe('a document with rules for the slate', () => {
  it.each<readonly [JsonObject, RegExp]>([
    [{ diversity: { method: 'mrm', strength: 1 } }, /slate\.diversity\.method must be one of mmr/],
    [{ diversity: { method: 'mmr' } }, /slate\.diversity\.strength is missing/],
    [{ diversity: { method: 'mmr', strength: 2 } }, /slate\.diversity\.strength must be <= 1/],
    [{ diversty: {} }, /slate\.diversty is not a known field. Did you mean "diversity"\?/],
    [
      { calibration: { by: 'brnd', strength: 1 } },
      /slate\.calibration\.by: "brnd" cannot be counted/,
    ],
    [{ calibration: { strength: 1 } }, /slate\.calibration\.by is missing/],
    [{ newItems: { share: 0.1, within: 'soon' } }, /slate\.newItems\.within: "soon" is not a dur/],
    [{ newItems: { share: 2, within: '1d' } }, /slate\.newItems\.share must be <= 1/],
    [{ popularity: { strength: -1 } }, /slate\.popularity\.strength must be >= 0/],
    [
      {
        diversity: { method: 'mmr', strength: 0.6 },
        calibration: { by: 'brand', strength: 0.5 },
      },
      /slate: the strengths of diversity and calibration add up to 1\.1; at most 1/,
    ],
    [
      { diversity: { method: 'mmr', strength: 1, by: ['brnd'] } },
      /slate\.diversity\.by\.0: "brnd" cannot be counted.* Did you mean "brand"\?/,
    ],
  ])('%j is refused in words', (slate, complaint) => {
    expect(() => parsePlacement({ ...document, slate })).toThrow(complaint)
  })
})
