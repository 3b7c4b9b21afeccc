import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AttuneError } from '../base/index.ts'
import { parseDecideRequest } from './request.ts'

function complaintAbout(raw: unknown): string {
  try {
    parseDecideRequest(raw)
  } catch (error) {
    if (error instanceof AttuneError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('parseDecideRequest', () => {
  it('reads a full request', () => {
    const request = parseDecideRequest({
      userId: 7,
      anonymousId: 'a1',
      identifiers: [{ type: 'email', value: 'a@b.example' }],
      placements: ['home-new', { id: 'home-for-you', n: 5 }],
      context: { item: 'p1', cart: ['p2'], device: 'phone' },
      exclude: ['p9'],
      include: ['parts'],
      dryRun: true,
    })
    expect(request).toMatchObject({
      identifiers: [
        { type: 'user_id', value: '7' },
        { type: 'email', value: 'a@b.example' },
        { type: 'anonymous_id', value: 'a1' },
      ],
      placements: [{ id: 'home-new' }, { id: 'home-for-you', n: 5 }],
      item: 'p1',
      cart: ['p2'],
      exclude: ['p9'],
      withParts: true,
      withItems: false,
      distinct: true,
      dryRun: true,
    })
  })

  it('leaves out identifiers that are placeholders', () => {
    expect(parseDecideRequest({ userId: 'null', placements: ['x'] }).identifiers).toEqual([])
  })

  it.each([
    [{ placements: [{ id: 'home-new', n: -1 }] }, 'placements.0: n must be >= 1, not -1.'],
    [{ placements: ['a', { id: 'b', n: 101 }] }, 'placements.1: n must be <= 100, not 101.'],
    [{ placements: [{ id: 'b', n: 1.5 }] }, 'placements.0: n must be integer, not 1.5.'],
    [{ placements: [] }, 'placements must NOT have fewer than 1 items.'],
    [
      { placments: ['a'], placements: ['a'] },
      'placments is not a known field. Did you mean "placements"?',
    ],
    [{}, 'placements is missing.'],
    [{ placements: ['a', 'a'] }, 'placements.1: "a" is named twice.'],
    [
      { placements: ['a'], include: ['itme'] },
      'include.0 must be one of item, parts. Did you mean "item"?',
    ],
    [{ placements: ['a'], context: { cart: 'p1' } }, 'context.cart must be array.'],
    [{ placements: [7] }, 'placements.0: the placement must be object, not 7.'],
    [null, 'The request must be object.'],
  ])('%j: %s', (raw, complaint) => {
    expect(complaintAbout(raw)).toBe(`DECISIONS_INVALID_REQUEST: ${complaint}`)
  })

  it('answers any JSON with a coded error or a request', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        expect(complaintAbout(raw)).toMatch(/^(accepted|DECISIONS_INVALID_REQUEST: )/)
      }),
    )
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (context, entry) => {
        const raw = { placements: [entry], context }
        expect(complaintAbout(raw)).toMatch(/^(accepted|DECISIONS_INVALID_REQUEST: )/)
      }),
    )
  })
})
