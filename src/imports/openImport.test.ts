import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openImport } from './openImport.ts'
import { importFile, makeScratch, readAll, type Scratch } from './testing/scratch.ts'

let scratch: Scratch
beforeAll(async () => {
  scratch = await makeScratch()
})
afterAll(() => scratch.remove())

describe('events from CSV', () => {
  test('maps columns to a Segment message with an id from contents and line', async () => {
    const path = await scratch.write(
      'a.csv',
      '\uFEFFwho,what,did,when,paid,n,shop\r\nu1,i1,purchase,2024-05-06T07:08:09Z,9.5,2,Graz\r\n',
    )
    const map = 'user=who,item=what,event=did,time=when,price=paid,quantity=n,properties.shop=shop'
    const source = await openImport(path, { map })
    const { messages, rejected } = await readAll(source)
    expect(rejected).toEqual([])
    expect(messages).toEqual([
      {
        messageId: `${source.fingerprint}-2`,
        type: 'track',
        event: 'Order Completed',
        userId: 'u1',
        timestamp: '2024-05-06T07:08:09.000Z',
        properties: {
          total: 19,
          products: [{ product_id: 'i1', price: 9.5, quantity: 2 }],
          shop: 'Graz',
        },
      },
    ])
  })

  test('reads seconds, milliseconds and ISO times', async () => {
    const path = await scratch.write(
      'times.csv',
      'user,item,time\na,x,1700000000\na,x,1700000000000\na,x,1700000000.0\na,x,2023-11-14 22:13:20\n',
    )
    const { messages } = await importFile(path)
    const times = messages.map(({ timestamp }) => timestamp)
    expect(new Set(times)).toEqual(new Set(['2023-11-14T22:13:20.000Z']))
    expect(times).toHaveLength(4)
  })

  test('gathers the lines of an order, and returns become refunds', async () => {
    const path = await scratch.write(
      'orders.csv',
      'user,item,order,price,quantity\na,x,1,2,1\na,y,1,3,2\nb,x,2,2,-1\n',
    )
    const { messages, lines } = await importFile(path)
    expect(lines).toEqual([2, 4])
    expect(messages).toMatchObject([
      {
        event: 'Order Completed',
        properties: { order_id: '1', total: 8, products: [{}, { product_id: 'y' }] },
      },
      { event: 'Order Refunded', properties: { products: [{ quantity: 1 }] } },
    ])
  })

  test('a bad row is named by line and column and stops nothing', async () => {
    const path = await scratch.write(
      'bad.csv',
      [
        'user,item,time,price',
        'a,x,2024-01-01,1',
        ',x,2024-01-01,1',
        'a,x,yesterday,1',
        'a,x,2024-01-01,NaN',
        'a,x,2024-01-01,-1',
        'a,,2024-01-01,1',
        'a,x,2024-01-01',
        'a,x,2024-01-01,1,extra',
        'a,"x,2024-01-01,1',
        'b,y,2024-01-02,2',
      ].join('\n'),
    )
    const { messages, rejected, rows } = await importFile(path)
    expect(rejected.map(({ line, column, code }) => [line, column, code])).toEqual([
      [3, '1 (user)', 'IMPORTS_NO_PERSON'],
      [4, '3 (time)', 'IMPORTS_BAD_TIME'],
      [5, '4 (price)', 'IMPORTS_BAD_NUMBER'],
      [6, '4 (price)', 'IMPORTS_BAD_NUMBER'],
      [7, '2 (item)', 'IMPORTS_NO_ITEM'],
      [8, '4 (price)', 'IMPORTS_RAGGED_ROW'],
      [9, '5', 'IMPORTS_RAGGED_ROW'],
      [10, '2 (item)', 'IMPORTS_BROKEN_QUOTES'],
    ])
    expect(messages.map(({ userId }) => userId)).toEqual(['a', 'b'])
    expect(rows).toBe(10)
  })

  test('placeholders such as guest name nobody', async () => {
    const path = await scratch.write('guest.csv', 'user,item\nguest,x\n0,x\nreal,x\n')
    const { messages, rejected } = await importFile(path)
    expect(messages.map(({ userId }) => userId)).toEqual(['real'])
    expect(rejected.map(({ line }) => line)).toEqual([2, 3])
  })

  test('columns that nothing uses are left out, and the notes say so', async () => {
    const path = await scratch.write('extra.csv', 'user,item,mail,count\na,x,a@b.example,3\n')
    const plain = await openImport(path)
    expect(plain.notes.join(' ')).toContain('Left out: mail, count')
    expect((await readAll(plain)).messages[0]?.properties).toEqual({ product_id: 'x' })
    const all = await importFile(path, { map: 'properties.*=*' })
    expect(all.messages[0]?.properties).toEqual({
      product_id: 'x',
      mail: 'a@b.example',
      count: 3,
    })
  })

  test('a polluting column name reaches no prototype', async () => {
    const path = await scratch.write('pollute.csv', 'user,item,__proto__\na,x,y\n')
    const { messages } = await importFile(path, { map: 'properties.*=*' })
    expect(Object.keys(messages[0]?.properties as object)).toEqual(['product_id'])
  })

  test('finds semicolons as delimiter', async () => {
    const path = await scratch.write('semi.csv', 'user;item;rating\na;x;4\n')
    const { messages } = await importFile(path)
    expect(messages).toMatchObject([{ event: 'Item Rated', properties: { rating: 4 } }])
  })

  test('rows without clock keep their order in time', async () => {
    const path = await scratch.write('clock.csv', 'user,item\na,x\nb,x\na,y\n')
    const { messages } = await importFile(path)
    const times = messages.map(({ timestamp }) => timestamp as string)
    expect(times).toEqual([...times].sort())
    expect(new Set(times).size).toBe(3)
  })
})

describe('whole-file faults', () => {
  test.each([
    ['empty.csv', '', 'IMPORTS_EMPTY_FILE'],
    ['empty.ndjson', '', 'IMPORTS_EMPTY_FILE'],
    ['blank.tsv', '\n', 'IMPORTS_EMPTY_FILE'],
    ['people.csv', 'item,price\nx,1\n', 'IMPORTS_MISSING_COLUMN'],
    ['letter.doc', 'x', 'IMPORTS_UNKNOWN_FORMAT'],
    ['head.csv', 'user,"item\n', 'IMPORTS_BROKEN_QUOTES'],
    ['text.parquet', 'no parquet', 'IMPORTS_BROKEN_PARQUET'],
  ])('%s is refused when it is opened', async (name, content, code) => {
    const path = await scratch.write(name, content)
    await expect(openImport(path)).rejects.toMatchObject({ code })
  })

  test('UTF-16 is refused', async () => {
    const path = await scratch.write('wide.csv', Buffer.from('\uFEFFuser,item\n', 'utf16le'))
    await expect(openImport(path)).rejects.toMatchObject({ code: 'IMPORTS_WRONG_ENCODING' })
  })

  test('a file that is not there is refused', async () => {
    await expect(openImport('/nowhere/at.all')).rejects.toMatchObject({ code: 'IMPORTS_NOT_FOUND' })
  })

  test('a cut archive gives its rows and then the error', async () => {
    const { gzipSync } = await import('node:zlib')
    const lines = Array.from({ length: 40_000 }, (_, i) => `u${(i * 7919) % 40_009},i${i}`)
    const packed = gzipSync(`user,item\n${lines.join('\n')}\n`)
    const path = await scratch.write('cut.csv', packed.subarray(0, packed.length - 2_000))
    let seen = 0
    const reading = async (): Promise<void> => {
      for await (const { messages } of (await openImport(path)).read()) seen += messages.length
    }
    await expect(reading()).rejects.toMatchObject({ code: 'IMPORTS_BROKEN_ARCHIVE' })
    expect(seen).toBeGreaterThan(1_000)
  })
})

describe('messages from JSON lines', () => {
  test('keeps messages as they are and gives ids to those without', async () => {
    const path = await scratch.write(
      'm.ndjson.gz',
      '{"type":"track","messageId":"own"}\n\n{"type":"page"}\n{}\n',
    )
    const source = await openImport(path)
    const { messages, lines } = await readAll(source)
    expect(lines).toEqual([1, 3, 4])
    expect(messages.map(({ messageId }) => messageId)).toEqual([
      'own',
      `${source.fingerprint}-3`,
      `${source.fingerprint}-4`,
    ])
  })

  test('a broken line, a list and a line of 2 MB are named and skipped', async () => {
    const long = `{"type":"track","x":"${'y'.repeat(2_000_000)}"}`
    const path = await scratch.write('b.jsonl', `{"a":1}\n{"a":\n[1]\n${long}\n{"a":2}\n`)
    const { messages, rejected, lines } = await importFile(path)
    expect(messages.map(({ a }) => a)).toEqual([1, 2])
    expect(lines).toEqual([1, 5])
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([
      [2, 'IMPORTS_BROKEN_JSON'],
      [3, 'IMPORTS_BROKEN_JSON'],
      [4, 'IMPORTS_LINE_TOO_LONG'],
    ])
  })

  test('bytes that are no UTF-8 cost their line only', async () => {
    const bad = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d, 0x0a])
    const path = await scratch.write('e.ndjson', Buffer.concat([bad, Buffer.from('{"a":1}\n')]))
    const { messages, rejected } = await importFile(path)
    expect(messages).toMatchObject([{ a: 1 }])
    expect(rejected).toMatchObject([
      { line: 1, code: 'IMPORTS_WRONG_ENCODING', reason: expect.stringContaining('character 7') },
    ])
  })

  test('a Latin-1 table is named by line and column, also behind quotes', async () => {
    const text = 'user,item,properties.city\na,"x,1",Zürich\nb,y,"Bern, Münster"\nc,z,Oslo\n'
    const path = await scratch.write('latin.csv', Buffer.from(text, 'latin1'))
    const { messages, rejected } = await importFile(path)
    expect(messages).toMatchObject([{ userId: 'c' }])
    expect(rejected.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, '3 (properties.city)', 'IMPORTS_WRONG_ENCODING'],
      [3, '3 (properties.city)', 'IMPORTS_WRONG_ENCODING'],
    ])
  })

  test('a header that is no UTF-8 is told before anything is read', async () => {
    const text = Buffer.from('user,item,größe\na,x,1\n', 'latin1')
    const path = await scratch.write('header.csv', text)
    await expect(openImport(path)).rejects.toMatchObject({
      code: 'IMPORTS_WRONG_ENCODING',
      message: expect.stringContaining('line 1'),
    })
  })

  test.each([
    ['list.json', '[\n{"type":"page"},\n{"type":"track"}\n]'],
    ['batch.json', '{"batch":[{"type":"page"},{"type":"track"}]}'],
    ['pretty.json', '{\n  "batch": [\n {"type":"page"}, {"type":"track"} ]\n}'],
  ])('%s: one document with a list works as well', async (name, text) => {
    const { messages } = await importFile(await scratch.write(name, text))
    expect(messages.map(({ type }) => type)).toEqual(['page', 'track'])
  })
})

describe('items', () => {
  test('reads fields, lists, times and attributes', async () => {
    const path = await scratch.write(
      'items.csv',
      'sku,name,genres,price,stock,publishedAt,colour,year\n1,Metropolis,A|B,9.5,0,2024-01-01,red,1927\n,x,,,,,,\n2,y,,free,,,,\n',
    )
    const { items, rejected } = await importFile(path, { as: 'items' })
    expect(items).toEqual([
      {
        id: '1',
        title: 'Metropolis',
        categories: ['A', 'B'],
        price: 9.5,
        stock: 0,
        publishedAt: 1_704_067_200_000,
        attributes: { colour: 'red', year: 1927 },
      },
    ])
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([
      [3, 'IMPORTS_NO_ITEM'],
      [4, 'IMPORTS_BAD_NUMBER'],
    ])
  })

  test('JSON lines are taken as documents', async () => {
    const path = await scratch.write('items.ndjson', '{"id":"1","price":2}\n')
    expect((await importFile(path, { as: 'items' })).items).toEqual([{ id: '1', price: 2 }])
  })
})

describe('resuming', () => {
  test('from every position the rest is the same, to the byte', async () => {
    const orders = Array.from({ length: 15_000 }, (_, i) => {
      const order = Math.floor(i / 7)
      return i % 1_000 === 3
        ? `broken ${i}`
        : `user-of-shop-${order % 97},"item, ${i % 31}",${order},1`
    })
    const path = await scratch.write('big.csv.gz', `user,item,order,price\n${orders.join('\n')}\n`)
    const source = await openImport(path)
    const whole = await readAll(source)
    expect(whole.positions.length).toBeGreaterThan(2)
    expect(whole.rows).toBe(15_000)
    for (const [at, position] of whole.positions.entries()) {
      const rest = await readAll(source, position)
      const before = whole.messages.length - rest.messages.length
      expect(rest.messages).toEqual(whole.messages.slice(before))
      expect(rest.rejected).toEqual(
        whole.rejected.slice(whole.rejected.length - rest.rejected.length),
      )
      if (at === whole.positions.length - 1) expect(rest.rows).toBe(0)
    }
    const afterFirst = await readAll(source, whole.positions[0])
    expect(afterFirst.messages.length).toBeGreaterThan(0)
    expect(afterFirst.messages.length).toBeLessThan(whole.messages.length)
  })

  test('another mapping or other contents have another fingerprint', async () => {
    const one = await openImport(await scratch.write('f1.csv', 'user,item,b\na,x,y\n'))
    const two = await openImport(await scratch.write('f2.csv', 'user,item,b\na,x,z\n'))
    const again = await openImport(await scratch.write('f3.csv', 'user,item,b\na,x,y\n'))
    const mapped = await openImport(await scratch.write('f1.csv', 'user,item,b\na,x,y\n'), {
      map: 'item=b',
    })
    expect(two.fingerprint).not.toBe(one.fingerprint)
    expect(mapped.fingerprint).not.toBe(one.fingerprint)
    expect(again.fingerprint).toBe(one.fingerprint)
  })
})

test('any rows survive as TSV', async () => {
  const text = fc.string({ minLength: 1, maxLength: 8 }).filter((s) => {
    return s.trim() === s && !/[\t\r\n]/.test(s)
  })
  const row = fc.tuple(fc.integer({ min: 1, max: 99 }), text, fc.integer({ min: 1e8, max: 2e9 }))
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
      const lines = rows.map(([user, item, time]) => `u${user}\t${item}\t${time}\n`)
      const path = await scratch.write('any.tsv', `user\titem\ttime\n${lines.join('')}`)
      const { messages } = await importFile(path)
      const found = messages.map(({ userId, properties, timestamp }) => [
        userId,
        (properties as { product_id: string }).product_id,
        Date.parse(timestamp as string) / 1_000,
      ])
      expect(found).toEqual(rows.map(([user, item, time]) => [`u${user}`, item, time]))
    }),
    { numRuns: 40 },
  )
})
