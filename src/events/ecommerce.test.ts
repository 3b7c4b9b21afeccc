import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../base/index.ts'
import type { AttuneEvent } from './event.ts'
import { interactionsOf } from './interaction.ts'
import { parseBody } from './parseBody.ts'

function parse(event: string, properties: unknown) {
  const body = { userId: 'u', messageId: 'm', event, properties }
  return parseBody('track', Buffer.from(JSON.stringify(body)), 1.7e12)
}

function eventOf(event: string, properties: JsonObject): AttuneEvent {
  const { events, rejections } = parse(event, properties)
  expect(rejections).toEqual([])
  return events[0] as AttuneEvent
}

function actions(event: string, properties: JsonObject): string[] {
  return interactionsOf(eventOf(event, properties)).map((i) => `${i.action} ${i.item}`)
}

const impossible: readonly (readonly [string, object, string])[] = [
  ['Product Viewed', { product_id: 'p', price: 'NaN' }, 'properties.price'],
  ['Product Viewed', { product_id: 'p', price: 'free' }, 'properties.price'],
  ['Product Viewed', { price: `${'1'.repeat(100_000)}x` }, 'properties.price'],
  ['Product Viewed', { product_id: 'p', price: -1 }, 'properties.price'],
  ['PRODUCT ADDED', { product_id: 'p', price: '-0.01' }, 'properties.price'],
  ['Product Added', { product_id: 'p', price: true }, 'properties.price'],
  ['Product Added', { product_id: 'p', price: '1e999' }, 'properties.price'],
  ['Product Added', { product_id: 'p', quantity: -3 }, 'properties.quantity'],
  ['Product Viewed', { product_id: { $ne: 1 } }, 'properties.product_id'],
  ['Order Completed', { products: { a: 1 } }, 'properties.products'],
  ['Order Completed', { products: [{}, 7] }, 'properties.products[1]'],
  [
    'Order Completed',
    {
      products: [
        { product_id: 'a', price: 1 },
        { product_id: 'b', price: 'x' },
      ],
    },
    'properties.products[1].price',
  ],
  ['Order Completed', { order_id: 'o', total: 'Infinity' }, 'properties.total'],
  ['Product List Viewed', { products: [{ price: -1 }] }, 'properties.products[0].price'],
  ['Product Reviewed', { product_id: 'p', rating: 'good' }, 'properties.rating'],
  ['Coupon Applied', { discount: [] }, 'properties.discount'],
]

describe('checked properties', () => {
  it('reads prices written as text', () => {
    const properties = { product_id: 'p', price: ' 19.99 ', quantity: '2', position: '3' }
    expect(eventOf('Product Added', properties).properties).toEqual({
      product_id: 'p',
      price: 19.99,
      quantity: 2,
      position: 3,
    })
    const order = { order_id: 1, total: '5', products: [{ product_id: 1, price: '2.5' }] }
    expect(eventOf('order completed', order).properties).toMatchObject({
      total: 5,
      products: [{ price: 2.5 }],
    })
  })

  it('takes null and the empty text for absent', () => {
    const properties = { product_id: 'p', price: null, quantity: '', brand: null, sku: null }
    expect(interactionsOf(eventOf('Product Viewed', properties))[0]).toMatchObject({ quantity: 1 })
  })

  it.each(impossible.map(([name, properties, path], i) => [i, name, path, properties] as const))(
    'refuses case %i, %s, and names %s',
    (_, name, path, properties) => {
      const { events, rejections } = parse(name, properties)
      expect(events).toEqual([])
      expect(rejections[0]?.code).toBe('EVENTS_INVALID_PROPERTY')
      expect(rejections[0]?.reason.startsWith(`${path} `)).toBe(true)
    },
  )

  it('keeps unknown events as they are', () => {
    const properties = { price: 'free', nested: { price: -1 } }
    expect(eventOf('Garage Opened', properties).properties).toEqual(properties)
  })
})

describe('interactionsOf', () => {
  it.each([
    ['Product Viewed', 'view'],
    ['viewed product', 'view'],
    ['Product Clicked', 'click'],
    ['Product Added', 'cart'],
    ['Wishlist Product Added to Cart', 'cart'],
    ['Product Removed', 'uncart'],
    ['Product Added to Wishlist', 'wish'],
    ['Product Removed from Wishlist', 'other'],
    ['Product Shared', 'other'],
    ['Product Reviewed', 'rate'],
    ['Item Rated', 'rate'],
    ['Item Skipped', 'skip'],
    ['Video Content Completed', 'consume'],
    ['Article Read', 'consume'],
    ['played song', 'consume'],
    ['Movie Liked', 'wish'],
    ['Ticket Purchased', 'buy'],
    ['Garage Opened', 'view'],
    ['Something', 'other'],
  ])('%s is %s', (name, action) => {
    expect(actions(name, { product_id: 'p' })).toEqual([`${action} p`])
  })

  it('reads an order: value is price times quantity, all of one order', () => {
    const event = eventOf('Order Completed', {
      order_id: 'o1',
      total: 99,
      products: [
        { product_id: 'a', price: 2.5, quantity: 4 },
        { sku: 7, price: 3 },
        { id: 'c' },
        { name: 'no id' },
      ],
    })
    const order = { action: 'buy', order: 'o1', position: undefined }
    expect(interactionsOf(event)).toEqual([
      { ...order, item: 'a', value: 10, quantity: 4 },
      { ...order, item: '7', value: 3, quantity: 1 },
      { ...order, item: 'c', value: 1, quantity: 1 },
    ])
  })

  it('reads a list as impressions with their places', () => {
    const products = [{ product_id: 'a' }, { product_id: 'b', position: 9 }, { product_id: 'c' }]
    const found = interactionsOf(eventOf('Product List Viewed', { products }))
    expect(found.map((i) => [i.item, i.action, i.position])).toEqual([
      ['a', 'impression', 1],
      ['b', 'impression', 9],
      ['c', 'impression', 3],
    ])
  })

  it('says nothing of items where an event only repeats them', () => {
    const properties = { product_id: 'a', products: [{ product_id: 'a' }] }
    for (const name of ['Cart Viewed', 'Checkout Started', 'Order Updated', 'Coupon Applied']) {
      expect(actions(name, properties)).toEqual([])
    }
  })

  it('takes the first usable id and the rating as value', () => {
    expect(actions('Thing Seen', { product_id: null, item_id: 0, sku: 's' })).toEqual(['other 0'])
    expect(actions('Thing Seen', { product_id: 'undefined', content_id: 'c' })).toEqual(['other c'])
    expect(actions('Thing Seen', { product_id: '', sku: 'a\u0000b' })).toEqual([])
    expect(interactionsOf(eventOf('Movie Graded', { item_id: 'm', rating: 4.5 }))).toMatchObject([
      { action: 'rate', value: 4.5 },
    ])
  })

  it('sees a page with a product as a view, and no items in identify', () => {
    const body = Buffer.from('{"userId":"u","properties":{"sku":"s"},"traits":{"sku":"s"}}')
    const [page] = parseBody('page', body, 1).events
    expect(interactionsOf(page as AttuneEvent)).toMatchObject([{ item: 's', action: 'view' }])
    const [identify] = parseBody('identify', body, 1).events
    expect(interactionsOf(identify as AttuneEvent)).toEqual([])
  })
})
