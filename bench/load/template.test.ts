import { expect, test } from 'vitest'
import { seededRandom } from '../../src/base/index.ts'
import type { LoadJob } from './job.ts'
import { RequestTemplate, skewed } from './template.ts'
import { prepareTraffic } from './traffic.ts'

const job: LoadJob = {
  port: 1,
  traffic: 'batch',
  key: 'wk_test',
  connections: 2,
  warmupSeconds: 0,
  seconds: 1,
  people: 1000,
  items: 500,
  seed: 7,
}

function bodyOf(request: Buffer): string {
  const text = request.toString()
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  const length = /content-length: (\d+)/.exec(text)?.[1]
  expect(Buffer.byteLength(body)).toBe(Number(length))
  return body
}

test('slots are written anew, the length stays', () => {
  let n = 41
  const template = new RequestTemplate(
    ['POST / HTTP/1.1'],
    '{"a":"x{n}","b":"{n}","c":"{other}"}',
    {
      n: { width: 4, draw: () => ++n },
    },
  )
  template.renew()
  expect(bodyOf(template.bytes)).toBe('{"a":"x0042","b":"0043","c":"{other}"}')
  template.renew()
  expect(bodyOf(template.bytes)).toBe('{"a":"x0044","b":"0045","c":"{other}"}')
})

interface Sent {
  readonly batch: readonly {
    readonly messageId: string
    readonly userId: string
    readonly anonymousId: string
  }[]
}

test('a batch has 100 events of about 600 bytes, each with an id of its own and one person', () => {
  const seen = new Set<string>()
  for (const template of prepareTraffic(job).flat()) {
    template.renew()
    const body = bodyOf(template.bytes)
    const { batch } = JSON.parse(body) as Sent
    expect(batch).toHaveLength(100)
    expect(body.length / 100).toBeGreaterThan(550)
    expect(body.length / 100).toBeLessThan(700)
    for (const { messageId, userId, anonymousId } of batch) {
      seen.add(messageId)
      expect(anonymousId.slice(1, 9)).toBe(userId.slice(1))
    }
  }
  expect(seen.size).toBe(8 * 100)
})

test('popular items come more often', () => {
  const draw = skewed(seededRandom(1), 100)
  const draws = Array.from({ length: 2000 }, draw)
  expect(draws.every((n) => n >= 0 && n < 100)).toBe(true)
  expect(draws.filter((n) => n < 25).length).toBeGreaterThan(800)
})
