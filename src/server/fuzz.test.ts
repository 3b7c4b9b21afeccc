import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTestServer, type TestServer } from './openTestServer.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let test: TestServer

beforeAll(async () => {
  test = await openTestServer()
})

afterAll(async () => {
  await test[Symbol.asyncDispose]()
})

const EVENT_ROUTES = 'identify track page screen group alias batch import i t p s g a b m'.split(
  ' ',
)
const BODY_ROUTES = [
  ['POST', '/v1/decide'],
  ['POST', '/v1/items'],
  ['POST', '/v1/profiles/unmerge'],
  ['POST', '/v1/keys'],
  ['POST', '/v1/keys/rotate'],
  ['POST', '/v1/demo'],
  ['POST', '/v1/models/promote'],
  ['PUT', '/v1/placements/garbage'],
  ['PUT', '/v1/placements/home-for-you'],
  ['POST', '/v1/analytics/events_by_name'],
  ['POST', '/v1/analytics/decision_outcomes'],
  ['DELETE', '/v1/keys/garbage'],
] as const
const SEGMENTS = [
  'profiles',
  'items',
  'placements',
  'events/recent',
  'dead-letters',
  'keys',
  'models',
  'projects',
]
const NASTY_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'batch',
  'items',
  'userId',
  'properties',
  'placements',
  'context',
  'timestamp',
  'type',
  'event',
  'products',
  'price',
]

const nastyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(
    -1,
    1e308,
    'NaN',
    '',
    '\u0000',
    '1970-01-01',
    '2100-01-01T00:00:00Z',
    'x'.repeat(50_000),
  ),
)
const nastyObject = fc.dictionary(fc.oneof(fc.constantFrom(...NASTY_KEYS), fc.string()), nastyValue)
const nastyBody = fc.oneof(
  nastyObject.map((value) => JSON.stringify(value)),
  fc.array(nastyObject, { maxLength: 5 }).map((batch) => JSON.stringify({ batch, items: batch })),
  fc.integer({ min: 1, max: 5_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 1, max: 5_000 }).map((n) => `${'{"a":'.repeat(n)}1${'}'.repeat(n)}`),
  fc.string(),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
)
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'text/plain',
      'application/x-ndjson',
      'x',
      '',
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'deflate', 'zstd', 'identity', 'no'),
    origin: fc.constantFrom('https://a.example', 'null'),
  },
  { requiredKeys: [] },
)

/** Every answer is one that the API documents: success, or a coded error below 500. */
async function isCivil(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload: string | Buffer,
  extra: object,
): Promise<void> {
  const answer = await test.app.inject({
    method,
    url,
    headers: { ...test.secret, ...extra },
    ...(method === 'GET' ? {} : { payload }),
  })
  expect(answer.statusCode, `${method} ${url} ${answer.body}`).toBeLessThan(500)
  if (answer.statusCode >= 400)
    expect(answer.json()).toMatchObject({ error: { code: expect.any(String) } })
}

describe('generated garbage', () => {
  it('never breaks the routes for events', async () => {
    const route = fc.constantFrom(...EVENT_ROUTES)
    await fc.assert(
      fc.asyncProperty(route, nastyBody, headers, (path, body, extra) =>
        isCivil('POST', `/v1/${path}`, body, extra),
      ),
      { numRuns: 150 },
    )
  })

  it('never breaks the other routes that take a body', async () => {
    const route = fc.constantFrom(...BODY_ROUTES)
    await fc.assert(
      fc.asyncProperty(route, nastyBody, headers, ([method, url], body, extra) =>
        isCivil(method, url, body, extra),
      ),
      { numRuns: 200 },
    )
  })

  it('never breaks routes by their path and query', async () => {
    const path = fc.tuple(
      fc.constantFrom(...SEGMENTS),
      fc.string({ maxLength: 40 }),
      fc.string({ maxLength: 40 }),
    )
    await fc.assert(
      fc.asyncProperty(path, ([segment, id, query]) =>
        isCivil(
          'GET',
          `/v1/${segment}/${encodeURIComponent(id)}?limit=${encodeURIComponent(query)}`,
          '',
          {},
        ),
      ),
      { numRuns: 100 },
    )
  })

  it('leaves a server that goes on working', async () => {
    const payload = { userId: 'after', event: 'Product Viewed', properties: { product_id: 'p' } }
    const sent = await test.app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: test.write,
      payload,
    })
    expect(sent.statusCode).toBe(200)
    await test.engine.settled()
    expect(await test.engine.profile('user_id', 'after')).toBeDefined()
    expect((await test.engine.status()).trouble).toBeNull()
  })
})
