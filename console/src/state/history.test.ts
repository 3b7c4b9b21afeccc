import { describe, expect, it } from 'vitest'
import { deeds, pastTense } from './history.ts'

describe('deeds', () => {
  it('puts the newest first and leaves out what was merely shown', () => {
    const rows = [
      { item: 'a', action: 'view', time: 1 },
      { item: 'b', action: 'impression', time: 3 },
      { item: 'c', action: 'buy', time: 2 },
    ]
    expect(deeds(rows).map(({ item }) => item)).toEqual(['c', 'a'])
  })
})

describe('pastTense', () => {
  it('says actions in words and leaves unknown ones as they are', () => {
    expect(pastTense('buy')).toBe('bought')
    expect(pastTense('constructor')).toBe('constructor')
  })
})
