import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../base/index.ts'
import { defaultPlacements } from './defaultPlacements.ts'
import { parsePlacement } from './placement.ts'
import { Placements } from './placements.ts'
import { NOW, openScratchState } from './testing/shop.ts'

let scratch: Awaited<ReturnType<typeof openScratchState>>
beforeAll(async () => {
  scratch = await openScratchState()
})
afterAll(() => scratch.remove())

const document = { id: 'home-for-you', n: 4, candidates: [{ source: 'popular' }] }

describe('Placements', () => {
  it('begins with the defaults, each of which is a valid document', async () => {
    const placements = await Placements.open(scratch.state)
    expect(placements.list().map(({ id, version }) => [id, version])).toEqual([
      ['cart-addons', 1],
      ['home-arrivals', 1],
      ['home-because-you', 1],
      ['home-discover', 1],
      ['home-for-you', 1],
      ['home-new', 1],
      ['home-trending', 1],
      ['next-basket', 1],
      ['product-bought-together', 1],
      ['product-similar', 1],
      ['recently-viewed', 1],
    ])
    for (const placement of defaultPlacements)
      expect(parsePlacement(placement).id).toBe(placement.id)
  })

  it('keeps every version, also over a restart', async () => {
    const placements = await Placements.open(scratch.state)
    expect(placements.put(document, NOW)).toMatchObject({ version: 2, updatedAt: NOW, n: 4 })
    placements.put({ ...document, n: 5 }, NOW + 1)
    placements.put({ id: 'mine', candidates: [{ source: 'newest' }] }, NOW + 2)
    await scratch.state.commit({ puts: placements.drain() })
    expect(placements.drain()).toEqual([])
    const reopened = await Placements.open(scratch.state)
    expect(reopened.get('home-for-you')).toMatchObject({ version: 3, n: 5, updatedAt: NOW + 1 })
    expect(reopened.get('home-for-you', 2)?.n).toBe(4)
    expect(reopened.get('home-for-you', 1)).toEqual(placements.get('home-for-you', 1))
    expect(reopened.get('home-for-you', 9)).toBeUndefined()
    expect(reopened.list()).toEqual(placements.list())
    expect(reopened.compiled('home-for-you').version).toBe(3)
  })
})

describe('parsePlacement', () => {
  const wrong: readonly (readonly [JsonObject, RegExp])[] = [
    [
      { candidates: [{ source: 'forYu' }] },
      /candidates\.0\.source must be one of .* Did you mean "forYou"\?/,
    ],
    [{ candidates: [] }, /candidates must NOT have fewer than 1 items/],
    [{ candidats: [] }, /candidats is not a known field. Did you mean "candidates"\?/],
    [{ candidates: [{ source: 'list' }] }, /candidates\.0\.items: belongs to the source "list"/],
    [{ candidates: [{ source: 'newest', items: ['a'] }] }, /candidates\.0\.items/],
    [
      { candidates: [{ source: 'newest', of: 'cart' }] },
      /candidates\.0\.of: belongs to the sources/,
    ],
    [
      {
        candidates: [
          { source: 'newest', share: 0.6 },
          { source: 'popular', share: 0.6 },
        ],
      },
      /shares add up to 1.2/,
    ],
    [{ n: -3 }, /n must be >= 1, not -3/],
    [{ n: 101 }, /n must be <= 100, not 101/],
    [
      { caps: [{ by: 'brnd', max: 2 }] },
      /caps\.0\.by: "brnd" cannot be counted.* Did you mean "brand"\?/,
    ],
    [
      { exclude: { shown: { times: 3, within: 'a day' } } },
      /exclude\.shown\.within: "a day" is not a duration/,
    ],
    [
      { exclude: { done: [{ actions: ['bought'] }] } },
      /exclude\.done\.0\.actions\.0 must be one of/,
    ],
    [
      { filter: { 'item.prize': 5 } },
      /filter: "item\.prize" is not known. Did you mean "item\.price"\?/,
    ],
    [
      { boosts: [{ when: { 'item.price': { $ltt: 5 } }, factor: 2 }] },
      /boosts\.0\.when.*"\$ltt" is not an operator. Did you mean "\$lte?"\?/,
    ],
    [{ fallback: ['best'] }, /fallback\.0 must be one of trending, popular, newest/],
    [{ id: 'Not A Slug' }, /id must match pattern/],
  ]

  it.each(wrong)('%j', (change, complaint) => {
    expect(() => parsePlacement({ ...document, ...change })).toThrow(complaint)
  })

  it('takes back what it gave out', () => {
    const parsed = parsePlacement({
      ...document,
      version: 7,
      updatedAt: 5,
      filter: { 'item.price': { $lt: 3 } },
    })
    expect(parsed).toEqual({
      ...document,
      version: 0,
      updatedAt: 0,
      filter: { 'item.price': { $lt: 3 } },
    })
  })
})
