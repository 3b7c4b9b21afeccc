import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteState, type StatePut, type StateStore } from '../store/index.ts'
import { Catalog } from './catalog.ts'

const NOW = Date.UTC(2026, 2, 1)
const KINDS = ['item', 'item-term', 'item-column']
const PATHS = ['price', 'stock', 'brand', 'categories', 'enabled', 'attributes.a', 'attributes.b']

let directory = ''
let state: StateStore

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-catalog-'))
  state = await openSqliteState(directory)
})

beforeEach(clear)

afterAll(async () => {
  await state.close()
  await rm(directory, { recursive: true })
})

async function stored(): Promise<Map<string, Uint8Array>> {
  const rows = new Map<string, Uint8Array>()
  for (const kind of KINDS) {
    for (const row of await state.scan(kind, '', 10_000)) rows.set(`${kind} ${row.id}`, row.value)
  }
  return rows
}

async function clear(): Promise<void> {
  const puts = [...(await stored()).keys()].map((key) => {
    const [kind = '', ...id] = key.split(' ')
    return { kind, id: id.join(' '), value: undefined }
  })
  if (puts.length > 0) await state.commit({ puts })
}

async function flush(catalog: Catalog): Promise<void> {
  await state.commit({ puts: catalog.drain() })
  catalog.settle()
}

/** Everything that decisions can see. */
function seen(catalog: Catalog): unknown {
  const numbers = Array.from({ length: catalog.size }, (_, n) => n)
  return numbers.map((n) => ({
    id: catalog.idOf(n),
    title: catalog.title(n),
    available: [0, NOW, NOW * 2].map((now) => catalog.isAvailable(n, now)),
    price: catalog.price(n),
    columns: PATHS.map((path) => {
      const column = catalog.column(path)
      return [column?.kind, column?.value(n), column?.code(n), column?.codes(n)]
    }),
  }))
}

describe('numbers', () => {
  it('are given in order of first sight, by events or by upserts, and never again', async () => {
    const catalog = await Catalog.open(state)
    expect(catalog.intern('b')).toBe(0)
    expect(catalog.upsert({ id: 'a' }, NOW)).toEqual({ number: 1 })
    expect(catalog.upsert({ id: 'b', title: 'B' }, NOW)).toEqual({ number: 0 })
    expect(catalog.remove('b')).toBe(true)
    expect(catalog.remove('never seen')).toBe(false)
    expect(catalog.intern('c')).toBe(2)
    expect(catalog.upsert({ id: 'b' }, NOW)).toEqual({ number: 0 })
    expect(catalog.numberOf('d')).toBeUndefined()
    expect([catalog.size, catalog.described, catalog.idOf(7)]).toEqual([3, 2, ''])
  })

  it('are unharmed by names of Object.prototype', async () => {
    const catalog = await Catalog.open(state)
    expect(catalog.numberOf('constructor')).toBeUndefined()
    expect(catalog.column('constructor')).toBeUndefined()
    expect(catalog.column('attributes.toString')).toBeUndefined()
    catalog.upsert({ id: '__proto__', attributes: { toString: 'x' } }, NOW)
    catalog.upsert({ id: '__proto__', attributes: {} }, NOW)
    expect(catalog.column('attributes.toString')?.value(0)).toBeUndefined()
  })
})

describe('an upsert', () => {
  it('replaces the item whole', async () => {
    const catalog = await Catalog.open(state)
    catalog.upsert({ id: 'a', title: 'A', price: 5, brand: 'X', attributes: { a: 1, b: 'y' } }, NOW)
    catalog.upsert({ id: 'a', price: 6, attributes: { a: 2 } }, NOW)
    expect(await catalog.item(0)).toEqual({ id: 'a', price: 6, attributes: { a: 2 } })
    expect(catalog.title(0)).toBe('a')
    expect(catalog.column('brand')?.value(0)).toBeUndefined()
    expect(catalog.column('attributes.b')?.code(0)).toBe(-1)
  })

  it('changes nothing when it is refused', async () => {
    const catalog = await Catalog.open(state)
    catalog.upsert({ id: 'a', price: 5 }, NOW)
    catalog.drain()
    expect(catalog.upsert({ id: 'a', price: -5 }, NOW)).toHaveProperty('code')
    expect(catalog.upsert({ id: 'b', price: 'NaN' }, NOW)).toHaveProperty('code')
    expect([catalog.size, catalog.price(0), catalog.drain()]).toEqual([1, 5, []])
  })

  it('is refused beyond 1,000 different attributes', async () => {
    const catalog = await Catalog.open(state)
    const names = (from: number) =>
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`n${from + i}`, i]))
    for (let i = 0; i < 5; i++) catalog.upsert({ id: `i${i}`, attributes: names(i * 200) }, NOW)
    const refused = catalog.upsert({ id: 'x', attributes: { n0: 1, more: 1 } }, NOW)
    expect(refused).toMatchObject({ code: 'CATALOG_TOO_MANY_ATTRIBUTES' })
    expect(catalog.upsert({ id: 'x', attributes: { n0: 1 } }, NOW)).toEqual({ number: 5 })
  })
})

describe('columns', () => {
  it('give codes that the same text has everywhere', async () => {
    const catalog = await Catalog.open(state)
    catalog.upsert({ id: 'a', brand: 'X', categories: ['Home', 'Lamps'] }, NOW)
    catalog.upsert({ id: 'b', brand: 'Lamps', attributes: { a: true, b: 12 } }, NOW)
    const categories = catalog.column('categories')
    expect(categories?.value(0)).toEqual(['Home', 'Lamps'])
    expect(categories?.codes(0)).toEqual([categories?.code(0), catalog.column('brand')?.code(1)])
    expect(categories?.codes(1)).toEqual([])
    expect(catalog.column('attributes.a')?.value(1)).toBe(true)
    const b = catalog.column('attributes.b')
    expect([b?.kind, b?.value(1), b?.text(b.code(1)), b?.code(0)]).toEqual(['number', 12, '12', -1])
    expect(catalog.column('price')?.code(1)).toBe(-1)
  })

  it('widen when another kind of value comes, and stay the same object', async () => {
    const catalog = await Catalog.open(state)
    catalog.upsert({ id: 'a', attributes: { a: 1 } }, NOW)
    const column = catalog.column('attributes.a')
    catalog.upsert({ id: 'b', attributes: { a: 'red' } }, NOW)
    expect([column?.kind, column?.value(0), column?.value(1)]).toEqual(['text', '1', 'red'])
    catalog.upsert({ id: 'c', attributes: { a: ['x', 'y'] } }, NOW)
    expect([column?.kind, column?.value(0), column?.value(2)]).toEqual(['texts', ['1'], ['x', 'y']])
    catalog.upsert({ id: 'd', attributes: { a: false } }, NOW)
    expect(column?.value(3)).toEqual(['false'])
    expect(catalog.column('attributes.a')).toBe(column)
  })
})

describe('what items are like', () => {
  it('is said by brand, categories and all attributes, also those that come later', async () => {
    const catalog = await Catalog.open(state)
    catalog.upsert({ id: 'a', brand: 'X', categories: ['Home'] }, NOW)
    expect(catalog.contentColumns()).toEqual(
      ['brand', 'categories'].map((path) => catalog.column(path)),
    )
    expect(catalog.column('brand')?.holders(catalog.column('brand')?.code(0) ?? -1)).toEqual([0])
    catalog.upsert({ id: 'b', brand: 'X', attributes: { a: 'red' } }, NOW + 5)
    expect(catalog.contentColumns()).toHaveLength(3)
    expect(catalog.contentColumns()).toBe(catalog.contentColumns())
    expect(catalog.column('brand')?.holders(catalog.column('brand')?.code(0) ?? -1)).toEqual([0, 1])
    expect([0, 1, 2].map((n) => catalog.since(n))).toEqual([NOW, NOW + 5, 0])
  })
})

describe('availability', () => {
  it('follows stock, window, enabled and removal; what is unknown has no limit', async () => {
    const catalog = await Catalog.open(state)
    const available = (fields: object, now = NOW): boolean => {
      catalog.upsert({ id: 'a', ...fields }, NOW)
      return catalog.isAvailable(0, now)
    }
    expect(available({})).toBe(true)
    expect(available({ stock: 0 })).toBe(false)
    expect(available({ stock: 1 })).toBe(true)
    expect(available({ enabled: false })).toBe(false)
    expect(available({ enabled: true, availableFrom: NOW + 1 })).toBe(false)
    expect(available({ availableFrom: NOW }, NOW)).toBe(true)
    expect(available({ availableUntil: NOW }, NOW)).toBe(false)
    expect(available({ availableUntil: NOW + 1 }, NOW)).toBe(true)
    expect(catalog.isAvailable(catalog.intern('seen'), NOW)).toBe(true)
    expect([catalog.isAvailable(99, NOW), catalog.isAvailable(-1, NOW)]).toEqual([false, false])
    catalog.remove('a')
    expect(catalog.isAvailable(0, NOW)).toBe(false)
    expect(Number.isNaN(catalog.price(0))).toBe(true)
  })
})

describe('newest', () => {
  it('orders by publication, else by the first upsert, and leaves out what is not available', async () => {
    const catalog = await Catalog.open(state)
    catalog.intern('seen')
    catalog.upsert({ id: 'old', publishedAt: NOW - 5000 }, NOW)
    catalog.upsert({ id: 'upserted' }, NOW - 1000)
    catalog.upsert({ id: 'upserted', price: 1 }, NOW)
    catalog.upsert({ id: 'future', publishedAt: NOW + 1 }, NOW)
    catalog.upsert({ id: 'sold out', publishedAt: NOW, stock: 0 }, NOW)
    catalog.upsert({ id: 'removed', publishedAt: NOW }, NOW)
    catalog.remove('removed')
    const ids = (limit: number, now: number) =>
      catalog.newest(limit, now).map((n) => catalog.idOf(n))
    expect(ids(10, NOW)).toEqual(['upserted', 'old', 'seen'])
    expect(ids(1, NOW + 1)).toEqual(['future'])
    expect(ids(0, NOW)).toEqual([])
    expect(ids(-1, NOW)).toEqual([])
  })

  it('finds old items when thousands of newer ones are sold out or gone', async () => {
    const catalog = await Catalog.open(state)
    for (let i = 0; i < 6000; i++) {
      catalog.upsert({ id: `i${i}`, publishedAt: i, stock: i < 10 ? 1 : 0 }, NOW)
    }
    expect(catalog.newest(3, NOW)).toEqual([9, 8, 7])
    for (let i = 10; i < 6000; i++) catalog.remove(`i${i}`)
    expect(catalog.newest(3, NOW)).toEqual([9, 8, 7])
  })
})

describe('items', () => {
  it('are read from memory until their rows are settled, then from the state', async () => {
    const catalog = await Catalog.open(state)
    const lamp = { id: 'lamp', title: 'Lampe à poser', description: 'Lumière', url: '/lamp' }
    catalog.upsert(lamp, NOW)
    catalog.intern('seen')
    expect(await catalog.item(0)).toEqual(lamp)
    const first = catalog.drain()
    catalog.upsert({ ...lamp, price: 3 }, NOW)
    const second = catalog.drain()
    expect(await catalog.item(0)).toEqual({ ...lamp, price: 3 })
    await state.commit({ puts: first })
    await state.commit({ puts: second })
    catalog.settle()
    const again = await Catalog.open(state)
    for (const one of [catalog, again]) {
      expect(await one.items([1, 0, 0, 5, -1])).toEqual([
        { id: 'seen' },
        { ...lamp, price: 3 },
        { ...lamp, price: 3 },
      ])
    }
    again.remove('lamp')
    expect(await again.item(0)).toBeUndefined()
  })

  it('name the damage of rows that do not fit together', async () => {
    const catalog = await Catalog.open(state)
    for (const id of ['a', 'b']) catalog.intern(id)
    const puts = catalog.drain()
    await state.commit({ puts: [...puts, { ...(puts[0] as StatePut), id: 'c' }] })
    const damaged = expect.objectContaining({ code: 'CATALOG_DAMAGED' })
    await expect(Catalog.open(state)).rejects.toThrow(damaged)
    await state.commit({ puts: ['a', 'c'].map((id) => ({ kind: 'item', id, value: undefined })) })
    await expect(Catalog.open(state)).rejects.toThrow(damaged)
  })
})

type Change =
  | { readonly upsert: object }
  | { readonly intern: string }
  | { readonly remove: string }
  | { readonly flush: true }

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const attribute = fc.oneof(
  fc.constantFrom('red', 'blue', '1', 'true'),
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
  fc.array(fc.constantFrom('red', 'x', ''), { maxLength: 2 }),
)
const item = fc.record(
  {
    id,
    title: fc.string(),
    price: fc.nat(9),
    stock: fc.nat(1),
    brand: fc.constantFrom('X', 'Y', 'Z'),
    categories: fc.array(fc.constantFrom('Home', 'Lamps', 'Red'), { maxLength: 3 }),
    enabled: fc.boolean(),
    availableFrom: fc.constant(NOW),
    publishedAt: fc.integer({ min: NOW - 3, max: NOW + 1 }),
    attributes: fc.dictionary(fc.constantFrom('a', 'b'), attribute),
  },
  { requiredKeys: ['id'] },
)
const change: fc.Arbitrary<Change> = fc.oneof(
  item.map((upsert) => ({ upsert })),
  id.map((intern) => ({ intern })),
  id.map((remove) => ({ remove })),
  fc.constant({ flush: true as const }),
)

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

describe('any history', () => {
  it('leaves the same rows whatever the flushes, and reads back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 25 }), async (changes) => {
        await clear()
        const often = await Catalog.open(state)
        const onceRows = new Map<string, string>()
        const once = await Catalog.open(state)
        for (const [i, one] of changes.entries()) {
          if ('flush' in one) await flush(often)
          for (const catalog of [often, once]) {
            if ('upsert' in one) catalog.upsert(one.upsert, NOW + i)
            else if ('intern' in one) catalog.intern(one.intern)
            else if ('remove' in one) catalog.remove(one.remove)
          }
        }
        await flush(often)
        for (const put of once.drain()) {
          if (put.value !== undefined) onceRows.set(`${put.kind} ${put.id}`, hex(put.value))
        }
        const rows = [...(await stored())].map(([key, value]) => [key, hex(value)] as const)
        expect(new Map(rows)).toEqual(onceRows)
        const again = await Catalog.open(state)
        expect(seen(again)).toEqual(seen(often))
        for (const now of [NOW - 1, NOW, NOW * 2]) {
          expect(again.newest(9, now)).toEqual(often.newest(9, now))
        }
        expect([again.size, again.described]).toEqual([often.size, often.described])
        const numbers = Array.from({ length: again.size }, (_, n) => n)
        expect(await again.items(numbers)).toEqual(await once.items(numbers))
      }),
      { numRuns: 40 },
    )
  })

  it('leaves the holders of each value as one pass over all items finds them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 25 }), async (changes) => {
        await clear()
        const catalog = await Catalog.open(state)
        for (const [i, one] of changes.entries()) {
          if ('upsert' in one) catalog.upsert(one.upsert, NOW + i)
          else if ('remove' in one) catalog.remove(one.remove)
          for (const column of catalog.contentColumns()) {
            const found = new Map<number, number[]>()
            for (let n = 0; n < catalog.size; n++) {
              for (const code of new Set(column.codes(n))) {
                found.set(code, [...(found.get(code) ?? []), n])
              }
            }
            // Codes are given one after the other; there are fewer texts than this.
            for (let code = -1; code < 40; code++) {
              expect(column.holders(code).toSorted((a, b) => a - b)).toEqual(found.get(code) ?? [])
            }
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keeps more texts than one row of the dictionary holds', async () => {
    const catalog = await Catalog.open(state)
    for (let i = 0; i < 3000; i++) {
      catalog.upsert({ id: `i${i}`, brand: `brand ${i}` }, NOW)
      if (i % 700 === 0) await flush(catalog)
    }
    await flush(catalog)
    const again = await Catalog.open(state)
    for (const n of [0, 1023, 1024, 2999]) {
      expect(again.column('brand')?.value(n)).toBe(`brand ${n}`)
      expect(again.column('brand')?.code(n)).toBe(catalog.column('brand')?.code(n))
    }
    expect(catalog.drain()).toEqual([])
  })
})
