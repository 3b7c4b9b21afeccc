import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openImport } from './openImport.ts'
import { makeScratch, readAll, type Scratch } from './testing/scratch.ts'

let scratch: Scratch
let path: string
beforeAll(async () => {
  scratch = await makeScratch()
  path = join(await scratch.write('here', ''), '..', 'events.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (
    SELECT i AS "user", 'item ' || (i % 3) AS item, TIMESTAMP '2024-01-01 10:00:00' + INTERVAL (i) SECOND AS "time",
      (i / 4)::DECIMAL(9,2) AS price, CASE WHEN i = 7 THEN NULL ELSE 'cart' END AS event
    FROM range(1, 5001) AS t(i)) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
})
afterAll(() => scratch.remove())

test('rows become messages in the order of the file', async () => {
  const { messages, rows, rejected } = await readAll(await openImport(path))
  expect(rejected).toEqual([])
  expect(rows).toBe(5_000)
  expect(messages[1]).toMatchObject({
    userId: '2',
    event: 'Product Added',
    timestamp: '2024-01-01T10:00:02.000Z',
    properties: { product_id: 'item 2', price: 0.5 },
  })
  expect(messages.map(({ userId }) => Number(userId))).toEqual(
    Array.from({ length: 5_000 }, (_, i) => i + 1),
  )
})

test('reading goes on at a row', async () => {
  const source = await openImport(path)
  const whole = await readAll(source)
  const rest = await readAll(source, whole.positions[0])
  expect(whole.positions.length).toBeGreaterThan(1)
  expect(rest.messages).toEqual(whole.messages.slice(whole.positions[0]?.byte))
})
