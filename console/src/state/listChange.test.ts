import { describe, expect, it } from 'vitest'
import type { DecidedItem, Decision } from '../api/decision.ts'
import { compareDecision, compareLists, listKey, movesInWords } from './listChange.ts'

const decided = (id: string): DecidedItem => ({ id, score: 1, reasons: [] })

function decision(lists: Record<string, readonly string[]>): Decision {
  const placements = Object.fromEntries(
    Object.entries(lists).map(([id, items]) => [
      id,
      { version: 1, items: items.map(decided), fallback: null },
    ]),
  )
  return { decisionId: 'd', person: { known: true }, placements }
}

describe('compareLists', () => {
  it('points at items that came in and that moved up, not at those that stayed or sank', () => {
    const moves = compareLists(['a', 'b', 'c', 'd'], ['c', 'x', 'a', 'd'])
    expect([...moves]).toEqual([
      ['c', { kind: 'up', by: 2 }],
      ['x', { kind: 'new' }],
    ])
  })

  it('finds nothing new in the first list that is shown', () => {
    expect(compareLists(undefined, ['a', 'b']).size).toBe(0)
  })
})

describe('compareDecision', () => {
  it('compares with what the same visitor saw in the same placement', () => {
    const first = compareDecision(new Map(), decision({ 'home-new': ['a', 'b'] }), 'one', undefined)
    const other = compareDecision(
      first.shown,
      decision({ 'home-new': ['c', 'a'] }),
      'two',
      undefined,
    )
    expect(other.moves['home-new']?.size).toBe(0)
    const again = compareDecision(
      other.shown,
      decision({ 'home-new': ['c', 'a'] }),
      'one',
      undefined,
    )
    expect(again.moves['home-new']?.get('c')).toEqual({ kind: 'new' })
  })

  it('keeps what was shown before it as it was', () => {
    const before = new Map([[listKey('one', 'home-new', undefined), ['a']]])
    compareDecision(before, decision({ 'home-new': ['b'] }), 'one', undefined)
    expect([...before.values()]).toEqual([['a']])
  })
})

describe('listKey', () => {
  it('tells product rows of different products apart, and no other rows', () => {
    expect(listKey('one', 'product-similar', 'x')).not.toBe(listKey('one', 'product-similar', 'y'))
    expect(listKey('one', 'home-for-you', 'x')).toBe(listKey('one', 'home-for-you', 'y'))
  })
})

describe('movesInWords', () => {
  it('counts what came in and what moved up', () => {
    const moves = compareLists(['a', 'b'], ['b', 'a', 'x', 'y'])
    expect(movesInWords(moves)).toBe('2 new, 1 moved up')
    expect(movesInWords(new Map())).toBe('no change')
  })
})
