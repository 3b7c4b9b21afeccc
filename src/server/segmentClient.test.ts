import { Analytics } from '@segment/analytics-node'
import { describe, expect, it, vi } from 'vitest'
import { openTestServer } from './openTestServer.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describe('an unmodified @segment/analytics-node', () => {
  it('needs only a host, and its events change the next decision', async () => {
    await using test = await openTestServer()
    const { url } = await test.server.listen()
    const client = new Analytics({ writeKey: test.writeKey, host: url })
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    client.identify({ userId: 'ada', traits: { email: 'ada@shop.example' } })
    for (const product of ['shoe', 'hat']) {
      const properties = { product_id: product, price: 20 }
      client.track({ userId: 'ada', event: 'Product Viewed', properties })
      client.track({ userId: 'bob', event: 'Product Viewed', properties })
    }
    await client.closeAndFlush()
    await test.engine.settled()
    expect(errors).toEqual([])
    expect((await test.engine.status()).events).toBe(5)
    const decided = await fetch(`${url}/v1/decide`, {
      method: 'POST',
      headers: test.secret,
      body: JSON.stringify({ userId: 'ada', placements: ['recently-viewed'] }),
    })
    expect(await decided.json()).toMatchObject({
      person: { known: true },
      placements: { 'recently-viewed': { items: [{ id: 'hat' }, { id: 'shoe' }] } },
    })
  })
})
