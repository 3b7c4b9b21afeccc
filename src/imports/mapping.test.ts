import { describe, expect, test } from 'vitest'
import { bindMapping, parseMapping } from './mapping.ts'

describe('column mapping', () => {
  test('reads columns and fixed texts, with commas inside quotes', () => {
    const mapping = parseMapping('user=who, event="Bought, online" ,properties.shop=branch')
    expect([...mapping]).toEqual([
      ['user', { column: 'who' }],
      ['event', { literal: 'Bought, online' }],
      ['properties.shop', { column: 'branch' }],
    ])
  })

  test.each([
    ['user', 'is not field=column'],
    ['user=', 'is not field=column'],
    ['wer=who', 'no field "wer"'],
    ['user=a,user=b', 'mapped twice'],
    ['properties.__proto__=a', 'no field'],
    ['attributes.x=a', 'no field'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseMapping(text)).toThrow(reason)
  })

  test('names the missing column and lists those that exist', () => {
    expect(() => bindMapping(parseMapping('user=who'), ['a', 'b'], 'events', 'f.csv')).toThrow(
      'f.csv line 1 has no column "who" (for user); it has a, b.',
    )
  })

  test('refuses a mapped column that stands twice in the header', () => {
    expect(() => bindMapping(parseMapping('user=a'), ['a', 'a'], 'events', 'f.csv')).toThrow(
      'twice',
    )
  })

  test('usual names need no mapping, whatever their spelling, and a stated one goes first', () => {
    const header = ['Customer ID', 'StockCode', 'InvoiceDate', 'unit_price', 'other']
    const bound = bindMapping(parseMapping('item=other'), header, 'events', 'f.csv')
    expect(['user', 'item', 'time', 'price'].map((field) => bound.column(field))).toEqual([
      0, 4, 2, 3,
    ])
    expect(bound.unused).toEqual(['StockCode'])
  })

  test('items keep columns without a field of their own as attributes', () => {
    const bound = bindMapping(new Map(), ['id', 'colour', '__proto__'], 'items', 'f.csv')
    expect(bound.open).toEqual([{ name: 'colour', column: 1 }])
  })
})
