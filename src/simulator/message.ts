import type { JsonObject } from '../base/index.ts'
import { BRANDS, CATEGORIES, COLOURS } from './assortment.ts'
import type { Person } from './person.ts'
import { priceAt, type Product } from './product.ts'
import type { Step } from './visit.ts'

/** Who sends a message, and under which id. */
export interface Sender {
  readonly seed: number
  readonly person: Person
  readonly device: number
  readonly loggedIn: boolean
  readonly messageId: string
}

const LIBRARY = { name: 'attune-simulator', version: '1' }

function productProperties(seed: number, product: Product, at: number): JsonObject {
  return {
    product_id: product.id,
    name: product.title,
    category: CATEGORIES[product.category]?.name ?? '',
    brand: BRANDS[product.brand] ?? '',
    variant: COLOURS[product.colour]?.name ?? '',
    price: priceAt(seed, product, at),
    currency: 'EUR',
  }
}

function orderProperties(seed: number, userId: string, step: Step & { kind: 'order' }): JsonObject {
  const products: JsonObject[] = step.products.map((product, place) => ({
    ...productProperties(seed, product, step.at),
    quantity: 1,
    position: place + 1,
  }))
  const total = step.products.reduce((sum, product) => sum + priceAt(seed, product, step.at), 0)
  const revenue = Number(total.toFixed(2))
  return {
    order_id: `order-${userId}-${step.nth}-${step.at.toString(36)}`,
    total: revenue,
    revenue,
    currency: 'EUR',
    products,
  }
}

function listProperties(step: Step & { kind: 'list' | 'search' }): JsonObject {
  const category = CATEGORIES[step.category]
  const products = step.shown.map(({ id }, place) => ({ product_id: id, position: place + 1 }))
  if (step.kind === 'search') return { query: category?.name.toLowerCase() ?? '', products }
  return { list_id: category?.slug ?? '', category: category?.name ?? '', products }
}

/** The body of a message: type, event name and properties or traits by Segment's ecommerce spec v2. */
function content(seed: number, person: Person, step: Step): JsonObject {
  const track = (event: string, properties: JsonObject): JsonObject => ({
    type: 'track',
    event,
    properties,
  })
  switch (step.kind) {
    case 'home':
      return { type: 'page', name: 'Home', properties: { path: '/', title: 'Home' } }
    case 'login': {
      const { name, email, country, about } = person
      return { type: 'identify', traits: { name, email, country, about, simulated: true } }
    }
    case 'list':
      return track('Product List Viewed', listProperties(step))
    case 'search':
      return track('Products Searched', listProperties(step))
    case 'cart':
      return track('Cart Viewed', {})
    case 'checkout':
      return track('Checkout Started', { currency: 'EUR' })
    case 'order':
      return track('Order Completed', orderProperties(seed, person.userId, step))
    case 'view':
    case 'add':
    case 'remove':
    case 'skip':
      return track(PRODUCT_EVENTS[step.kind], {
        ...productProperties(seed, step.product, step.at),
        ...(step.kind === 'add' || step.kind === 'remove'
          ? { quantity: 1 }
          : { position: step.position }),
      })
  }
}

const PRODUCT_EVENTS = {
  view: 'Product Viewed',
  add: 'Product Added',
  remove: 'Product Removed',
  skip: 'Item Skipped',
} as const

/** One step of a visit as a Segment message. */
export function toMessage(step: Step, sender: Sender): JsonObject {
  const { person } = sender
  const userId = sender.loggedIn ? { userId: person.userId } : {}
  return {
    ...content(sender.seed, person, step),
    messageId: sender.messageId,
    anonymousId: person.anonymousIds[sender.device] ?? '',
    ...userId,
    timestamp: new Date(step.at).toISOString(),
    context: {
      library: LIBRARY,
      device: { type: sender.device === 0 ? person.device : 'tablet' },
      locale: person.locale,
      timezone: person.timezone,
      location: { country: person.country },
      simulated: true,
    },
  }
}
