import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RelationRows, TrainedRelations } from '../training/index.ts'
import { NOW, openScratchState, Shop } from './testing/shop.ts'

let scratch: Awaited<ReturnType<typeof openScratchState>>
let shop: Shop

beforeAll(async () => {
  scratch = await openScratchState()
})
beforeEach(async () => {
  shop = await Shop.open(scratch.state)
  shop.openDoors()
  shop.placements.put({ id: 'row', candidates: [{ source: 'boughtTogether' }], fallback: [] }, NOW)
})
afterAll(() => scratch.remove())

/** Rows of forty items in which p0 goes with p25 and a little with p26; the live counts know p1 alone. */
function trained(weight: number, repeat = new Float32Array(40)): TrainedRelations {
  const start = new Uint32Array(41).fill(2)
  start[0] = 0
  const rows = RelationRows.of({
    rows: 40,
    columns: 40,
    start,
    index: Int32Array.of(25, 26),
    value: Float32Array.of(0.9, 0.1),
  })
  return new TrainedRelations(new Map([['boughtTogether', { rows, weight }]]), repeat)
}

const ask = { placements: ['row'], context: { item: 'p0' }, include: ['parts'] }

describe('rows of a training', () => {
  it('stand beside the live ones by their weight', () => {
    expect(shop.ids('row', ask)).toEqual(['p1'])
    shop.relations = trained(0.2)
    expect(shop.ids('row', ask)).toEqual(['p1', 'p25', 'p26'])
    shop.relations = trained(0.8)
    expect(shop.ids('row', ask)).toEqual(['p25', 'p1', 'p26'])
  })

  it('are blended in units of their root mean square, and explained', () => {
    shop.relations = trained(0.4)
    const { items } = shop.decide(ask).placements['row'] ?? { items: [] }
    // One live neighbour: 1 in its own units. Trained: 0.9 and 0.1 over √((0.81 + 0.01) / 2).
    const unit = Math.sqrt(0.41)
    expect(items.map(({ id }) => id)).toEqual(['p1', 'p25', 'p26'])
    expect(items[1]?.score).toBeCloseTo((0.4 * 0.9) / unit / 0.6, 4)
    expect(items[2]?.score).toBeCloseTo((0.4 * 0.1) / unit / 0.6, 4)
    for (const { reasons, parts } of items) {
      expect(reasons).toEqual([
        { type: 'context', text: 'often bought together with Product 0', item: 'p0', share: 1 },
      ])
      expect(parts).toMatchObject([{ source: 'boughtTogether', share: 1 }])
    }
  })

  it('of a cart: each item of it is named for its own part', () => {
    shop.relations = trained(0.6)
    const request = { ...ask, context: { cart: ['p0', 'p10'] } }
    const { items } = shop.decide(request).placements['row'] ?? { items: [] }
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set(['p1', 'p11', 'p25', 'p26']))
    const reasonOf = (id: string) => items.find((item) => item.id === id)?.reasons[0]
    expect(reasonOf('p25')).toMatchObject({ item: 'p0', text: 'goes with Product 0 in your cart' })
    expect(reasonOf('p11')).toMatchObject({ item: 'p10', share: 1 })
  })

  it('know nothing of an item that is newer than they are', () => {
    shop.relations = trained(0.8)
    for (let k = 0; k < 3; k++) shop.did(shop.visitor(), 'buy', ['newcomer', 'p7'], `n${k}`)
    expect(shop.ids('row', { context: { item: 'newcomer' } })).toEqual(['p7'])
    expect(shop.ids('row', { context: { item: 'p7' } })).toEqual(['newcomer'])
  })

  it('tell what people buy again, so that things which last are not proposed twice', () => {
    shop.placements.put(
      { id: 'next', n: 40, candidates: [{ source: 'nextBasket' }], fallback: [] },
      NOW,
    )
    const person = shop.visitor()
    shop.did(person, 'buy', ['p31', 'p32'], 'mine')
    const placeOf = (id: string, often: number): number => {
      const again = Float32Array.from({ length: 40 }, (_, n) => (n === often ? 0.9 : 0.01))
      shop.relations = trained(0.5, again)
      return shop.ids('next', {}, person).indexOf(id)
    }
    expect(placeOf('p32', 32)).toBeLessThan(placeOf('p31', 32))
    expect(placeOf('p31', 31)).toBeLessThan(placeOf('p32', 31))
  })
})

describe('a workspace that is nearly empty', () => {
  const everything = [
    'home-for-you',
    'home-because-you',
    'home-discover',
    'home-arrivals',
    'next-basket',
    'product-similar',
    'product-bought-together',
    'cart-addons',
    'recently-viewed',
  ]

  it('with one item answers every default placement, whoever asks', async () => {
    const { catalog, placements } = shop
    for (let n = 1; n < 40; n++) catalog.remove(`p${n}`)
    shop.relations = trained(0.8)
    const person = shop.visitor()
    shop.did(person, 'buy', ['p0'])
    const requests = [
      {},
      { session: ['p0', 'gone'] },
      { context: { item: 'p0', cart: ['p0', 'p3', 'nowhere'] } },
    ]
    for (const visitor of [undefined, shop.visitor(), person]) {
      for (const request of requests) {
        for (const id of everything) {
          const shown = shop.ids(id, request, visitor)
          expect(shown.length).toBeLessThanOrEqual(1)
        }
      }
    }
    expect(placements.list().length).toBeGreaterThan(everything.length)
  })
})
