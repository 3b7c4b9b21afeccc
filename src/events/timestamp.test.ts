import { describe, expect, it } from 'vitest'
import { DAY, MINUTE } from '../base/index.ts'
import { correctedTime, parseTime } from './timestamp.ts'

const NOON = Date.UTC(2026, 2, 1, 12)

describe('parseTime', () => {
  it.each([
    ['2026-03-01T12:00:00.000Z', NOON],
    ['2026-03-01T12:00:00Z', NOON],
    ['2026-03-01T12:00Z', NOON],
    ['2026-03-01T14:00:00.000+02:00', NOON],
    ['2026-03-01T14:00:00+0200', NOON],
    ['2026-03-01T10:30:00.000-01:30', NOON],
    ['2026-03-01T12:00:00.123456789Z', NOON + 123],
    ['2026-03-01 12:00:00', NOON],
    ['2026-03-01', NOON - DAY / 2],
    ['2024-02-29T00:00:00.000Z', Date.UTC(2024, 1, 29)],
    [NOON, NOON],
    [NOON / 1000, NOON],
    [String(NOON), NOON],
    [0, 0],
    ['1970-01-01T00:00:00.000Z', 0],
  ])('reads %s', (sent, time) => {
    expect(parseTime(sent)).toBe(time)
  })

  it.each([
    'yesterday',
    '',
    'foo 1',
    '2026-13-01T00:00:00.000Z',
    '2026-02-30T00:00:00.000Z',
    '2023-02-29T00:00:00.000Z',
    '2026-03-01T24:00:00.000Z',
    '2026-03-01T12:60:00.000Z',
    '2026-03-01T12:00:00.00xZ',
    '2x26-03-01T12:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '0001-01-01T00:00:00Z',
    '0071-01-01T00:00:00.000Z',
    '01/02/2026',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1.7e15,
    null,
    true,
    {},
    [],
  ])('refuses %s', (sent) => {
    expect(parseTime(sent)).toBeUndefined()
  })

  it('does not depend on the time zone of the machine', () => {
    const zone = process.env.TZ
    process.env.TZ = 'America/New_York'
    try {
      expect(new Date(NOON).getTimezoneOffset()).not.toBe(0)
      expect(parseTime('2026-03-01T12:00:00')).toBe(NOON)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })
})

describe('correctedTime', () => {
  it('takes the delay since the device noted it, whatever the clock of the device says', () => {
    const skews = [0, -3 * DAY, 50_000 * DAY, -(NOON - MINUTE)]
    for (const skew of skews) {
      const sentAt = NOON + skew
      expect(correctedTime(sentAt - 2000, sentAt, NOON)).toBe(NOON - 2000)
    }
  })

  it('keeps an explicit old time', () => {
    const old = Date.UTC(2001, 0, 1)
    expect(correctedTime(old, NOON, NOON)).toBe(old)
    expect(correctedTime(0, undefined, NOON)).toBe(0)
  })

  it('clamps a future time to the arrival', () => {
    expect(correctedTime(Date.UTC(2100, 0, 1), undefined, NOON)).toBe(NOON)
    expect(correctedTime(Date.UTC(2100, 0, 1), NOON, NOON)).toBe(NOON)
    expect(correctedTime(NOON + 6 * MINUTE, undefined, NOON)).toBe(NOON)
    expect(correctedTime(NOON + 4 * MINUTE, undefined, NOON)).toBe(NOON + 4 * MINUTE)
  })

  it('lets the original stand when the clock jumped between the event and the sending', () => {
    expect(correctedTime(NOON - DAY, 1000, NOON)).toBe(NOON - DAY)
    expect(correctedTime(NOON - DAY, Date.UTC(2100, 0, 1), NOON)).toBe(NOON - DAY)
  })

  it('is the arrival where the sender gave no time', () => {
    expect(correctedTime(undefined, NOON - DAY, NOON)).toBe(NOON)
  })
})
