import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createClient, openDemoSession } from './client.ts'
import { RequestError } from './requestError.ts'

const closers: (() => void)[] = []
afterEach(() => {
  vi.unstubAllGlobals()
  for (const close of closers.splice(0)) close()
})

/** Answers the page's relative addresses from a real server, as a browser would. */
async function serve(listener: RequestListener): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close().closeAllConnections())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const real = globalThis.fetch
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => real(origin + path, init))
}

const answer =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)

describe('openDemoSession', () => {
  it('gives the token of a demo', async () => {
    await serve(answer(200, '{"token":"t","workspace":"demo","demo":true}'))
    expect(await openDemoSession()).toBe('t')
  })

  it('gives nothing where a key is wanted', async () => {
    await serve(answer(401, '{"error":{"code":"X","message":"no"}}'))
    expect(await openDemoSession()).toBeUndefined()
  })

  it('fails where the server is in trouble, so that it is asked again', async () => {
    await serve(answer(503, 'not json'))
    await expect(openDemoSession()).rejects.toMatchObject({ status: 503, passing: true })
  })
})

describe('createClient', () => {
  it('sends the token with every call', async () => {
    const seen: unknown[] = []
    await serve((request, response) => {
      seen.push([request.method, request.url, request.headers.authorization])
      answer(200, '{"events":[],"last":0}')(request, response)
    })
    await createClient('secret').recentEvents(7, 10)
    expect(seen).toEqual([['GET', '/v1/events/recent?after=7&limit=10', 'Bearer secret']])
  })

  it('says undefined of a person and an item that nobody knows', async () => {
    await serve(answer(404, '{"error":{"code":"SERVER_UNKNOWN_PROFILE","message":"unknown"}}'))
    const client = createClient('secret')
    expect(await client.profile('user_id', 'a/b')).toBeUndefined()
    expect(await client.item('a,b')).toBeUndefined()
  })

  it('asks for one item in a way that is no error when it is unknown', async () => {
    const seen: unknown[] = []
    await serve((request, response) => {
      seen.push(request.url)
      answer(200, '{"items":[],"next":null}')(request, response)
    })
    expect(await createClient('secret').item('a b')).toBeUndefined()
    expect(seen).toEqual(['/v1/items?ids=a%20b'])
  })

  it('passes on code, message and remedy of a refusal', async () => {
    const error = { code: 'DECISIONS_BAD', message: 'what', remedy: 'how', status: 400 }
    await serve(answer(400, JSON.stringify({ error })))
    await expect(createClient('secret').decide({ placements: [] })).rejects.toMatchObject({
      code: 'DECISIONS_BAD',
      message: 'what',
      remedy: 'how',
      passing: false,
    })
  })

  it('tells a server that does not answer from one that refuses', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')))
    const failure = await createClient('secret')
      .status()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RequestError)
    expect(failure).toMatchObject({ status: 0, passing: true })
  })
})
