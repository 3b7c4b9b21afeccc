import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { openTestServer } from './openTestServer.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describe('stopping', () => {
  it('answers what is in flight and accepts nothing new', async () => {
    await using test = await openTestServer()
    const { localUrl } = await test.server.listen()
    const arrived = once(test.app.server, 'request')
    const event = JSON.stringify({ userId: 'late', event: 'Product Viewed' })
    let finish = (): void => undefined
    const rest = new Promise<void>((resolve) => {
      finish = resolve
    })
    const inFlight = fetch(`${localUrl}/v1/track`, {
      method: 'POST',
      headers: test.write,
      body: slowly(event, rest),
      duplex: 'half',
    })
    await arrived
    const closed = test.server.close()
    finish()
    expect((await inFlight).status).toBe(200)
    await closed
    await expect(fetch(`${localUrl}/health`)).rejects.toThrow()
    await test.engine.settled()
    expect(await test.engine.profile('user_id', 'late')).toBeDefined()
  })

  it('cuts off a request that does not end', async () => {
    await using test = await openTestServer({ config: { stopTimeoutMs: 200 } })
    const { localUrl } = await test.server.listen()
    const arrived = once(test.app.server, 'request')
    const never = new Promise<void>(() => undefined)
    const hanging = fetch(`${localUrl}/v1/track`, {
      method: 'POST',
      headers: test.write,
      body: slowly('{"userId":"x"', never),
      duplex: 'half',
    }).catch((error: unknown) => error)
    await arrived
    await test.server.close()
    expect(await hanging).toBeInstanceOf(Error)
  })
})

describe('a port in use', () => {
  it('is named in a coded error', async () => {
    const taken = createServer()
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    await using test = await openTestServer({ config: { port } })
    await expect(test.server.listen()).rejects.toMatchObject({
      code: 'SERVER_PORT_BUSY',
      message: expect.stringContaining(String(port)),
    })
    taken.close()
  })
})

/** A body of which the second half comes when `rest` resolves. */
async function* slowly(text: string, rest: Promise<void>): AsyncGenerator<Buffer> {
  yield Buffer.from(text.slice(0, 10))
  await rest
  yield Buffer.from(text.slice(10))
}
