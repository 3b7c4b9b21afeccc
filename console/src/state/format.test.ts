import { describe, expect, it } from 'vitest'
import { formatAgo, formatDuration, formatName, formatPrice, formatValue } from './format.ts'

describe('formatPrice', () => {
  it.each([
    [12.9, 'EUR', '€12.90'],
    [1234.5, undefined, '1,234.50'],
    [3, 'not a currency', '3.00 not a currency'],
    [undefined, 'EUR', ''],
    [Number.NaN, 'EUR', ''],
  ])('%s %s', (price, currency, text) => {
    expect(formatPrice(price, currency)).toBe(text)
  })
})

describe('formatDuration', () => {
  it.each([
    [0.84, '0.8 ms'],
    [3.16, '3.2 ms'],
    [12.4, '12 ms'],
    [1400, '1.4 s'],
  ])('%s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('formatAgo', () => {
  it.each([
    [500, 'now'],
    [-3000, 'now'],
    [59_000, '59 s ago'],
    [61_000, '1 min ago'],
    [7_300_000, '2 h ago'],
    [200_000_000, '2 d ago'],
  ])('%s ms', (ms, text) => {
    expect(formatAgo(1e12 - ms, 1e12)).toBe(text)
  })
})

describe('formatName', () => {
  it.each([
    ['user_id', 'User id'],
    ['viewsLast7d', 'Views last 7d'],
    ['home-for-you', 'Home for you'],
  ])('%s', (name, text) => {
    expect(formatName(name)).toBe(text)
  })
})

describe('formatValue', () => {
  it.each([
    [null, '–'],
    [1234, '1,234'],
    [0.123456, '0.1235'],
    [0.00002, '< 0.01'],
    [0, '0'],
    [true, 'yes'],
    [['a', 'b'], 'a, b'],
    [{ a: 1 }, '{"a":1}'],
    [
      [
        { key: 'Tea', weight: 0.256 },
        { key: 'Mugs', weight: 0.1 },
      ],
      'Tea 26 %, Mugs 10 %',
    ],
  ])('%o', (value, text) => {
    expect(formatValue(value)).toBe(text)
  })
})
