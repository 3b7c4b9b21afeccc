import { type Random, seededRandom } from '../../src/base/index.ts'
import { BATCH_EVENTS, type LoadJob } from './job.ts'
import { type Filling, RequestTemplate, skewed, uniform } from './template.ts'

/** Context as the browser library sends it; brings an event to about 600 bytes. */
const CONTEXT = {
  library: { name: 'analytics-next', version: '1.81.0' },
  page: { path: '/product', url: 'https://shop.example/product', title: 'A product of the shop' },
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  locale: 'en-GB',
  timezone: 'Europe/Vienna',
}

/** Event names in the shares of an ordinary shop: mostly views, few orders. */
const NAMES: readonly (readonly [string, number])[] = [
  ['Product Viewed', 72],
  ['Product Clicked', 14],
  ['Product Added', 10],
  ['Order Completed', 4],
]

function nameOf(index: number): string {
  let left = (index * 37) % 100
  for (const [name, share] of NAMES) {
    left -= share
    if (left < 0) return name
  }
  return 'Product Viewed'
}

function productProperties(): object {
  return { product_id: 'i{item}', price: 19.9, quantity: 1, currency: 'EUR', position: 3 }
}

function event(index: number, sentAt: string): object {
  const name = nameOf(index)
  const properties =
    name === 'Order Completed'
      ? {
          order_id: 'o{message}',
          revenue: 39.8,
          products: [productProperties(), productProperties()],
        }
      : productProperties()
  return {
    type: 'track',
    event: name,
    messageId: 'm{run}-{message}',
    userId: 'u{user}',
    anonymousId: 'a{sameuser}-0000-4000-8000-000000000000',
    timestamp: sentAt,
    properties,
    context: CONTEXT,
  }
}

function bodyOf(job: LoadJob, variant: number): string {
  const sentAt = new Date().toISOString()
  if (job.traffic === 'decide') {
    return JSON.stringify({ userId: 'u{user}', placements: [job.placement] })
  }
  if (job.traffic === 'single') return JSON.stringify({ ...event(variant, sentAt), sentAt })
  const batch = Array.from({ length: BATCH_EVENTS }, (_, i) => event(i + variant, sentAt))
  return JSON.stringify({ batch, sentAt })
}

const PATHS = { batch: '/v1/batch', single: '/v1/track', decide: '/v1/decide' } as const

function headOf(job: LoadJob): readonly string[] {
  return [
    `POST ${PATHS[job.traffic]} HTTP/1.1`,
    `host: 127.0.0.1:${job.port}`,
    `authorization: Basic ${Buffer.from(`${job.key}:`).toString('base64')}`,
    'content-type: application/json',
  ]
}

function fillingsOf(
  job: LoadJob,
  random: Random,
  messages: { next: number },
): Record<string, Filling> {
  const run = job.seed % 1_000_000
  const drawUser = uniform(random, job.people)
  let user = 0
  return {
    user: { width: 8, draw: () => (user = drawUser()) },
    // Slots are filled from left to right: the user id of an event stands before its anonymous id.
    sameuser: { width: 8, draw: () => user },
    item: { width: 6, draw: skewed(random, job.items) },
    message: { width: 12, draw: () => messages.next++ },
    run: { width: 6, draw: () => run },
  }
}

/** Different bodies that one connection takes in turn. */
const VARIANTS = 4

/** Ready requests, a few for each connection. */
export function prepareTraffic(job: LoadJob): readonly (readonly RequestTemplate[])[] {
  const messages = { next: 0 }
  return Array.from({ length: job.connections }, (_, connection) => {
    const random = seededRandom(job.seed * 1009 + connection)
    const fillings = fillingsOf(job, random, messages)
    return Array.from(
      { length: VARIANTS },
      (__, variant) =>
        new RequestTemplate(headOf(job), bodyOf(job, variant * 25 + connection), fillings),
    )
  })
}
