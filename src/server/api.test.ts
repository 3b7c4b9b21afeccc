import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTestServer, type TestServer } from './openTestServer.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let test: TestServer

beforeAll(async () => {
  test = await openTestServer()
  await test.app.inject({
    method: 'POST',
    url: '/v1/items',
    headers: test.secret,
    payload: {
      items: [
        { id: 'shoe', title: 'Shoe', price: 20, publishedAt: 1 },
        { id: 'hat', title: 'Hat', price: 9, publishedAt: 2 },
      ],
    },
  })
})

afterAll(async () => {
  await test[Symbol.asyncDispose]()
})

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

async function ask(
  method: Method,
  url: string,
  payload?: object | string,
  headers: object = test.secret,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await test.app.inject({
    method,
    url,
    headers: { ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, body: answer.json() }
}

describe('routes that need a secret key', () => {
  const routes: readonly (readonly [Method, string])[] = [
    ['POST', '/v1/decide'],
    ['GET', '/v1/profiles/u'],
    ['POST', '/v1/profiles/unmerge'],
    ['POST', '/v1/items'],
    ['GET', '/v1/items'],
    ['GET', '/v1/items/shoe'],
    ['GET', '/v1/placements'],
    ['GET', '/v1/placements/home-trending'],
    ['PUT', '/v1/placements/home-trending'],
    ['GET', '/v1/events/recent'],
    ['GET', '/v1/dead-letters'],
    ['GET', '/v1/status'],
    ['GET', '/v1/keys'],
    ['POST', '/v1/keys'],
    ['POST', '/v1/keys/rotate'],
    ['DELETE', '/v1/keys/x'],
    ['GET', '/v1/demo'],
    ['POST', '/v1/demo'],
  ]

  it.each(routes)('refuse others: %s %s', async (method, url) => {
    const without = await ask(method, url, undefined, {})
    expect(without).toMatchObject({ status: 401, body: { error: { code: 'SERVER_UNAUTHORIZED' } } })
    const write = await ask(method, url, undefined, test.write)
    expect(write).toMatchObject({ status: 403, body: { error: { code: 'SERVER_FORBIDDEN' } } })
  })

  it('take it as basic auth as well', async () => {
    const basic = Buffer.from(`${test.secretKey}:`).toString('base64')
    const answer = await ask('GET', '/v1/status', undefined, { authorization: `Basic ${basic}` })
    expect(answer.status).toBe(200)
  })
})

describe('POST /v1/decide', () => {
  it('answers several placements, for people nobody knows too', async () => {
    const placements = [{ id: 'home-new', n: 1 }, 'home-trending']
    const { status, body } = await ask('POST', '/v1/decide', { anonymousId: 'nobody', placements })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      decisionId: expect.any(String),
      person: { known: false },
      placements: { 'home-trending': { items: expect.any(Array) }, 'home-new': { items: [{}] } },
    })
  })

  it.each([
    ['an unknown placement', { userId: 'u', placements: ['nowhere'] }],
    ['a negative n', { userId: 'u', placements: [{ id: 'home-trending', n: -1 }] }],
    ['an n of a text', { userId: 'u', placements: [{ id: 'home-trending', n: 'ten' }] }],
    ['no placements', { userId: 'u' }],
    ['a list', []],
    ['null', 'null'],
    ['no JSON', '{"placements":'],
    ['nothing', ''],
    ['Latin-1', Buffer.from('{"userId":"\xe9"}', 'latin1').toString('binary')],
  ])('answers a code in the 400s for %s', async (_name, payload) => {
    const { status, body } = await ask('POST', '/v1/decide', payload)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(body).toMatchObject({
      error: { code: expect.stringMatching(/^[A-Z]+_[A-Z_]+$/), status },
    })
  })
})

describe('items', () => {
  it('are uploaded as JSON, found by id and listed', async () => {
    expect(await ask('GET', '/v1/items/shoe')).toMatchObject({
      status: 200,
      body: { title: 'Shoe' },
    })
    const some = await ask('GET', '/v1/items?ids=hat,none,shoe')
    expect(some.body).toMatchObject({ items: [{ id: 'hat' }, { id: 'shoe' }] })
    const page = await ask('GET', '/v1/items?limit=1')
    expect(page.body['items']).toHaveLength(1)
    expect(page.body['next']).not.toBeNull()
  })

  it('are uploaded as lines of JSON', async () => {
    const lines = '{"id":"line-1","price":1}\n\n{"id":"line-2","price":2}\n'
    const headers = { ...test.secret, 'content-type': 'application/x-ndjson' }
    const answer = await ask('POST', '/v1/items', lines, headers)
    expect(answer).toMatchObject({ status: 200, body: { upserted: 2 } })
    expect((await ask('GET', '/v1/items/line-2')).body).toMatchObject({ price: 2 })
    const broken = await ask('POST', '/v1/items', '{"id":"a"}\n{"id":', headers)
    expect(broken).toMatchObject({
      status: 400,
      body: { error: { message: 'line 2 is not JSON' } },
    })
  })

  it('that are wrong are named one by one, and the others kept', async () => {
    const items = [{ id: 'fine' }, { id: 'wrong', price: 'NaN' }, {}]
    const { status, body } = await ask('POST', '/v1/items', { items })
    expect(status).toBe(200)
    expect(body).toMatchObject({ upserted: 1, rejected: [{ index: 1 }, { index: 2 }] })
  })

  it('that are unknown are a 404 with a code', async () => {
    expect(await ask('GET', '/v1/items/nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'SERVER_UNKNOWN_ITEM' } },
    })
  })

  it('drop keys that reach prototypes', async () => {
    const body =
      '{"items":[{"id":"evil","attributes":{"__proto__":{"polluted":true},"color":"red"}}]}'
    expect((await ask('POST', '/v1/items', body)).status).toBe(200)
    expect(JSON.stringify((await ask('GET', '/v1/items/evil')).body)).not.toContain('polluted')
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('profiles', () => {
  it('are found by any identifier', async () => {
    const payload = { userId: 'ada', traits: { email: 'ada@shop.example' } }
    await test.app.inject({ method: 'POST', url: '/v1/identify', headers: test.write, payload })
    await test.engine.settled()
    expect((await ask('GET', '/v1/profiles/ada')).status).toBe(200)
    expect((await ask('GET', '/v1/profiles/ada%40shop.example?by=email')).status).toBe(200)
    expect(await ask('GET', '/v1/profiles/eve')).toMatchObject({
      status: 404,
      body: { error: { code: 'SERVER_UNKNOWN_PROFILE' } },
    })
  })

  it('are asked for by a well-formed type only', async () => {
    expect(await ask('GET', '/v1/profiles/ada?by=__proto__')).toMatchObject({
      status: 400,
      body: { error: { code: 'SERVER_BAD_REQUEST' } },
    })
  })
})

describe('placements', () => {
  it('are versioned: a write makes the next version and keeps the old one', async () => {
    const one = (await ask('GET', '/v1/placements/home-trending')).body
    const { version: _, updatedAt: __, ...document } = one
    const put = await ask('PUT', '/v1/placements/home-trending', { ...document, title: 'Rising' })
    expect(put.status).toBe(200)
    const now = (await ask('GET', '/v1/placements/home-trending')).body
    expect(now).toMatchObject({ title: 'Rising', version: Number(one['version']) + 1 })
    const before = await ask(
      'GET',
      `/v1/placements/home-trending?version=${String(one['version'])}`,
    )
    expect(before.body).toEqual(one)
  })

  it('that are wrong or unknown are refused with a code', async () => {
    const bad = await ask('PUT', '/v1/placements/bad', { candidates: 'all' })
    expect(bad.status).toBe(400)
    expect(bad.body).toMatchObject({ error: { code: expect.stringMatching(/^DECISIONS_/) } })
    expect((await ask('GET', '/v1/placements/none')).status).toBe(404)
    expect((await ask('GET', '/v1/placements/home-trending?version=zero')).status).toBe(400)
  })
})

describe('what is going on', () => {
  it('shows the newest events with their fate', async () => {
    const payload = { userId: 'eva', event: 'Product Viewed', properties: { product_id: 'hat' } }
    await test.app.inject({ method: 'POST', url: '/v1/track', headers: test.write, payload })
    await test.engine.settled()
    const { body } = await ask('GET', '/v1/events/recent?limit=1')
    expect(body).toMatchObject({
      events: [{ name: 'Product Viewed', fate: 'applied', item: 'hat' }],
    })
    const later = await ask('GET', `/v1/events/recent?after=${String(body['last'])}`)
    expect(later.body['events']).toEqual([])
  })

  it('counts in the status and in the metrics', async () => {
    expect((await ask('GET', '/v1/status')).body).toMatchObject({
      workspace: 'shop',
      lag: { entries: 0 },
      memory: { rss: expect.any(Number) },
    })
    await ask('POST', '/v1/decide', { userId: 'u', placements: ['home-for-you'] })
    await test.app.inject('/metrics')
    const { body } = await test.app.inject('/metrics')
    const route = 'route="/v1/decide"'
    const counts = body.matchAll(/attune_http_requests_total\{route="\/v1\/decide",.*\} (\d+)/g)
    const answered = [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
    expect(answered).toBeGreaterThan(0)
    const durations = 'attune_http_request_seconds'
    expect(body).toContain(`${durations}_bucket{le="10",${route}} ${answered}\n`)
    expect(body).toContain(`${durations}_bucket{le="+Inf",${route}} ${answered}\n`)
    expect(body).toContain(`${durations}_count{${route}} ${answered}\n`)
    expect(body).toMatch(/attune_decisions_total\{workspace="shop"\} [1-9]/)
    expect(body).toMatch(/attune_events_accepted_total\{workspace="shop"\} \d+/)
    expect(body).toMatch(/attune_http_requests_total\{route="\/v1\/track",status="200"\} \d+/)
    expect(body).toMatch(/attune_lag_entries\{workspace="shop"\} 0/)
  })
})

describe('keys', () => {
  it('stop at once when they are rotated, and are never listed whole', async () => {
    await using own = await openTestServer()
    const track = (authorization: string) =>
      own.app.inject({
        method: 'POST',
        url: '/v1/t',
        headers: { authorization },
        payload: { userId: 'u', event: 'x' },
      })
    expect((await track(own.write.authorization)).statusCode).toBe(200)
    const rotated = await own.app.inject({
      method: 'POST',
      url: '/v1/keys/rotate',
      headers: own.secret,
      payload: { role: 'write' },
    })
    const { key, id } = rotated.json()
    expect((await track(own.write.authorization)).statusCode).toBe(401)
    expect((await track(`Bearer ${key}`)).statusCode).toBe(200)
    const list = await own.app.inject({ url: '/v1/keys', headers: own.secret })
    expect(list.body).toContain(id)
    expect(list.body).not.toContain(key)
    const gone = await own.app.inject({
      method: 'DELETE',
      url: `/v1/keys/${id}`,
      headers: own.secret,
    })
    expect(gone.statusCode).toBe(200)
    expect((await track(`Bearer ${key}`)).statusCode).toBe(401)
  })

  it('open only the workspace they belong to, and the admin token opens any that is served', async () => {
    await using other = await openTestServer()
    const foreign = await ask('GET', '/v1/status', undefined, other.secret)
    expect(foreign.status).toBe(401)
    const admin = { authorization: `Bearer ${test.server.adminToken}` }
    expect((await ask('GET', '/v1/status', undefined, admin)).body).toMatchObject({
      workspace: 'shop',
    })
    const absent = { ...admin, 'x-attune-workspace': 'none' }
    expect(await ask('GET', '/v1/status', undefined, absent)).toMatchObject({
      status: 404,
      body: { error: { code: 'APP_WORKSPACE_UNKNOWN' } },
    })
  })
})

describe('the log', () => {
  it('holds nothing of the requests of these tests', () => {
    expect(test.logLines.join('\n')).not.toMatch(/ada|eva|shoe|wk_|sk_/)
  })
})
