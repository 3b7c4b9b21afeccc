import type { Item } from '../api/item.ts'

export interface CartLine {
  readonly item: Item
  readonly quantity: number
}
export type Cart = readonly CartLine[]

export const EMPTY_CART: Cart = []

/** One more of the item, at the end when it is new. */
export function addToCart(cart: Cart, item: Item): Cart {
  if (!cart.some((line) => line.item.id === item.id)) return [...cart, { item, quantity: 1 }]
  return cart.map((line) =>
    line.item.id === item.id ? { item, quantity: line.quantity + 1 } : line,
  )
}

export function removeFromCart(cart: Cart, id: string): Cart {
  return cart.filter((line) => line.item.id !== id)
}

export function cartCount(cart: Cart): number {
  return cart.reduce((sum, line) => sum + line.quantity, 0)
}

/** Sum of the known prices; an item without a price counts as 0. */
export function cartTotal(cart: Cart): number {
  return cart.reduce((sum, line) => sum + (line.item.price ?? 0) * line.quantity, 0)
}
