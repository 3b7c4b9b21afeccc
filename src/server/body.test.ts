import { describe, expect, it } from 'vitest'
import { BodyBudget, parseJson, parseLines } from './body.ts'
import { TokenBucket } from './rateLimit.ts'

describe('JSON from outside', () => {
  it.each([
    ['{"a":{"__proto__":{"admin":true},"b":1}}', { a: { b: 1 } }],
    ['{"constructor":{"prototype":{"x":1}},"b":[{"prototype":1,"c":2}]}', { b: [{ c: 2 }] }],
    [String.raw`{"\u005f_proto__":{"admin":true},"b":1}`, { b: 1 }],
  ])('loses keys that reach prototypes: %s', (text, expected) => {
    const parsed = parseJson(Buffer.from(text))
    expect(parsed).toEqual(expected)
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(expected))
    expect(JSON.stringify(parseLines(Buffer.from(text))[0])).toBe(JSON.stringify(expected))
  })

  it('may begin with a byte order mark', () => {
    expect(parseJson(Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 })
  })

  it('must be UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xe9, 0x22]))).toThrow(/not UTF-8/)
  })

  it('is not quoted in the complaint about it', () => {
    expect(() => parseJson(Buffer.from('{"email":ada@shop.example}'))).toThrow(
      /^the body is not JSON/,
    )
    expect(() => parseJson(Buffer.from('{"email":ada@shop.example}'))).not.toThrow(/ada/)
  })
})

describe('the budget for bodies', () => {
  it('refuses what does not fit, and takes it once there is room', () => {
    const budget = new BodyBudget(100)
    budget.take(60)
    expect(() => budget.take(50)).toThrow(/memory/)
    budget.give(20)
    budget.take(50)
    expect(budget.used).toBe(90)
  })
})

describe('a token bucket', () => {
  it('lets a burst pass, then as many as its rate', () => {
    const bucket = new TokenBucket(10, 0)
    const burst = Array.from({ length: 12 }, () => bucket.take(0))
    expect(burst.filter((wait) => wait === 0)).toHaveLength(10)
    expect(bucket.take(100)).toBe(0)
    expect(bucket.take(100)).toBe(1)
  })

  it('tells in whole seconds when there will be a token', () => {
    const slow = new TokenBucket(0.25, 0)
    expect(slow.take(0)).toBe(0)
    expect(slow.take(0)).toBe(4)
    expect(slow.take(4_000)).toBe(0)
  })

  it('does not run dry when the clock goes back', () => {
    const bucket = new TokenBucket(1, 10_000)
    expect(bucket.take(10_000)).toBe(0)
    expect(bucket.take(0)).toBe(1)
    expect(bucket.take(1_000)).toBe(0)
  })
})
