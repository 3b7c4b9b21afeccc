import { type TObject, Type } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { JsonObject } from '../base/index.ts'
import type { Action } from './event.ts'

/** What an ecommerce event says about items. */
export interface EcommerceEvent {
  /** What the person did with the item(s); undefined: the event names items but adds nothing about them. */
  readonly action: Action | undefined
  /** Names where the impossible value stands, or undefined when the properties are right. May correct them in place. */
  fault(properties: JsonObject): string | undefined
}

const MAX_NUMBER_CHARS = 40
const Amount = Type.Number({ minimum: 0, maximum: 1e12 })
const Id = Type.Union([Type.String(), Type.Number()])
const Nullable = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])

/** Optional and null are the same to clients; null numbers are removed before the check. */
const PRODUCT_FIELDS = {
  product_id: Type.Optional(Type.Union([Id, Type.Null()])),
  sku: Type.Optional(Type.Union([Id, Type.Null()])),
  name: Type.Optional(Nullable),
  brand: Type.Optional(Nullable),
  variant: Type.Optional(Nullable),
  coupon: Type.Optional(Nullable),
  price: Type.Optional(Amount),
  quantity: Type.Optional(Amount),
  position: Type.Optional(Amount),
}
const Products = Type.Optional(Type.Array(Type.Object(PRODUCT_FIELDS), { maxItems: 5000 }))

const Product = Type.Object(PRODUCT_FIELDS)
const ProductList = Type.Object({ list_id: Type.Optional(Nullable), products: Products })
const Cart = Type.Object({ cart_id: Type.Optional(Nullable), products: Products })
const Order = Type.Object({
  order_id: Type.Optional(Nullable),
  checkout_id: Type.Optional(Nullable),
  currency: Type.Optional(Nullable),
  total: Type.Optional(Amount),
  subtotal: Type.Optional(Amount),
  revenue: Type.Optional(Amount),
  shipping: Type.Optional(Amount),
  tax: Type.Optional(Amount),
  discount: Type.Optional(Type.Number()),
  products: Products,
})
const Review = Type.Object({ ...PRODUCT_FIELDS, rating: Type.Optional(Type.Number()) })
const Coupon = Type.Object({
  order_id: Type.Optional(Nullable),
  cart_id: Type.Optional(Nullable),
  coupon_id: Type.Optional(Nullable),
  discount: Type.Optional(Type.Number()),
})
const Free = Type.Object({})

/** Segment ecommerce v2, then the v1 names that Segment treats as the same, then events of watching, rating and skipping. */
const TABLE: readonly (readonly [TObject, Action | undefined, readonly string[]])[] = [
  [Product, 'view', ['Product Viewed', 'Viewed Product', 'Item Viewed']],
  [Product, 'click', ['Product Clicked', 'Clicked Product', 'Item Clicked']],
  [Product, 'cart', ['Product Added', 'Added Product', 'Wishlist Product Added to Cart']],
  [Product, 'uncart', ['Product Removed', 'Removed Product']],
  [Product, 'wish', ['Product Added to Wishlist']],
  [Product, 'other', ['Product Removed from Wishlist', 'Product Shared']],
  [Review, 'rate', ['Product Reviewed', 'Item Rated', 'Product Rated']],
  [Product, 'skip', ['Item Skipped', 'Product Skipped']],
  [
    ProductList,
    'impression',
    ['Product List Viewed', 'Product List Filtered', 'Viewed Product Category'],
  ],
  [Order, 'buy', ['Order Completed', 'Completed Order']],
  [Order, 'other', ['Order Refunded', 'Order Cancelled']],
  [Order, undefined, ['Order Updated', 'Checkout Started']],
  [Cart, undefined, ['Cart Viewed', 'Cart Shared']],
  [Coupon, undefined, ['Coupon Entered', 'Coupon Applied', 'Coupon Denied', 'Coupon Removed']],
  [
    Free,
    undefined,
    [
      'Products Searched',
      'Promotion Viewed',
      'Promotion Clicked',
      'Checkout Step Viewed',
      'Checkout Step Completed',
      'Payment Info Entered',
    ],
  ],
  [
    Product,
    'consume',
    [
      'Video Playback Started',
      'Video Playback Completed',
      'Video Content Started',
      'Video Content Completed',
      'Item Consumed',
    ],
  ],
  [Free, undefined, ['Video Content Playing', 'Video Playback Paused', 'Video Playback Resumed']],
]

const EVENTS: ReadonlyMap<string, EcommerceEvent> = new Map(
  TABLE.flatMap(([schema, action, names]) => {
    const event = ecommerceEvent(schema, action)
    return names.map((name) => [name.toLowerCase(), event] as const)
  }),
)

/** The known event of this name, whatever its letter case; undefined for all others, which are kept as they are. */
export function ecommerceEventNamed(name: string): EcommerceEvent | undefined {
  return EVENTS.get(name) ?? EVENTS.get(name.toLowerCase())
}

function ecommerceEvent(schema: TObject, action: Action | undefined): EcommerceEvent {
  const numbers = numericFields(schema)
  const listed = 'products' in schema.properties ? numericFields(Product) : []
  const check = Compile(schema)
  return {
    action,
    fault(properties) {
      readNumbers(properties, numbers)
      const products = listed.length > 0 ? properties.products : undefined
      if (Array.isArray(products)) {
        for (const product of products as unknown[]) {
          if (typeof product === 'object' && product !== null) {
            readNumbers(product as Record<string, unknown>, listed)
          }
        }
      }
      return check.Check(properties) ? undefined : firstFault(check, properties)
    },
  }
}

function numericFields(schema: TObject): readonly string[] {
  return Object.entries(schema.properties)
    .filter(([, field]) => 'type' in field && field.type === 'number')
    .map(([name]) => name)
}

/** "19.99" becomes 19.99; null and the empty text become absent. Anything else is left for the schema to judge. */
function readNumbers(object: Record<string, unknown>, fields: readonly string[]): void {
  for (const field of fields) {
    const value = object[field]
    if (typeof value === 'number' || value === undefined) continue
    if (value === null || value === '') Reflect.deleteProperty(object, field)
    else if (typeof value === 'string' && isNumeric(value)) {
      object[field] = Number(value)
    }
  }
}

/** The length comes first: on a long row of digits the expression alone would take quadratic time. */
function isNumeric(text: string): boolean {
  return (
    text.length <= MAX_NUMBER_CHARS &&
    /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text)
  )
}

function firstFault(check: Validator, properties: JsonObject): string {
  const error = check
    .Errors(properties)
    .toSorted((a, b) => b.instancePath.length - a.instancePath.length)[0]
  const path = error?.instancePath ?? ''
  return `properties${dotted(path)} ${error?.message ?? 'has the wrong form'}${got(properties, path)}`
}

function dotted(pointer: string): string {
  return pointer.replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')
}

/** Shows the offending value only where it is short and plain. */
function got(properties: JsonObject, pointer: string): string {
  let value: unknown = properties
  for (const key of pointer.split('/').slice(1)) value = (value as Record<string, unknown>)[key]
  if (typeof value === 'number') return `, got ${value}`
  return typeof value === 'string' && value.length <= 40 ? `, got ${JSON.stringify(value)}` : ''
}
