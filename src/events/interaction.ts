import { isJsonObject, type JsonObject } from '../base/index.ts'
import { ecommerceEventNamed } from './ecommerce.ts'
import type { Action, AttuneEvent, Interaction } from './event.ts'
import { isCleanText, MAX_ID_CHARS } from './identity.ts'

const NONE: readonly Interaction[] = Object.freeze([])
const ID_FIELDS = [
  'product_id',
  'item_id',
  'sku',
  'content_id',
  'productId',
  'itemId',
  'contentId',
  'content_asset_id',
  'asset_id',
] as const
const NO_ITEMS: ReadonlySet<string> = new Set(['', 'null', 'undefined', 'NaN', '[object Object]'])

/** Verbs by which an unknown event names its action: its last or first word, as in "Article Read" or "Played Song". */
const VERBS: Readonly<Record<string, Action>> = Object.assign(Object.create(null) as object, {
  viewed: 'view',
  opened: 'view',
  clicked: 'click',
  selected: 'click',
  added: 'cart',
  removed: 'uncart',
  saved: 'wish',
  liked: 'wish',
  bookmarked: 'wish',
  favorited: 'wish',
  purchased: 'buy',
  bought: 'buy',
  ordered: 'buy',
  rated: 'rate',
  reviewed: 'rate',
  skipped: 'skip',
  dismissed: 'skip',
  watched: 'consume',
  played: 'consume',
  listened: 'consume',
  streamed: 'consume',
  read: 'consume',
  consumed: 'consume',
  finished: 'consume',
} as const satisfies Record<string, Action>)

/**
 * What the event says about items, in the order in which it names them; empty for events without items.
 *
 * The item is `product_id`, else `item_id`, `sku`, `content_id` (or their camel-case twins), of the properties
 * or of each entry of `products` (v1 clients: `id` there). The action comes from the table of ecommerce events, else from a
 * `rating`, else from the verb in the name, else it is a view for pages and screens, and `other` for the rest.
 */
export function interactionsOf(event: AttuneEvent): readonly Interaction[] {
  const properties = event.properties
  if (event.type !== 'track' && event.type !== 'page' && event.type !== 'screen') return NONE
  const known = event.type === 'track' ? ecommerceEventNamed(event.name) : undefined
  if (known !== undefined && known.action === undefined) return NONE
  const list = properties.products
  const listed = Array.isArray(list) && list.length > 0
  const item = listed ? undefined : itemOf(properties)
  if (!listed && item === undefined) return NONE
  const action = known?.action ?? actionOf(event)
  const order = textOf(properties.order_id) ?? textOf(properties.checkout_id)
  if (listed) return fromProducts(list as readonly unknown[], action, order)
  return [interaction(item ?? '', properties, action, order, positionOf(properties.position))]
}

function fromProducts(
  products: readonly unknown[],
  action: Action,
  order: string | undefined,
): readonly Interaction[] {
  const found: Interaction[] = []
  for (let i = 0; i < products.length; i++) {
    const product = products[i]
    if (!isJsonObject(product)) continue
    const item = itemOf(product) ?? itemId(product.id)
    if (item === undefined) continue
    const position = positionOf(product.position) ?? (action === 'impression' ? i + 1 : undefined)
    found.push(interaction(item, product, action, order, position))
  }
  return found
}

function interaction(
  item: string,
  fields: JsonObject,
  action: Action,
  order: string | undefined,
  position: number | undefined,
): Interaction {
  const quantity = amount(fields.quantity) ?? 1
  return { item, action, value: valueOf(fields, action, quantity), quantity, order, position }
}

function valueOf(fields: JsonObject, action: Action, quantity: number): number {
  if (action === 'rate') return finite(fields.rating) ?? finite(fields.value) ?? 1
  if (action !== 'buy') return 1
  const price = amount(fields.price)
  return price === undefined ? 1 : price * quantity
}

function actionOf(event: AttuneEvent): Action {
  if (finite(event.properties.rating) !== undefined) return 'rate'
  if (event.type !== 'track') return 'view'
  const words = event.name.toLowerCase().split(/[\s_-]+/)
  return VERBS[words.at(-1) ?? ''] ?? VERBS[words[0] ?? ''] ?? 'other'
}

function itemOf(fields: JsonObject): string | undefined {
  for (const field of ID_FIELDS) {
    const id = itemId(fields[field])
    if (id !== undefined) return id
  }
  return undefined
}

/** An item identifier as text; undefined for what cannot name an item. "0" can. */
function itemId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (typeof value !== 'string') return undefined
  const id = value.trim()
  return id.length > MAX_ID_CHARS || NO_ITEMS.has(id) || !isCleanText(id) ? undefined : id
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_ID_CHARS) : undefined
}

function finite(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function amount(value: unknown): number | undefined {
  const number = finite(value)
  return number !== undefined && number >= 0 ? number : undefined
}

function positionOf(value: unknown): number | undefined {
  const number = finite(value)
  return number !== undefined && Number.isInteger(number) && number >= 1 ? number : undefined
}
