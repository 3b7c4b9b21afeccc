import type { Item } from '../api/item.ts'
import { cartTotal, type Cart } from './cart.ts'
import { visitorIdentity, type Visitor } from './visitor.ts'

/** A Segment `track` message. */
export interface SegmentTrack {
  readonly messageId: string
  readonly userId?: string
  readonly anonymousId?: string
  readonly event: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
  readonly timestamp: string
  readonly sentAt: string
}

/** Where the visitor met the item: the decision and the 1-based place in its list. */
export interface Origin {
  readonly decisionId: string
  readonly placement: string
  readonly position: number
}

/** What a visitor can do on the page. */
export type ShopAction =
  | {
      readonly kind: 'open' | 'add' | 'remove' | 'skip'
      readonly item: Item
      readonly origin?: Origin
    }
  | { readonly kind: 'buy'; readonly cart: Cart; readonly orderId: string }

const EVENT_NAMES = {
  open: 'Product Viewed',
  add: 'Product Added',
  remove: 'Product Removed',
  skip: 'Item Skipped',
  buy: 'Order Completed',
} as const

/** The action in Segment's ecommerce words. `now` in milliseconds. */
export function segmentTrack(
  action: ShopAction,
  visitor: Visitor,
  messageId: string,
  now: number,
): SegmentTrack {
  const time = new Date(now).toISOString()
  return {
    messageId,
    ...visitorIdentity(visitor),
    event: EVENT_NAMES[action.kind],
    properties: action.kind === 'buy' ? orderProperties(action) : itemProperties(action),
    context: { library: { name: 'attune-console' } },
    timestamp: time,
    sentAt: time,
  }
}

/** The action in plain words, as in "after you viewed Blue mug". */
export function actionInWords(action: ShopAction): string {
  if (action.kind === 'buy') return 'bought the cart'
  const title = action.item.title ?? action.item.id
  const said = { open: 'viewed', add: 'added', remove: 'removed', skip: 'skipped' }[action.kind]
  return `${said} ${title}`
}

function itemProperties(action: Extract<ShopAction, { item: Item }>): Record<string, unknown> {
  const { item, origin } = action
  return {
    product_id: item.id,
    ...(item.title === undefined ? {} : { name: item.title }),
    ...(item.price === undefined ? {} : { price: item.price }),
    ...(item.categories?.[0] === undefined ? {} : { category: item.categories[0] }),
    ...(action.kind === 'add' || action.kind === 'remove' ? { quantity: 1 } : {}),
    ...(origin === undefined
      ? {}
      : {
          decision_id: origin.decisionId,
          placement: origin.placement,
          position: origin.position,
        }),
  }
}

function orderProperties(action: Extract<ShopAction, { kind: 'buy' }>): Record<string, unknown> {
  const currency = action.cart[0]?.item.currency
  return {
    order_id: action.orderId,
    total: Math.round(cartTotal(action.cart) * 100) / 100,
    ...(currency === undefined ? {} : { currency }),
    products: action.cart.map(({ item, quantity }) => ({
      product_id: item.id,
      quantity,
      ...(item.price === undefined ? {} : { price: item.price }),
    })),
  }
}
