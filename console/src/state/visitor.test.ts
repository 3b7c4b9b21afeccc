import { describe, expect, it } from 'vitest'
import {
  lookedUpVisitor,
  newVisitor,
  parseVisitor,
  visitorIdentity,
  visitorKey,
} from './visitor.ts'

describe('visitor', () => {
  it('is never mistaken for another whose id has the same letters', () => {
    expect(visitorKey(newVisitor('7'))).not.toBe(visitorKey(lookedUpVisitor('7')))
  })

  it('sends the identifier that belongs to its kind', () => {
    expect(visitorIdentity(newVisitor('7'))).toEqual({ anonymousId: '7' })
    expect(visitorIdentity(lookedUpVisitor('7'))).toEqual({ userId: '7' })
  })
})

describe('parseVisitor', () => {
  it.each([newVisitor('abc'), lookedUpVisitor('u1')])('reads back what was kept: %o', (visitor) => {
    expect(parseVisitor(JSON.stringify(visitor))).toEqual(visitor)
  })

  it.each([
    null,
    '',
    'nonsense',
    '[]',
    '7',
    '{"kind":"person"}',
    '{"kind":"anonymous","anonymousId":3}',
  ])('starts without a visitor on %s', (text) => {
    expect(parseVisitor(text)).toBeUndefined()
  })
})
