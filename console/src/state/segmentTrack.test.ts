import { describe, expect, it } from 'vitest'
import { actionInWords, segmentTrack, type ShopAction } from './segmentTrack.ts'
import { newVisitor, simulatedVisitor } from './visitor.ts'

const item = { id: 'mug', title: 'Blue mug', price: 12.5, currency: 'EUR', categories: ['Kitchen'] }
const origin = { decisionId: 'dec', placement: 'home-for-you', position: 3 }
const ada = simulatedVisitor({ userId: 'ada', name: 'Ada', about: '' })
const time = Date.UTC(2026, 0, 2, 3, 4, 5)

describe('segmentTrack', () => {
  it('says who viewed what, and which decision showed it', () => {
    expect(segmentTrack({ kind: 'open', item, origin }, ada, 'm1', time)).toEqual({
      messageId: 'm1',
      userId: 'ada',
      event: 'Product Viewed',
      properties: {
        product_id: 'mug',
        name: 'Blue mug',
        price: 12.5,
        category: 'Kitchen',
        decision_id: 'dec',
        placement: 'home-for-you',
        position: 3,
      },
      context: { library: { name: 'attune-console' } },
      timestamp: '2026-01-02T03:04:05.000Z',
      sentAt: '2026-01-02T03:04:05.000Z',
    })
  })

  it('orders the cart with products, quantities and a total in whole cents', () => {
    const cart = [
      { item: { ...item, price: 0.1 }, quantity: 3 },
      { item: { id: 'book' }, quantity: 1 },
    ]
    const { event, properties } = segmentTrack({ kind: 'buy', cart, orderId: 'o1' }, ada, 'm', time)
    expect(event).toBe('Order Completed')
    expect(properties).toEqual({
      order_id: 'o1',
      total: 0.3,
      currency: 'EUR',
      products: [
        { product_id: 'mug', quantity: 3, price: 0.1 },
        { product_id: 'book', quantity: 1 },
      ],
    })
  })

  it('never sends a user id for a new visitor', () => {
    const sent = segmentTrack({ kind: 'skip', item: { id: 'x' } }, newVisitor('anon'), 'm', time)
    expect(sent).toMatchObject({ anonymousId: 'anon', event: 'Item Skipped' })
    expect(sent).not.toHaveProperty('userId')
    expect(sent.properties).toEqual({ product_id: 'x' })
  })
})

describe('actionInWords', () => {
  it.each<[ShopAction, string]>([
    [{ kind: 'open', item }, 'viewed Blue mug'],
    [{ kind: 'skip', item: { id: 'x' } }, 'skipped x'],
    [{ kind: 'buy', cart: [], orderId: 'o' }, 'bought the cart'],
  ])('%o', (action, words) => {
    expect(actionInWords(action)).toBe(words)
  })
})
