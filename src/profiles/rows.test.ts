import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOUR, SECOND } from '../base/index.ts'
import { ACTIONS } from '../events/index.ts'
import {
  appendHistory,
  decodeHistory,
  encodeHistory,
  type NewEntries,
  type StoredEntry,
  visitHistory,
} from './history.ts'
import { appendMessage, arrivalOf, hasMessage, mergeMessages } from './messageRing.ts'
import { interactionOf, NOON } from './personsFixture.ts'
import { appendPlain, decodePlain } from './plainEvents.ts'
import type { ShownList } from './profile.ts'
import { RowArena } from './rowArena.ts'
import { RowReader, RowWriter } from './rowBytes.ts'
import { appendShown, decodeShown, encodeShown } from './shownLists.ts'
import { emptyDictionaries } from './terms.ts'
import { mergeTraits } from './traits.ts'

function readerOf(writer: RowWriter): RowReader {
  return new RowReader().open(Buffer.from(writer.bytes.subarray(0, writer.at)), 0, writer.at)
}

describe('row bytes', () => {
  test('numbers and texts come back exactly', () => {
    const wholes = fc.array(fc.maxSafeNat())
    const signs = fc.array(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }))
    const doubles = fc.array(fc.double({ noNaN: true }))
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }))
    fc.assert(
      fc.property(wholes, signs, doubles, texts, (some, signed, numbers, words) => {
        const writer = new RowWriter()
        for (const one of some) writer.varint(one)
        for (const one of signed) writer.signed(one)
        for (const one of numbers) writer.number(one)
        for (const one of words) writer.text(one)
        const reader = readerOf(writer)
        for (const one of some) expect(reader.varint()).toBe(one)
        for (const one of signed) expect(reader.signed()).toBe(one === 0 ? 0 : one)
        for (const one of numbers) expect(reader.number()).toBe(one === 0 ? 0 : one)
        for (const one of words) expect(reader.text()).toBe(one)
        expect(reader.at).toBe(reader.end)
      }),
    )
  })
})

describe('history', () => {
  const event = fc.record({
    step: fc.integer({ min: -5, max: 20 }),
    interactions: fc.array(
      fc
        .record({
          number: fc.nat(300),
          action: fc.constantFrom(...ACTIONS),
          value: fc.constantFrom(1, 0, 2.5, 0.1),
        })
        .map(({ number, action, value }) => interactionOf(number, action, { value })),
      { minLength: 1, maxLength: 90 },
    ),
  })

  test('appending to the bytes equals writing the whole list', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (list) => {
        let bytes = new RowWriter()
        let expected: StoredEntry[] = []
        let time = NOON
        for (const { step, interactions } of list) {
          time += step * SECOND
          const more: NewEntries = { interactions, time, name: 3 }
          const next = new RowWriter()
          appendHistory(readerOf(bytes), more, next)
          const added = interactions.map(({ number, action, value }) => ({
            item: number,
            action,
            time,
            value,
            name: 3,
          }))
          expected = [...expected, ...added].sort((a, b) => a.time - b.time)
          const whole = new RowWriter()
          encodeHistory(decodeHistory(readerOf(next), 1_000), whole)
          expect(readerOf(next).bytes).toEqual(readerOf(whole).bytes)
          expect(decodeHistory(readerOf(next))).toEqual(expected.slice(-200))
          const visited: object[] = []
          visitHistory(readerOf(next), (...entry) => visited.push(entry))
          expect(visited.toReversed()).toEqual(
            expected
              .slice(-200)
              .map(({ item, action, time: at }) => [item, ACTIONS.indexOf(action), at]),
          )
          expect(decodeHistory(readerOf(next), 7, 3)).toEqual(expected.slice(-200).slice(-10, -3))
          bytes = next
        }
      }),
      { numRuns: 100 },
    )
  })
})

test('a history that is cut has the bytes of one that was never longer', () => {
  let bytes = new RowWriter()
  for (let n = 0; n < 233; n++) {
    const next = new RowWriter()
    const interactions = [interactionOf(n, 'buy', { value: n / 7 })]
    appendHistory(readerOf(bytes), { interactions, time: NOON + n * SECOND, name: 3 }, next)
    bytes = next
  }
  const kept = decodeHistory(readerOf(bytes), 1_000)
  const whole = new RowWriter()
  encodeHistory(kept, whole)
  expect(kept.map(({ item }) => item)).toEqual(Array.from({ length: 200 }, (_, n) => n + 33))
  expect(readerOf(bytes).bytes).toEqual(readerOf(whole).bytes)
})

test('of events about no item the newest 30 are stored', () => {
  let bytes = new RowWriter()
  for (let n = 0; n < 40; n++) {
    const next = new RowWriter()
    appendPlain(readerOf(bytes), { time: NOON - n, name: n }, next)
    bytes = next
  }
  expect(decodePlain(readerOf(bytes))).toHaveLength(30)
  expect(decodePlain(readerOf(bytes)).at(-1)).toEqual({ time: NOON, name: 0 })
})

describe('lists that were shown', () => {
  const list = fc.record({
    step: fc.integer({ min: -5, max: 20 }),
    decision: fc.oneof(fc.uuid(), fc.constantFrom('d1', 'A1B2C3D4-0000-4000-8000-000000000000')),
    placement: fc.constantFrom('home', 'cart'),
    version: fc.integer({ min: 1, max: 300 }),
    items: fc.array(fc.nat(60_000), { maxLength: 110 }),
  })

  test('appending to the bytes equals writing the newest twelve', () => {
    fc.assert(
      fc.property(fc.array(fc.array(list, { maxLength: 14 }), { maxLength: 8 }), (decisions) => {
        const { placements } = emptyDictionaries()
        let bytes = new RowWriter()
        let expected: ShownList[] = []
        let now = NOON
        for (const lists of decisions) {
          const shown = lists.map(({ step, ...rest }) =>
            Object.assign(rest, { time: (now += step) }),
          )
          const next = new RowWriter()
          appendShown(readerOf(bytes), shown, placements, next)
          const kept = shown.map((one) =>
            Object.assign({}, one, { items: one.items.slice(0, 100) }),
          )
          expected = [...expected, ...kept].sort((a, b) => a.time - b.time).slice(-12)
          const whole = new RowWriter()
          encodeShown(expected, placements, whole)
          expect(readerOf(next).bytes).toEqual(readerOf(whole).bytes)
          expect(decodeShown(readerOf(next), placements)).toEqual(expected)
          bytes = next
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('message ring', () => {
  const ringOf = (entries: readonly (readonly [number, number])[]): RowWriter => {
    let ring = new RowWriter()
    for (const [hash, time] of entries) {
      const next = new RowWriter()
      appendMessage(readerOf(ring), hash, arrivalOf(time), next)
      ring = next
    }
    return ring
  }

  test('finds what came within 24 hours, among the newest 1,000', () => {
    const hash = 0xf_fedc_ba98_7654
    const ring = ringOf([
      [hash, NOON],
      [hash + 1, NOON + HOUR],
    ])
    expect(hasMessage(readerOf(ring), hash, arrivalOf(NOON + 23 * HOUR))).toBe(true)
    expect(hasMessage(readerOf(ring), hash, arrivalOf(NOON + 24 * HOUR))).toBe(false)
    expect(hasMessage(readerOf(ring), hash + 2, arrivalOf(NOON))).toBe(false)
    expect(hasMessage(readerOf(ring), hash - 2 ** 33, arrivalOf(NOON))).toBe(false)
    const many = ringOf(Array.from({ length: 1_001 }, (_, n) => [n, NOON] as const))
    expect(many.at).toBe(10_000)
    expect(hasMessage(readerOf(many), 0, arrivalOf(NOON))).toBe(false)
    expect(hasMessage(readerOf(many), 1, arrivalOf(NOON))).toBe(true)
  })

  test('merges in order of arrival and forgets what is too old', () => {
    const mine = ringOf([
      [1, NOON - 30 * HOUR],
      [2, NOON],
    ])
    const theirs = ringOf([
      [3, NOON - HOUR],
      [4, NOON + HOUR],
    ])
    const merged = mergeMessages(readerOf(mine).bytes, readerOf(theirs).bytes)
    expect(Buffer.from(merged)).toEqual(
      readerOf(
        ringOf([
          [3, NOON - HOUR],
          [2, NOON],
          [4, NOON + HOUR],
        ]),
      ).bytes,
    )
  })
})

describe('row arena', () => {
  test('pieces do not overlap, whatever is taken and given back', () => {
    const step = fc.record({ length: fc.integer({ min: 1, max: 200_000 }), release: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const arena = new RowArena()
        const pieces: { address: number; units: number; from: number; to: number }[] = []
        for (const { length, release } of steps) {
          const units = arena.unitsOf(length)
          const address = arena.allocate(units)
          expect(arena.capacity(units)).toBeGreaterThanOrEqual(length)
          expect(arena.capacity(units)).toBeLessThan(Math.max(129, 1.25 * length + 128))
          const from = address * 128
          const to = from + arena.capacity(units)
          expect(arena.start(address) + arena.capacity(units)).toBeLessThanOrEqual(1 << 20)
          for (const piece of pieces) expect(piece.from >= to || piece.to <= from).toBe(true)
          pieces.push({ address, units, from, to })
          const [old] = release < pieces.length ? pieces.splice(release, 1) : []
          if (old !== undefined) arena.release(old.address, old.units)
          expect(arena.used).toBe(pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0))
        }
      }),
      { numRuns: 50 },
    )
  })

  test('memory that small rows gave back serves large ones', () => {
    const arena = new RowArena()
    const small = Array.from({ length: 8_192 }, () => arena.allocate(1))
    expect(arena.reserved).toBe(1 << 20)
    for (const address of small) arena.release(address, 1)
    arena.allocate(arena.unitsOf(1 << 20))
    expect(arena.reserved).toBe(1 << 20)
  })

  test('the ends of blocks serve others, and all joins again', () => {
    const arena = new RowArena()
    const units = arena.unitsOf(1_200)
    const rows = Array.from({ length: 512 }, () => arena.allocate(units))
    const ends = Array.from({ length: 512 * 6 }, () => arena.allocate(1))
    expect(units).toBe(10)
    expect(arena.reserved).toBe(1 << 20)
    for (const address of ends) arena.release(address, 1)
    for (const address of rows) arena.release(address, units)
    arena.allocate(arena.unitsOf(1 << 20))
    expect(arena.reserved).toBe(1 << 20)
  })
})

describe('traits', () => {
  test('keys that would reach prototypes are dropped, at any depth', () => {
    const update = JSON.parse('{"__proto__":{"bad":1},"a":{"constructor":1,"ok":2}}')
    const merged = mergeTraits({}, update)
    expect(JSON.stringify(merged)).toBe('{"a":{"ok":2}}')
    expect('bad' in {}).toBe(false)
  })

  test('what would exceed 32 KB is left out, the rest is taken', () => {
    const merged = mergeTraits({ kept: 1 }, { large: 'x'.repeat(33_000), small: 2 })
    expect(merged).toEqual({ kept: 1, small: 2 })
  })

  test('null removes, also inside; lists are replaced', () => {
    const merged = mergeTraits({ a: { b: 1, c: 2 }, list: [1, 2] }, { a: { b: null }, list: [3] })
    expect(merged).toEqual({ a: { c: 2 }, list: [3] })
  })
})
