import { describe, expect, it } from 'vitest'
import { addToCart, cartCount, cartTotal, EMPTY_CART, removeFromCart } from './cart.ts'

const mug = { id: 'mug', price: 12.5 }
const book = { id: 'book' }

describe('cart', () => {
  it('counts an item that is added again instead of listing it twice', () => {
    const cart = addToCart(addToCart(addToCart(EMPTY_CART, mug), book), mug)
    expect(cart).toEqual([
      { item: mug, quantity: 2 },
      { item: book, quantity: 1 },
    ])
    expect(cartCount(cart)).toBe(3)
  })

  it('sums known prices times quantity', () => {
    expect(cartTotal(addToCart(addToCart(addToCart(EMPTY_CART, mug), mug), book))).toBe(25)
  })

  it('removes every piece of an item', () => {
    const cart = addToCart(addToCart(EMPTY_CART, mug), mug)
    expect(removeFromCart(cart, 'mug')).toEqual([])
  })
})
