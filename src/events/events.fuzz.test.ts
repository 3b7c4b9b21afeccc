import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AttuneError } from '../base/index.ts'
import { interactionsOf } from './interaction.ts'
import { parseBody } from './parseBody.ts'
import { ROUTES } from './route.ts'

const NOW = 1_772_366_400_000
const route = fc.constantFrom(...ROUTES)
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('', '0', 'NaN', '-1', 1e308, -1, null, 'guest', '2100-01-01', 'x'.repeat(1e5)),
)
/** Mostly right, sometimes anything. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 15, arbitrary: right }, { weight: 1, arbitrary: odd })
const some = (keys: readonly string[], value: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3 })
const names = ['Product Viewed', 'Order Completed', 'Product List Viewed', 'Coupon Applied', 'X']
const product = some(
  ['product_id', 'price', 'quantity', 'rating', '__proto__', 'position'],
  fc.oneof(fc.integer({ min: 0 }), fc.double({ min: 0, noNaN: true }).map(String), odd),
)
const message = fc.record(
  {
    type: mostly(fc.constantFrom('track', 'identify', 'page', 'screen', 'group', 'alias')),
    event: mostly(fc.constantFrom(...names)),
    userId: mostly(fc.string()),
    anonymousId: odd,
    previousId: odd,
    groupId: mostly(fc.string()),
    messageId: mostly(fc.uuid()),
    timestamp: mostly(
      fc
        .date({ min: new Date(0), max: new Date(8e12), noInvalidDate: true })
        .map((date) => date.toJSON()),
    ),
    sentAt: mostly(fc.double()),
    traits: mostly(some(['email', '__proto__', 'a'], odd)),
    context: mostly(some(['externalIds', 'traits', 'groupId'], odd)),
    properties: mostly(
      fc.oneof(product, fc.record({ order_id: odd, products: mostly(fc.array(product)) })),
    ),
  },
  { requiredKeys: ['type', 'userId', 'event'] },
)
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string().map((text) => Buffer.from(`data=${text}`)),
  fc.json().map((text) => Buffer.from(text)),
  message.map((value) => Buffer.from(JSON.stringify(value))),
  fc
    .record({
      batch: mostly(fc.array(mostly(message))),
      context: mostly(some(['ip'], odd)),
      sentAt: odd,
    })
    .map((value) => Buffer.from(JSON.stringify(value))),
)

type Outcome = ReturnType<typeof parseBody> | AttuneError

function outcome(kind: (typeof ROUTES)[number], bytes: Uint8Array): Outcome {
  try {
    return parseBody(kind, bytes, NOW)
  } catch (error) {
    if (error instanceof AttuneError) return error
    throw error
  }
}

describe('any body at all', () => {
  it('is read, or refused with a code; the same bytes give the same result', () => {
    let accepted = 0
    fc.assert(
      fc.property(route, body, (kind, bytes) => {
        const copy = Uint8Array.from(bytes)
        const first = outcome(kind, bytes)
        expect(Buffer.compare(bytes, copy)).toBe(0)
        if (first instanceof AttuneError) {
          expect([400, 413]).toContain(first.status)
          return
        }
        expect(outcome(kind, copy)).toEqual(first)
        expect(first.indexes).toHaveLength(first.events.length)
        accepted += first.events.length
        for (const event of first.events) {
          expect(event.identifiers.length).toBeGreaterThan(0)
          expect(event.timestamp).toBeGreaterThanOrEqual(0)
          expect(event.timestamp).toBeLessThanOrEqual(NOW + 300_000)
          for (const interaction of interactionsOf(event)) {
            expect(interaction.item).not.toBe('')
            expect(Number.isFinite(interaction.value)).toBe(true)
            expect(interaction.quantity).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      { numRuns: 1500 },
    )
    // Otherwise the property would speak of refusals alone.
    expect(accepted).toBeGreaterThan(200)
  })
})
