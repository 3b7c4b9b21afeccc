import { describe, expect, it } from 'vitest'
import { MAX_BODY_BYTES, readJson, unwrapBody, writeKeyOf } from './body.ts'
import { decodeEnvelope, envelopeHeader } from './envelope.ts'
import { ROUTES } from './route.ts'

const JSON_TEXT = '{"userId":"ü","event":"A+B & C=D?"}'
const VALUE = JSON.parse(JSON_TEXT) as unknown

function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}

describe('readJson', () => {
  const base64 = bytes(JSON_TEXT).toString('base64')
  it.each([
    ['plain JSON', JSON_TEXT],
    ['white space around it', ` \r\n\t${JSON_TEXT}\n`],
    ['a byte order mark', `\ufeff${JSON_TEXT}`],
    ['a form field data with JSON', `data=${encodeURIComponent(JSON_TEXT)}`],
    ['a form field data with base64', `data=${encodeURIComponent(base64)}`],
    ['base64 whose signs were not escaped', `data=${base64}`],
    ['URL-safe base64', `data=${bytes(JSON_TEXT).toString('base64url')}`],
    ['data among other fields', `v=1&data=${encodeURIComponent(JSON_TEXT)}&ip=1`],
    ['percent-encoded JSON as a whole', `${encodeURIComponent(JSON_TEXT)}=`],
  ])('reads %s', (_, body) => {
    expect(readJson(bytes(body))).toEqual(VALUE)
  })

  it('does not copy what is JSON already', () => {
    const body = bytes(JSON_TEXT)
    expect(unwrapBody(body)).toBe(body)
  })

  it.each([
    ['an unfinished text', '{"a":1'],
    ['nothing', ''],
    ['words', 'hello'],
    ['null', 'null'],
    ['a number', '42'],
    ['a JSON text', '"{}"'],
    ['a form without data', 'a=1&b=2'],
    ['data that is neither JSON nor base64', 'data=%%%'],
    ['an empty field', 'data='],
    ['a broken percent sign', '%7B%'],
    ['NaN, which is no JSON', '{"price":NaN}'],
    ['UTF-16', Buffer.from(JSON_TEXT, 'utf16le').toString('latin1')],
  ])('refuses %s with EVENTS_MALFORMED_JSON or EVENTS_WRONG_ENCODING', (_, body) => {
    expect(() => readJson(bytes(body))).toThrow(
      expect.objectContaining({
        status: 400,
        code: expect.stringMatching(/^EVENTS_(MALFORMED_JSON|WRONG_ENCODING)$/),
      }),
    )
  })

  it('refuses invalid UTF-8, in JSON and in a form', () => {
    const wrong = expect.objectContaining({ code: 'EVENTS_WRONG_ENCODING' })
    expect(() => readJson(Buffer.from('{"a":"\xe9"}', 'latin1'))).toThrow(wrong)
    expect(() => readJson(Buffer.from([0xff, 0xfe, 0x7b, 0x00]))).toThrow(wrong)
    const overlong = Buffer.concat([bytes('{"a":"'), Buffer.from([0xc0, 0x80]), bytes('"}')])
    expect(() => readJson(overlong)).toThrow(wrong)
    const inside = Buffer.from('{"a":"\xe9"}', 'latin1').toString('base64')
    expect(() => readJson(bytes(`data=${inside}`))).toThrow(wrong)
  })

  it('refuses a body beyond the limit and takes one of 4 MB', () => {
    expect(() => readJson(Buffer.alloc(MAX_BODY_BYTES + 1, 0x20))).toThrow(
      expect.objectContaining({ code: 'EVENTS_TOO_LARGE', status: 413 }),
    )
    const large = bytes(JSON.stringify({ batch: Array(40).fill('x'.repeat(100_000)) }))
    expect(large.length).toBeGreaterThan(4_000_000)
    expect(readJson(large)).toHaveProperty('batch')
  })
})

describe('writeKeyOf', () => {
  it('finds the key of a batch and of a message', () => {
    expect(writeKeyOf({ batch: [], writeKey: 'k' })).toBe('k')
    expect(writeKeyOf({ writeKey: 'k', type: 'track' })).toBe('k')
    expect(writeKeyOf({ batch: [{ writeKey: 'm' }] })).toBe('m')
  })

  it('is undefined where there is none', () => {
    for (const root of [{}, { writeKey: 7 }, { batch: [null] }, { batch: 'x' }, []]) {
      expect(writeKeyOf(root)).toBeUndefined()
    }
  })
})

describe('envelope', () => {
  it('gives back route and body for every route', () => {
    for (const route of ROUTES) {
      const opened = decodeEnvelope(Buffer.concat([envelopeHeader(route), bytes(JSON_TEXT)]))
      expect(opened.route).toBe(route)
      expect(Buffer.from(opened.body).toString()).toBe(JSON_TEXT)
    }
  })

  it('refuses bytes that no version wrote', () => {
    for (const damaged of [[], [1], [2, 0], [1, 200], [0x7b, 0x22]]) {
      expect(() => decodeEnvelope(Uint8Array.from(damaged))).toThrow(
        expect.objectContaining({ code: 'EVENTS_BAD_ENVELOPE' }),
      )
    }
  })
})
