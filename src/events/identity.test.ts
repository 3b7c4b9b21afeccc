import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../base/index.ts'
import { identifiersOf, isRefusedId, MAX_ID_CHARS, usableId } from './identity.ts'

function named(message: {
  type?: 'track' | 'identify' | 'group'
  userId?: unknown
  anonymousId?: unknown
  traits?: JsonObject
  context?: JsonObject
}): string[] {
  const { type = 'track', userId, anonymousId, traits = {}, context = {} } = message
  const found = identifiersOf({ type, userId, anonymousId, traits, context })
  return found.map((id) => `${id.type}:${id.value}`)
}

describe('refused identifiers', () => {
  it.each([
    '',
    '0',
    '000',
    '-',
    '--',
    '-1',
    '00000000-0000-0000-0000-000000000000',
    'anonymous',
    'Anonymous',
    'GUEST',
    'null',
    'NULL',
    'undefined',
    'None',
    'NaN',
    '[object Object]',
    'true',
    'false',
    'not_authenticated',
  ])('refuses %j', (id) => {
    expect(isRefusedId(id)).toBe(true)
    expect(usableId(` ${id} `)).toBeUndefined()
  })

  it.each([
    '1',
    '42',
    '-5',
    'a',
    'guest-17',
    '0x1',
    '00000000-0000-0000-0000-000000000001',
    'Nullo',
  ])('takes %j', (id) => expect(usableId(id)).toBe(id))

  it('takes whole numbers as text and nothing but texts and numbers', () => {
    expect(usableId(42)).toBe('42')
    for (const value of [0, Number.NaN, true, null, undefined, {}, [], ['a']]) {
      expect(usableId(value)).toBeUndefined()
    }
  })

  it('refuses what could not be told apart once stored, and endless ids', () => {
    expect(usableId('a\u0000b')).toBeUndefined()
    expect(usableId('a\nb')).toBeUndefined()
    expect(usableId('\ud800')).toBeUndefined()
    expect(usableId('😀')).toBe('😀')
    expect(usableId('x'.repeat(MAX_ID_CHARS))).toBeDefined()
    expect(usableId('x'.repeat(MAX_ID_CHARS + 1))).toBeUndefined()
  })
})

describe('identifiersOf', () => {
  it('orders user_id, email, then by type', () => {
    const context = {
      externalIds: [
        { id: 's1', type: 'shopify_id', collection: 'users', encoding: 'none' },
        { id: 'A1', type: 'androidId' },
      ],
    }
    expect(
      named({ userId: 'u', anonymousId: 'a', traits: { email: ' Jane@Example.COM ' }, context }),
    ).toEqual([
      'user_id:u',
      'email:jane@example.com',
      'android_id:A1',
      'anonymous_id:a',
      'shopify_id:s1',
    ])
  })

  it('reads the email from context.traits when the traits have none', () => {
    expect(named({ context: { traits: { email: 'a@b.example' } } })).toEqual(['email:a@b.example'])
    expect(
      named({ traits: { email: 'x@b.example' }, context: { traits: { email: 'y@b.example' } } }),
    ).toEqual(['email:x@b.example'])
  })

  it('does not take the email of a company for that of a person', () => {
    expect(named({ type: 'group', userId: 'u', traits: { email: 'info@firm.example' } })).toEqual([
      'user_id:u',
    ])
  })

  it('refuses emails that are none', () => {
    for (const email of ['null', '@', 'a@', 'a b@c', 'a@b@c', 7, {}]) {
      expect(named({ userId: 'u', traits: { email } })).toEqual(['user_id:u'])
    }
  })

  it('leaves out external ids of accounts, of other encodings and of odd types', () => {
    const externalIds = [
      { id: 'x', type: 'account', collection: 'accounts' },
      { id: 'x', type: 'hash', encoding: 'sha256' },
      { id: 'x', type: '' },
      { id: 'x', type: '__proto__' },
      { id: 'guest', type: 'phone' },
      { id: {}, type: 'phone' },
      { type: 'phone' },
      null,
      'x',
    ]
    expect(named({ userId: 'u', context: { externalIds } })).toEqual(['user_id:u'])
  })

  it('names nobody twice', () => {
    const externalIds = [
      { id: 'u', type: 'user_id' },
      { id: 'A@b.example', type: 'email' },
    ]
    expect(
      named({ userId: 'u', traits: { email: 'a@B.example' }, context: { externalIds } }),
    ).toEqual(['user_id:u', 'email:a@b.example'])
  })

  it('takes at most twenty external ids', () => {
    const externalIds = Array.from({ length: 100 }, (_, i) => ({ id: `i${i}`, type: 'card' }))
    expect(named({ context: { externalIds } })).toHaveLength(20)
  })
})
