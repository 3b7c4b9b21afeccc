import { Analytics } from '@segment/analytics-node'
import { describe, expect, it } from 'vitest'
import type { AttuneEvent, Rejection } from './event.ts'
import { MAX_DEPTH, MAX_MESSAGE_CHARS, MAX_TEXT_CHARS } from './content.ts'
import { MAX_MESSAGES, parseBody } from './parseBody.ts'
import type { Route } from './route.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const HELLO = { type: 'track', event: 'Hello', userId: 'u1', messageId: 'm1' }

function parse(route: Route, body: unknown) {
  return parseBody(route, Buffer.from(JSON.stringify(body)), NOW)
}

function eventOf(route: Route, body: unknown): AttuneEvent {
  const { events, rejections } = parse(route, body)
  expect(rejections).toEqual([])
  return events[0] as AttuneEvent
}

function refusalOf(route: Route, body: unknown): Rejection {
  const { events, rejections } = parse(route, body)
  expect(events).toEqual([])
  return rejections[0] as Rejection
}

describe('single routes', () => {
  it('gives the type by the route', () => {
    expect(eventOf('track', HELLO)).toMatchObject({ type: 'track', name: 'Hello', messageId: 'm1' })
    expect(eventOf('identify', HELLO)).toMatchObject({ type: 'identify', name: 'identify' })
    expect(eventOf('page', { userId: 'u' }).name).toBe('Page Viewed')
    expect(eventOf('screen', { userId: 'u' }).name).toBe('Screen Viewed')
    expect(eventOf('group', { userId: 'u', groupId: 9 }).groupId).toBe('9')
  })

  it('keeps name and category of a page as properties', () => {
    const page = { userId: 'u', name: 'Home', category: 'Shop', properties: { category: 'Own' } }
    expect(eventOf('page', page).properties).toEqual({ name: 'Home', category: 'Own' })
  })

  it('refuses a list', () => {
    expect(() => parse('track', [HELLO])).toThrow(
      expect.objectContaining({ code: 'EVENTS_MALFORMED_JSON' }),
    )
  })

  it('reads null fields as absent', () => {
    const message = { ...HELLO, properties: null, traits: null, context: null, timestamp: null }
    expect(eventOf('track', message)).toMatchObject({ properties: {}, traits: {}, timestamp: NOW })
  })

  it('finds the decision that the sender attached', () => {
    expect(eventOf('track', { ...HELLO, properties: { decision_id: 'd1' } }).decisionId).toBe('d1')
    expect(eventOf('track', { ...HELLO, context: { decisionId: 'd2' } }).decisionId).toBe('d2')
    expect(eventOf('track', { ...HELLO, context: { decisionId: {} } }).decisionId).toBeUndefined()
  })
})

describe('batches', () => {
  it('refuses one message and keeps its neighbours with their places', () => {
    const batch = [
      HELLO,
      7,
      { ...HELLO, type: 'dance', messageId: 'x' },
      { ...HELLO, type: 'PAGE' },
    ]
    const { events, indexes, rejections } = parse('batch', { batch })
    expect(indexes).toEqual([0, 3])
    expect(events.map((event) => event.type)).toEqual(['track', 'page'])
    expect(rejections.map(({ code, index, messageId }) => [code, index, messageId])).toEqual([
      ['EVENTS_INVALID_FIELD', 1, undefined],
      ['EVENTS_UNKNOWN_TYPE', 2, 'x'],
    ])
  })

  it('lends its context and its sentAt to the messages, whose own come first', () => {
    const outer = { ip: '1.1.1.1', locale: 'de' }
    const batch = [
      { ...HELLO, timestamp: NOW - 5000 },
      { ...HELLO, context: { locale: 'en' }, timestamp: NOW - 5000, sentAt: NOW - 2000 },
    ]
    const { events } = parse('batch', { batch, context: outer, sentAt: NOW - 1000 })
    expect(events[0]?.context).toEqual(outer)
    expect(events[1]?.context).toEqual({ ip: '1.1.1.1', locale: 'en' })
    expect(events.map((event) => event.timestamp)).toEqual([NOW - 4000, NOW - 3000])
  })

  it('answers a body without messages with one rejection or none', () => {
    expect(parse('batch', { batch: [] })).toEqual({ events: [], indexes: [], rejections: [] })
    for (const body of [{}, { batch: {} }, { batch: [HELLO], context: 'x' }]) {
      expect(refusalOf('batch', body).code).toBe('EVENTS_INVALID_FIELD')
    }
  })

  it('refuses the whole batch beyond the limit of messages', () => {
    expect(() => parse('batch', { batch: Array(MAX_MESSAGES + 1).fill(0) })).toThrow(
      expect.objectContaining({ code: 'EVENTS_TOO_LARGE' }),
    )
  })
})

describe('clocks', () => {
  it('corrects the clock of a device that lives in 1970 or 2100', () => {
    for (const clock of [10_000, Date.UTC(2100, 0, 1)]) {
      const noted = new Date(clock - 3000)
      const message = { ...HELLO, originalTimestamp: noted, sentAt: new Date(clock) }
      expect(eventOf('track', message).timestamp).toBe(NOW - 3000)
    }
  })

  it('prefers what the device noted over a time that somebody has corrected already', () => {
    const message = { ...HELLO, timestamp: NOW - 9000, originalTimestamp: NOW - 1000, sentAt: NOW }
    expect(eventOf('track', message).timestamp).toBe(NOW - 1000)
  })

  it('takes the times of imported history as they are', () => {
    const body = { batch: [{ ...HELLO, timestamp: '2019-05-05' }], sentAt: NOW + 60_000 }
    expect(parse('import', body).events[0]?.timestamp).toBe(Date.UTC(2019, 4, 5))
  })

  it('refuses a time that nobody can read instead of calling it now', () => {
    for (const timestamp of ['01.02.2026', 'soon', 1.7e15, -5, true, {}]) {
      expect(refusalOf('track', { ...HELLO, timestamp }).code).toBe('EVENTS_BAD_TIMESTAMP')
    }
  })

  it('ignores a sentAt that cannot be read', () => {
    const message = { ...HELLO, timestamp: NOW - 1000, sentAt: 'now' }
    expect(eventOf('track', message).timestamp).toBe(NOW - 1000)
  })
})

describe('identity', () => {
  it('keeps an event whose user is a placeholder when another identifier is there', () => {
    const event = eventOf('track', { ...HELLO, userId: 'guest', anonymousId: 'a1' })
    expect(event.identifiers).toEqual([{ type: 'anonymous_id', value: 'a1' }])
  })

  it('refuses an event that names nobody', () => {
    for (const userId of ['guest', 0, null, {}, '[object Object]', ' ', undefined]) {
      expect(refusalOf('track', { ...HELLO, userId }).code).toBe('EVENTS_NO_IDENTITY')
    }
  })

  it('makes nothing of an alias of oneself or of a placeholder', () => {
    for (const previousId of ['u1', ' u1 ', 'anonymous', null, undefined]) {
      expect(eventOf('alias', { userId: 'u1', previousId }).previousId).toBeUndefined()
    }
    expect(eventOf('alias', { userId: 'u1', previousId: 'a1' }).previousId).toBe('a1')
  })

  it('needs the group of a group call', () => {
    expect(refusalOf('group', { userId: 'u' }).code).toBe('EVENTS_INVALID_FIELD')
    expect(eventOf('track', { ...HELLO, context: { groupId: 'g' } }).groupId).toBe('g')
  })
})

describe('messageId', () => {
  it('is made from content, place and arrival when it is missing', () => {
    const { messageId, ...bare } = HELLO
    expect(messageId).toBe('m1')
    const batch = [bare, bare, { ...bare, event: 'Other' }]
    const ids = (at: number): string[] =>
      parseBody('batch', Buffer.from(JSON.stringify({ batch })), at).events.map((e) => e.messageId)
    expect(new Set(ids(NOW)).size).toBe(3)
    expect(ids(NOW)).toEqual(ids(NOW))
    expect(ids(NOW)[0]).not.toBe(ids(NOW + 1)[0])
  })

  it('is replaced when it is no id', () => {
    for (const messageId of ['', {}, 'x'.repeat(300)]) {
      expect(eventOf('track', { ...HELLO, messageId }).messageId).toMatch(/^auto-/)
    }
  })
})

describe('content', () => {
  it('drops keys that reach for a prototype, however they are written', () => {
    const text = `{"userId":"u","event":"E","properties":{"a":{"__proto__":{"admin":true},"\\u005f_proto__":1},
      "constructor":{"prototype":{"x":1}},"ok":1},"__proto__":{"userId":"evil"}}`
    const event = parseBody('track', Buffer.from(text), NOW).events[0]
    expect(JSON.stringify(event?.properties)).toBe('{"a":{},"ok":1}')
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  it('refuses the message that is too deep, not the batch', () => {
    const deep = (levels: number, open = '{"a":', close = '}'): string =>
      `{"batch":[{"type":"track","event":"E","userId":"u","properties":${open.repeat(levels)}1${close.repeat(levels)}},
        {"type":"track","event":"E","userId":"u"}]}`
    const fates = (text: string) => {
      const { events, rejections } = parseBody('batch', Buffer.from(text), NOW)
      return [events.length, ...rejections.map((rejection) => rejection.code)]
    }
    expect(fates(deep(MAX_DEPTH - 1))).toEqual([2])
    expect(fates(deep(MAX_DEPTH))).toEqual([1, 'EVENTS_TOO_DEEP'])
    expect(fates(deep(200_000))).toEqual([1, 'EVENTS_TOO_DEEP'])
    expect(fates(deep(200_000, '{"a":[', ']}'))).toEqual([1, 'EVENTS_TOO_DEEP'])
  })

  it('names the text that is too long and the message that is too large', () => {
    const text = { ...HELLO, properties: { list: [1, { note: 'x'.repeat(MAX_TEXT_CHARS + 1) }] } }
    const refusal = refusalOf('track', text)
    expect(refusal.code).toBe('EVENTS_MESSAGE_TOO_LARGE')
    expect(refusal.reason).toMatch(/^properties\.list\[1\]\.note: a text of 102401 characters/)
    const many = Array(6).fill('x'.repeat(MAX_MESSAGE_CHARS / 6 + 1))
    const batch = [{ ...HELLO, properties: { many } }, HELLO]
    const result = parse('batch', { batch })
    expect(result.rejections[0]?.code).toBe('EVENTS_MESSAGE_TOO_LARGE')
    expect(result.events).toHaveLength(1)
    const values = { ...HELLO, properties: { n: Array(60_000).fill(1) } }
    expect(refusalOf('track', values).code).toBe('EVENTS_MESSAGE_TOO_LARGE')
  })

  it('refuses fields of the wrong form by name', () => {
    for (const field of ['properties', 'traits', 'context']) {
      expect(refusalOf('track', { ...HELLO, [field]: 'x' }).reason).toContain(field)
      expect(refusalOf('track', { ...HELLO, [field]: [1] }).reason).toContain(field)
    }
    for (const event of ['', '  ', 7, undefined, 'x'.repeat(2000)]) {
      expect(refusalOf('track', { ...HELLO, event }).reason).toMatch(/^event must be a name/)
    }
  })

  it('refuses numbers that a double cannot hold', () => {
    const body = Buffer.from('{"userId":"u","event":"E","properties":{"x":[1e999]}}')
    expect(parseBody('track', body, NOW).rejections[0]).toMatchObject({
      code: 'EVENTS_INVALID_FIELD',
      reason: expect.stringContaining('properties.x[0]'),
    })
  })
})

describe('an unmodified @segment/analytics-node', () => {
  it('sends what is read', async () => {
    const bodies: string[] = []
    const httpClient = {
      makeRequest: async (request: { body: string }) => {
        bodies.push(request.body)
        return { status: 200, statusText: 'OK', headers: {} }
      },
    }
    const client = new Analytics({ writeKey: 'k', httpClient, flushAt: 10 })
    client.identify({ userId: 'u1', traits: { email: 'U1@example.com' } })
    client.track({ anonymousId: 'a1', event: 'Product Viewed', properties: { product_id: 'p1' } })
    client.track({ userId: 'u1', event: 'Old', timestamp: new Date('2012-02-02T02:02:02Z') })
    client.alias({ userId: 'u1', previousId: 'a1' })
    client.group({ userId: 'u1', groupId: 'g1' })
    client.page({ userId: 'u1', name: 'Home' })
    await client.closeAndFlush()

    const receivedAt = Date.now() + 10_000
    const parsed = bodies.map((body) => parseBody('batch', Buffer.from(body), receivedAt))
    const events = parsed.flatMap((body) => body.events)
    expect(parsed.flatMap((body) => body.rejections)).toEqual([])
    expect(events.map((event) => event.type)).toEqual([
      'identify',
      'track',
      'track',
      'alias',
      'group',
      'page',
    ])
    expect(events[0]?.identifiers.map((id) => id.value)).toEqual(['u1', 'u1@example.com'])
    // The clock of the sender is 10 s behind: events of now are of now, the old one stays old.
    expect(receivedAt - (events[1]?.timestamp ?? 0)).toBeLessThan(2000)
    expect(new Date(events[2]?.timestamp ?? 0).getUTCFullYear()).toBe(2012)
    expect(events[5]?.properties).toMatchObject({ name: 'Home' })
  })
})
