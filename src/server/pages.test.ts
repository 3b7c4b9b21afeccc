import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Demo } from '../app/index.ts'
import { openTestServer, type TestServer } from './openTestServer.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let test: TestServer
let built = ''

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'attune-console-'))
  test = await openTestServer({ consoleDirectory: built })
})

afterAll(async () => {
  await test[Symbol.asyncDispose]()
  rmSync(built, { recursive: true })
})

describe('the description of the API', () => {
  it('names every route', async () => {
    const { paths } = (await test.app.inject('/openapi.json')).json()
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/track', '/v1/b', '/v1/decide', '/v1/items/{id}', '/v1/status']),
    )
    expect(
      paths['/v1/decide'].post.requestBody.content['application/json'].schema.properties,
    ).toHaveProperty('placements')
  })

  it('is a page without scripts that loads nothing from elsewhere', async () => {
    const page = await test.app.inject('/docs')
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.headers['content-security-policy']).toMatch(
      /default-src 'none'; style-src 'sha256-/,
    )
    expect(page.body).toContain('/v1/decide')
    expect(page.body).not.toMatch(/<script|https?:\/\//)
  })
})

describe('the console', () => {
  it('says how to build it when it is not built, and is there once it is', async () => {
    expect((await test.app.inject('/')).body).toContain('npm run -w console build')
    mkdirSync(join(built, 'assets'))
    writeFileSync(join(built, 'assets/app-0123abcd.js'), 'console.log(1)')
    writeFileSync(
      join(built, 'index.html'),
      '<!doctype html><script>theme()</script><div id="root">',
    )
    const page = await test.app.inject('/')
    expect(page.body).toContain('id="root"')
    expect(page.headers['cache-control']).toBe('no-cache')
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'sha256-[\w+/=]+';/)
  })

  it('has files that a browser may keep, and an answer without a body for what it has', async () => {
    const file = await test.app.inject('/assets/app-0123abcd.js')
    expect(file.headers['cache-control']).toContain('immutable')
    const etag = String(file.headers.etag)
    const again = await test.app.inject({
      url: '/assets/app-0123abcd.js',
      headers: { 'if-none-match': etag },
    })
    expect(again.statusCode).toBe(304)
  })

  it('is the answer to paths of its own, and to nothing of the API', async () => {
    const accept = { accept: 'text/html,*/*' }
    expect((await test.app.inject({ url: '/people/42', headers: accept })).body).toContain(
      'id="root"',
    )
    const api = await test.app.inject({ url: '/v1/nothing', headers: accept })
    expect(api.statusCode).toBe(404)
    expect(api.json()).toMatchObject({ error: { code: 'SERVER_NOT_FOUND' } })
  })

  it('gives no file outside its directory', async () => {
    for (const url of [
      '/../workspace.json',
      '/assets/../../x',
      '/%2e%2e/x',
      '/assets/%2e%2e%2fx',
    ]) {
      expect((await test.app.inject({ url })).statusCode).toBeGreaterThanOrEqual(400)
    }
  })
})

describe('health', () => {
  it('is ready while it serves, and not from the moment it stops', async () => {
    await using own = await openTestServer()
    expect((await own.app.inject('/health')).json()).toMatchObject({ status: 'ok' })
    expect((await own.app.inject('/ready')).statusCode).toBe(200)
  })
})

/** A demo without a simulator behind it: only what the routes ask of one. */
function literalDemo(): Demo {
  let paused = false
  return {
    people: [{ userId: 'sim-1', name: 'Sim One', about: 'likes hats' }],
    get paused() {
      return paused
    },
    eventsPerSecond: 4,
    pause: (wanted) => {
      paused = wanted
    },
    drawItem: (id) => (id === 'hat' ? '<svg xmlns="http://www.w3.org/2000/svg"/>' : undefined),
    stop: () => Promise.resolve(),
  }
}

describe('the session of a demo', () => {
  it('does not exist without a demo', async () => {
    expect((await test.app.inject('/v1/session')).json()).toMatchObject({
      error: { code: 'SERVER_NO_SESSION' },
    })
  })

  it('opens the workspace to a page of this machine', async () => {
    await using demo = await openTestServer({ demo: literalDemo() })
    const session = await demo.app.inject({
      url: '/v1/session',
      headers: { host: '127.0.0.1:4747' },
    })
    expect(session.json()).toMatchObject({ workspace: 'shop', demo: true })
    const headers = { authorization: `Bearer ${session.json().token}` }
    const seen = await demo.app.inject({ url: '/v1/demo', headers })
    expect(seen.json()).toMatchObject({ people: [{ userId: 'sim-1' }], paused: false })
    const paused = await demo.app.inject({
      method: 'POST',
      url: '/v1/demo',
      headers,
      payload: { paused: true },
    })
    expect(paused.json()).toMatchObject({ paused: true })
    expect((await demo.app.inject('/demo/items/hat.svg')).headers['content-type']).toContain(
      'image/svg+xml',
    )
    expect((await demo.app.inject('/demo/items/none.svg')).statusCode).toBe(404)
  })

  it.each([
    ['a foreign host name', { host: 'evil.example' }, 403],
    ['a host name that begins like this machine', { host: '127.0.0.1.evil.example' }, 403],
    ['a request through a proxy', { host: 'localhost', 'x-forwarded-for': '10.0.0.1' }, 401],
  ])('is refused to %s', async (_name, headers, status) => {
    await using demo = await openTestServer({ demo: literalDemo() })
    expect((await demo.app.inject({ url: '/v1/session', headers })).statusCode).toBe(status)
  })

  it('is refused by a server that others can reach', async () => {
    await using demo = await openTestServer({ demo: literalDemo(), config: { host: '0.0.0.0' } })
    const answer = await demo.app.inject({ url: '/v1/session', headers: { host: 'localhost' } })
    expect(answer.statusCode).toBe(401)
  })
})
