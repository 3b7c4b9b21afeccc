import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { columnWeights } from './columnWeights.ts'
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

const weights = (): readonly number[] => columnWeights(shop.models, shop.catalog.contentColumns())

describe('the weight of a column', () => {
  it('is the same for all before anybody viewed two items', () => {
    expect(weights()).toEqual([0.3, 0.3, 0.3])
  })

  it('is great for what people stick to and small for what they pay no heed to', () => {
    shop.openDoors()
    const [brand = 1, categories = 0, size = 1] = weights()
    // Everybody stays on one shelf, and walks over its brands and sizes.
    expect(categories).toBeGreaterThan(0.7)
    expect(brand).toBeLessThan(0.2)
    expect(size).toBeLessThan(0.3)
  })

  it('decides what a new item is like', () => {
    const item = { id: 'fresh', brand: 'brand 3', categories: ['shelf 2'] }
    shop.catalog.upsert(item, NOW)
    const nearest = (): readonly number[] =>
      shop
        .ids('product-similar', { context: { item: 'fresh' } })
        .slice(0, 8)
        .map((id) => Math.floor(Number(id.slice(1)) / 10))
    const before = nearest().filter((shelf) => shelf === 2).length
    shop.openDoors()
    const after = nearest().filter((shelf) => shelf === 2).length
    expect(before).toBeLessThan(8)
    expect(after).toBe(8)
  })
})
