import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../base/index.ts'
import { parsePlacement } from './placement.ts'
import { NOW, openScratchState, Shop } from './testing/shop.ts'

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

describe('a document with diversity', () => {
  it.each<readonly [JsonObject, RegExp]>([
    [{ diversity: { method: 'mrm', strength: 1 } }, /slate\.diversity\.method must be one of mmr/],
    [{ diversity: { method: 'mmr' } }, /slate\.diversity\.strength is missing/],
    [{ diversity: { method: 'mmr', strength: 2 } }, /slate\.diversity\.strength must be <= 1/],
    [{ diversty: {} }, /slate\.diversty is not a known field. Did you mean "diversity"\?/],
    [
      { diversity: { method: 'mmr', strength: 1, by: ['brnd'] } },
      /slate\.diversity\.by\.0: "brnd" cannot be counted.* Did you mean "brand"\?/,
    ],
  ])('%j is refused in words', (slate, complaint) => {
    expect(() => parsePlacement({ ...document, slate })).toThrow(complaint)
  })
})
