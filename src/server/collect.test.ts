import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { AttuneError } from '../base/index.ts'
import { openTestServer, type TestServer } from './openTestServer.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let test: TestServer

beforeAll(async () => {
  test = await openTestServer()
})

afterAll(async () => {
  await test[Symbol.asyncDispose]()
})

function track(userId: string): Record<string, unknown> {
  return {
    type: 'track',
    event: 'Product Viewed',
    userId,
    messageId: `${userId}-${Math.round(performance.now() * 1e6)}`,
    properties: { product_id: 'shoe', price: 20 },
  }
}

function basic(user: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
}

async function post(
  url: string,
  payload: string | Buffer,
  headers: Record<string, string>,
): Promise<{ status: number; body: unknown; headers: Record<string, unknown> }> {
  const answer = await test.app.inject({ method: 'POST', url, payload, headers })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}

async function arrived(userId: string): Promise<boolean> {
  await test.engine.settled()
  return (await test.engine.profile('user_id', userId)) !== undefined
}

describe('the Segment tracking API', () => {
  it.each([
    ['identify', { userId: 'u', traits: { email: 'u@shop.example' } }],
    ['track', { userId: 'u', event: 'Product Viewed', properties: { product_id: 'shoe' } }],
    ['page', { userId: 'u', name: 'Home' }],
    ['screen', { userId: 'u', name: 'Home' }],
    ['group', { userId: 'u', groupId: 'g' }],
    ['alias', { userId: 'u', previousId: 'v' }],
    ['batch', { batch: [track('u')] }],
    ['import', { batch: [track('u')] }],
    ['i', { userId: 'u' }],
    ['t', { userId: 'u', event: 'Product Viewed' }],
    ['p', { userId: 'u' }],
    ['s', { userId: 'u' }],
    ['g', { userId: 'u', groupId: 'g' }],
    ['a', { userId: 'u', previousId: 'w' }],
    ['b', { batch: [track('u')] }],
  ])('answers /v1/%s with success', async (path, body) => {
    const before = (await test.engine.status()).rejected
    const answer = await post(`/v1/${path}`, JSON.stringify(body), basic(`${test.writeKey}:`))
    expect(answer).toMatchObject({ status: 200, body: { success: true } })
    await test.engine.settled()
    expect((await test.engine.status()).rejected).toBe(before)
  })

  it('shows an acknowledged event in the profile', async () => {
    await post('/v1/track', JSON.stringify(track('seen')), basic(test.writeKey))
    expect(await arrived('seen')).toBe(true)
  })

  it('answers 200 and keeps the reason for an event that breaks the schema', async () => {
    const bad = { batch: [track('good'), { type: 'nonsense', userId: 'bad' }] }
    const answer = await post('/v1/batch', JSON.stringify(bad), test.write)
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, rejected: [{ index: 1, code: 'EVENTS_UNKNOWN_TYPE' }] },
    })
    expect(await arrived('good')).toBe(true)
    const letters = await test.app.inject({ url: '/v1/dead-letters', headers: test.secret })
    expect(JSON.stringify(letters.json())).toContain('EVENTS_UNKNOWN_TYPE')
  })

  it('lists what was rejected, up to a limit, and nothing otherwise', async () => {
    const nobody = { type: 'track', event: 'Lost' }
    const bad = JSON.stringify({ batch: Array.from({ length: 501 }, () => nobody) })
    const listed = (body: unknown) => Object(body) as { rejected: Record<string, unknown>[] }
    const batch = listed((await post('/v1/batch', bad, test.write)).body)
    expect(batch.rejected).toHaveLength(100)
    expect(Object.keys(batch.rejected[99] ?? {})).toEqual(['index', 'code', 'reason'])
    expect(batch.rejected[99]).toMatchObject({ index: 99 })
    expect(listed((await post('/v1/import', bad, test.write)).body).rejected).toHaveLength(500)
    const good = await post('/v1/track', JSON.stringify(track('fine')), test.write)
    expect(good.body).toEqual({ success: true })
  })

  it.each([
    ['application/json; charset=utf-8'],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['json'],
    [';;;'],
    [''],
  ])('ignores the content type %j', async (type) => {
    const user = `type-${type.length}`
    const headers = { ...test.write, 'content-type': type }
    const answer = await post('/v1/track', JSON.stringify(track(user)), headers)
    expect(answer.status).toBe(200)
    expect(await arrived(user)).toBe(true)
  })

  it('answers 400 with a code for malformed JSON', async () => {
    for (const body of ['', '{', 'hello', '[1,', '"text"', '{"a":}']) {
      const answer = await post('/v1/track', body, test.write)
      expect(answer).toMatchObject({ status: 400, body: { error: { status: 400 } } })
    }
  })
})

describe('keys of events', () => {
  it.each([
    ['basic auth with a colon', (key: string) => ({ headers: basic(`${key}:`) })],
    ['basic auth without a colon', (key: string) => ({ headers: basic(key) })],
    ['basic auth with a password', (key: string) => ({ headers: basic(`${key}:x`) })],
    ['a bearer token', (key: string) => ({ headers: { authorization: `Bearer ${key}` } })],
    ['the query', (key: string) => ({ query: `?writeKey=${key}` })],
    [
      'the query beside an empty header',
      (key: string) => ({ query: `?writeKey=${key}`, headers: basic(':') }),
    ],
    ['the body', (key: string) => ({ body: { writeKey: key } })],
  ])('are found in %s', async (name, place) => {
    const given: { headers?: object; query?: string; body?: object } = place(test.writeKey)
    const user = name.replaceAll(' ', '-')
    const answer = await post(
      `/v1/track${given.query ?? ''}`,
      JSON.stringify({ ...track(user), ...given.body }),
      { ...given.headers },
    )
    expect(answer.status).toBe(200)
    expect(await arrived(user)).toBe(true)
  })

  it.each([
    ['no key', {}, {}],
    ['an unknown key', basic('wk_unknown:'), {}],
    ['an unknown key in the body', {}, { writeKey: 'wk_unknown' }],
    ['nonsense', { authorization: 'Digest realm=1' }, {}],
  ])('are refused with 401: %s', async (_name, headers, body) => {
    const answer = await post('/v1/track', JSON.stringify({ ...track('x'), ...body }), {
      ...headers,
    })
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'SERVER_UNAUTHORIZED' } } })
  })
})

describe('compressed bodies', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('are read: %s', async (encoding, compress) => {
    const user = `zip-${compress.name}`
    const body = Buffer.from(JSON.stringify(track(user)))
    const headers = { ...test.write, 'content-encoding': encoding }
    expect((await post('/v1/track', compress(body), headers)).status).toBe(200)
    expect(await arrived(user)).toBe(true)
  })

  it('are refused with 400 when they are not what they say', async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'snappy', 'constructor']) {
      const headers = { ...test.write, 'content-encoding': encoding }
      const answer = await post('/v1/track', JSON.stringify(track('x')), headers)
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { code: 'SERVER_WRONG_ENCODING' } },
      })
    }
  })

  it('are refused with 413 when they grow beyond the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, 0x20))
    expect(bomb.length).toBeLessThan(100_000)
    const answer = await post('/v1/track', bomb, { ...test.write, 'content-encoding': 'gzip' })
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'SERVER_TOO_LARGE' } } })
  })
})

describe('large bodies', () => {
  const batchOf = (bytes: number): string => {
    const batch = Array.from({ length: Math.ceil(bytes / 50_000) }, (_, i) => ({
      ...track(`large-${i}`),
      properties: { product_id: 'shoe', text: 'x'.repeat(49_800) },
    }))
    return JSON.stringify({ batch })
  }

  it('are accepted up to 4 MB and more', async () => {
    const body = batchOf(4_200_000)
    expect(body.length).toBeGreaterThan(4_194_304)
    expect((await post('/v1/batch', body, test.write)).status).toBe(200)
    expect(await arrived('large-83')).toBe(true)
  })

  it('get a 413 that a client still writing can read', async () => {
    const { localUrl } = await test.server.listen()
    const answer = await fetch(`${localUrl}/v1/batch`, {
      method: 'POST',
      body: batchOf(9_000_000),
      headers: test.write,
    })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ error: { code: 'SERVER_TOO_LARGE' } })
  })
})

describe('browser clients', () => {
  it('of any origin may send and read the answer', async () => {
    const origin = 'https://shop.example'
    const before = await test.app.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(before.statusCode).toBe(204)
    expect(before.headers).toMatchObject({ 'access-control-allow-origin': origin })
    const sent = await post('/v1/t', JSON.stringify(track('cors')), { ...test.write, origin })
    expect(sent.headers).toMatchObject({ 'access-control-allow-origin': origin })
    const refused = await post('/v1/t', '{', { origin })
    expect(refused.headers).toMatchObject({ 'access-control-allow-origin': origin })
  })

  it('may not read decisions or profiles', async () => {
    const origin = 'https://shop.example'
    const headers = { ...test.secret, origin }
    const decided = await post('/v1/decide', '{"placements":["home-trending"]}', headers)
    expect(decided.headers).not.toHaveProperty('access-control-allow-origin')
    const status = await test.app.inject({ url: '/v1/status', headers })
    expect(status.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('get their settings by write key', async () => {
    const url = `/v1/projects/${test.writeKey}/settings`
    const answer = await test.app.inject({ url, headers: { host: 'events.shop.example' } })
    expect(answer.json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: test.writeKey, apiHost: 'events.shop.example/v1' } },
    })
    const unknown = await test.app.inject({ url: '/v1/projects/wk_unknown/settings' })
    expect(unknown.statusCode).toBe(401)
  })

  it('may send their own counters, which are not kept', async () => {
    expect(await post('/v1/m', '{"series":[]}', {})).toMatchObject({
      status: 200,
      body: { success: true },
    })
  })
})

describe('pressure', () => {
  it('limits the requests of a key, and says when to come back', async () => {
    await using limited = await openTestServer({ config: { keyRequestsPerSecond: 3 } })
    const send = () =>
      limited.app.inject({
        method: 'POST',
        url: '/v1/t',
        headers: limited.write,
        payload: track('u'),
      })
    const answers = await Promise.all([send(), send(), send(), send(), send()])
    const statuses = answers.map((answer) => answer.statusCode)
    expect(statuses.filter((status) => status === 200)).toHaveLength(3)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
    const refused = answers.find((answer) => answer.statusCode === 429)
    expect(refused?.headers['retry-after']).toBe('1')
    expect(refused?.json()).toMatchObject({ error: { code: 'SERVER_RATE_LIMITED' } })
  })

  it('refuses bodies with 429 before they fill the memory set aside, and lets go of it', async () => {
    await using small = await openTestServer({ config: { maxPendingBytes: 1_048_576 } })
    const send = (bytes: number) =>
      small.app.inject({
        method: 'POST',
        url: '/v1/t',
        headers: small.write,
        payload: JSON.stringify({ ...track('u'), context: { text: 'x'.repeat(bytes) } }),
      })
    const refused = await send(1_500_000)
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['retry-after']).toBe('1')
    expect((await send(50_000)).statusCode).toBe(200)
  })

  it('answers 503 with Retry-After when the disk is full', async () => {
    const kind = { status: 503, meaning: 'The disk is full.', remedy: 'Free some space.' }
    const collect = () => Promise.reject(new AttuneError('STORE_DISK_FULL', kind, ''))
    await using full = await openTestServer({ broken: { collect } })
    const answer = await full.app.inject({
      method: 'POST',
      url: '/v1/t',
      headers: full.write,
      payload: track('u'),
    })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toMatchObject({ error: { code: 'STORE_DISK_FULL' } })
  })

  it('refuses events while profiles are too far behind, and says so in readiness', async () => {
    const gauges = () => ({ lagEntries: 101, pendingBytes: 0, applied: 0 })
    await using late = await openTestServer({ config: { maxLagEntries: 100 }, broken: { gauges } })
    const answer = await late.app.inject({
      method: 'POST',
      url: '/v1/t',
      headers: late.write,
      payload: track('u'),
    })
    expect(answer.json()).toMatchObject({ error: { code: 'SERVER_LAGGING', status: 429 } })
    expect((await late.app.inject('/ready')).statusCode).toBe(503)
  })

  it('hides an error of its own, and logs it without what was sent', async () => {
    const collect = () => Promise.reject(new Error('row of ada@shop.example'))
    await using faulty = await openTestServer({ broken: { collect } })
    const answer = await faulty.app.inject({
      method: 'POST',
      url: '/v1/t',
      headers: faulty.write,
      payload: track('ada'),
    })
    expect(answer.json()).toMatchObject({ error: { code: 'SERVER_INTERNAL', status: 500 } })
    expect(answer.body + faulty.logLines.join('')).not.toContain('ada')
    expect(faulty.logLines).toHaveLength(1)
  })
})
