import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openImport } from './openImport.ts'
import { importFile, makeScratch, readAll, type Scratch } from './testing/scratch.ts'

let scratch: Scratch
let folders = 0
beforeAll(async () => {
  scratch = await makeScratch()
})
afterAll(() => scratch.remove())

/** Writes a data set folder; tables are lines with fields between spaces, "~" is an empty field. */
async function writeFolder(
  protocol: string,
  tables: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const folder = `set-${folders++}`
  const files = Object.fromEntries(Object.keys(tables).map((role) => [role, `${role}.tsv.gz`]))
  for (const [role, lines] of Object.entries(tables)) {
    const text = lines.map((line) => line.replaceAll(' ', '\t').replaceAll('~', '')).join('\n')
    await scratch.write(`${folder}/${role}.tsv.gz`, `${text}\n`)
  }
  const document = JSON.stringify({ title: 'A set', protocol, files })
  return dirname(await scratch.write(`${folder}/dataset.json`, document))
}

/** Who did what with which item, in the order of the messages. */
function deeds(messages: readonly { readonly [key: string]: unknown }[]): unknown[] {
  return messages.map(({ userId, anonymousId, event, properties }) => {
    const { product_id: item, products } = properties as {
      product_id?: string
      products?: { product_id: string }[]
    }
    const items = item ?? products?.map((product) => product.product_id).join('+')
    return `${String(userId ?? anonymousId)} ${String(event)} ${items}`
  })
}

function times(messages: readonly { readonly [key: string]: unknown }[]): number[] {
  return messages.map(({ timestamp }) => Date.parse(timestamp as string))
}

describe('data set folders', () => {
  test('ranking: the train table becomes views, the test table is left', async () => {
    const folder = await writeFolder('ranking', {
      train: ['user item', '0 a', '0 b', '7 a'],
      test: ['user item', '7 b'],
    })
    const { messages } = await importFile(folder)
    expect(deeds(messages)).toEqual([
      'id-0 Product Viewed a',
      'id-0 Product Viewed b',
      '7 Product Viewed a',
    ])
  })

  test('an order column decides, not the order of the lines; 0 goes first', async () => {
    const folder = await writeFolder('sampled-leave-one-out', {
      train: ['item user order', 'c 1 3', 'a 1 1', 'z 1 0', 'b 1 2', 'x 2 1'],
      negatives: ['user item', '1 q'],
      test: ['user item', '1 t'],
    })
    const { messages } = await importFile(folder)
    expect(deeds(messages)).toEqual([
      '1 Product Viewed z',
      '1 Product Viewed a',
      '1 Product Viewed b',
      '1 Product Viewed c',
      '2 Product Viewed x',
    ])
    const [z, a, b, c] = times(messages) as [number, number, number, number]
    expect(z < a && a < b && b < c).toBe(true)
    expect(messages[0]?.properties).toEqual({ product_id: 'z' })
  })

  test('next-item: sequences become views in the order of their positions', async () => {
    const folder = await writeFolder('next-item', {
      sequences: ['user item position', '1 b 2', '1 a 1'],
    })
    const { messages } = await importFile(folder)
    expect(deeds(messages)).toEqual(['1 Product Viewed a', '1 Product Viewed b'])
  })

  test('session: each session is an anonymous visitor', async () => {
    const folder = await writeFolder('session', {
      train: ['session item position', '5 a 1', '5 b 2', '6 a 1'],
      test: ['session item position target', '9 a 1 0'],
    })
    const { messages } = await importFile(folder)
    expect(deeds(messages)).toEqual([
      'session-5 Product Viewed a',
      'session-5 Product Viewed b',
      'session-6 Product Viewed a',
    ])
    const [first, second, third] = times(messages) as [number, number, number]
    expect(first < second && second < third).toBe(true)
  })

  test('next-basket: each basket is one order', async () => {
    const folder = await writeFolder('next-basket', {
      history: ['user basket item', '1 1 a', '1 1 b', '1 2 a', '2 1 c'],
      test: ['user item', '1 z'],
    })
    const { messages } = await importFile(folder)
    expect(deeds(messages)).toEqual([
      '1 Order Completed a+b',
      '1 Order Completed a',
      '2 Order Completed c',
    ])
    expect(messages[0]?.properties).toMatchObject({ order_id: 'basket-1-1' })
  })

  test('ratings: with a column of times those count', async () => {
    const folder = await writeFolder('ratings', {
      ratings: ['user item rating time', '1 a 4 874724710', '1 b 2.5 874724000'],
    })
    const { messages } = await importFile(folder)
    expect(messages).toMatchObject([
      { event: 'Item Rated', timestamp: '1997-09-20T03:05:10.000Z', properties: { rating: 4 } },
      { properties: { product_id: 'b', rating: 2.5 } },
    ])
  })

  test('side tables become items and traits, before the events', async () => {
    const folder = await writeFolder('ratings', {
      ratings: ['user item rating order', '0 a 4 1'],
      items: ['item title genres attributes code', 'a Film(1999) Drama|War 1|2 x9'],
      users: ['user gender age', '0 F 35', '~ M 1', '3 M'],
    })
    const { items, messages, rejected } = await importFile(folder)
    expect(items).toEqual([
      {
        id: 'a',
        title: 'Film(1999)',
        categories: ['Drama', 'War'],
        attributes: { tags: ['1', '2'], code: 'x9', year: 1999 },
      },
    ])
    expect(messages).toMatchObject([
      { type: 'identify', userId: 'id-0', traits: { gender: 'F', age: 35 } },
      { type: 'track', userId: 'id-0', event: 'Item Rated' },
    ])
    expect(rejected.map(({ file, line, code }) => [file, line, code])).toEqual([
      ['users.tsv.gz', 3, 'IMPORTS_NO_PERSON'],
      ['users.tsv.gz', 4, 'IMPORTS_RAGGED_ROW'],
    ])
  })
})

test('a stop in the middle of a person tells each bad row once', async () => {
  const rows = Array.from({ length: 30_000 }, (_, i) =>
    i % 5_000 === 7 ? `1 broken` : `1 item-number-${i} ${30_000 - i}`,
  )
  const folder = await writeFolder('next-item', { sequences: ['user item position', ...rows] })
  const source = await openImport(folder)
  const whole = await readAll(source)
  expect(whole.rejected.map(({ line }) => line)).toEqual([9, 5009, 10009, 15009, 20009, 25009])
  expect(whole.positions.length).toBeGreaterThan(2)
  let told = 0
  let rowsTold = 0
  for await (const batch of source.read()) {
    told += batch.rejected.length
    rowsTold += batch.rows
    const rest = await readAll(source, batch.position)
    expect(told + rest.rejected.length).toBe(6)
    expect(rowsTold + rest.rows).toBe(30_000)
  }
})

describe('transactions', () => {
  const HEADER = 'invoice item description quantity time unit_price customer country'
  const AT = '2011-01-02T03:04:05'

  test('invoices become orders, refunds and guests; titles and prices become items', async () => {
    const folder = await writeFolder('transactions', {
      transactions: [
        HEADER,
        `10 i1 LANTERN 2 ${AT} 1.5 7 France`,
        `10 i2 LAMP"RED 1 ${AT} 4 7 France`,
        `11 i1 LAMP 1 ${AT} 2.5 ~ France`,
        `C12 i1 LAMP -2 ${AT} 1.5 7 France`,
        `13 i1 LAMP 1 ${AT} 9 8 Spain`,
        `14 i3 lost -5 ${AT} 0 ~ Spain`,
        `15 i3 debt 1 ${AT} -5 ~ Spain`,
      ],
    })
    const { items, messages, rejected } = await importFile(folder)
    expect(deeds(messages)).toEqual([
      '7 Order Completed i1+i2',
      'order-11 Order Completed i1',
      '7 Order Refunded i1',
      '8 Order Completed i1',
    ])
    expect(messages[0]).toMatchObject({
      timestamp: '2011-01-02T03:04:05.000Z',
      context: { location: { country: 'France' } },
      properties: {
        order_id: '10',
        total: 7,
        products: [{ product_id: 'i1', price: 1.5, quantity: 2 }, { product_id: 'i2' }],
      },
    })
    expect(messages[2]?.properties).toMatchObject({ products: [{ quantity: 2 }] })
    expect(items).toEqual([
      { id: 'i1', title: 'LAMP', price: 2.5 },
      { id: 'i2', title: 'LAMP"RED', price: 4 },
    ])
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([
      [7, 'IMPORTS_NOT_A_PURCHASE'],
      [8, 'IMPORTS_BAD_NUMBER'],
    ])
  })

  test('codes without a digit are fees when nearly all others have one', async () => {
    const goods = Array.from({ length: 40 }, (_, i) => `1 i${i} x 1 ${AT} 1 7 ~`)
    const few = await writeFolder('transactions', {
      transactions: [HEADER, ...goods, `1 POST post 1 ${AT} 3 7 ~`],
    })
    const hidden = (await importFile(few)).items.filter(({ enabled }) => enabled === false)
    expect(hidden.map(({ id }) => id)).toEqual(['POST'])
    const named = await writeFolder('transactions', {
      transactions: [HEADER, `1 apple x 1 ${AT} 1 7 ~`, `1 pear x 1 ${AT} 1 7 ~`],
    })
    expect((await importFile(named)).items.some(({ enabled }) => enabled === false)).toBe(false)
  })
})

describe('broken folders', () => {
  test.each([
    ['no list', 'IMPORTS_WRONG_FOLDER', '{"protocol":"ranking","files":[]}'],
    ['another protocol', 'IMPORTS_WRONG_FOLDER', '{"protocol":"magic","files":{}}'],
    ['no JSON', 'IMPORTS_WRONG_FOLDER', '{'],
    ['no train table', 'IMPORTS_WRONG_FOLDER', '{"protocol":"ranking","files":{}}'],
    [
      'a name that leads out',
      'IMPORTS_WRONG_FOLDER',
      '{"protocol":"ranking","files":{"train":"../x.tsv"}}',
    ],
    ['a missing file', 'IMPORTS_NOT_FOUND', '{"protocol":"ranking","files":{"train":"x.tsv"}}'],
  ])('%s is refused with a code', async (name, code, document) => {
    const path = await scratch.write(`broken ${name}/dataset.json`, document)
    await expect(importFile(dirname(path))).rejects.toMatchObject({ code })
  })

  test('a missing column is named with those that exist', async () => {
    const folder = await writeFolder('ranking', { train: ['user thing', '1 a'] })
    await expect(importFile(folder)).rejects.toThrow(
      'train.tsv.gz line 1 has no column "item" (for item); it has user, thing.',
    )
  })
})
