import { describe, expect, test } from 'vitest'
import { type Json, type Random, randomInt, seededRandom } from '../../base/index.ts'
import { encodeAnalyticsRows } from '../analyticsBatch.ts'
import type { AnalyticsRow, AnalyticsStore, InteractionColumns } from '../analyticsStore.ts'
import { analyticsEngines } from '../engines.ts'
import { filesOf, isOnDisk, type Sandbox, useSandbox } from './sandbox.ts'

const DAY = { from: 0, to: 86_400_000 }

/** An engine of the table, by name. */
export type AnalyticsEngineName = keyof typeof analyticsEngines

/** The promises of the AnalyticsStore port, for the test of each adapter. */
export function testAnalyticsStore(name: AnalyticsEngineName): void {
  describe(`analytics on ${name}`, () => {
    const sandbox = useSandbox()
    testAppending(name, sandbox)
    testQueries(name, sandbox)
    testOutcomes(name, sandbox)
    testParameters(name, sandbox)
    testSealing(name, sandbox)
    testErasing(name, sandbox)
    testInteractions(name, sandbox)
  })
}

async function openAnalytics(
  name: AnalyticsEngineName,
  sandbox: Sandbox,
  directory = sandbox.directory(),
): Promise<AnalyticsStore> {
  return sandbox.keep(await analyticsEngines[name].open(directory))
}

/** A row with nothing but what is given. */
function rowOf(fields: Partial<AnalyticsRow>): AnalyticsRow {
  return {
    pid: 'p1',
    time: 1000,
    receivedAt: 1000,
    type: 'track',
    event: 'Product Viewed',
    item: null,
    value: null,
    quantity: null,
    order: null,
    decision: null,
    placement: null,
    position: null,
    device: null,
    country: null,
    action: null,
    itemNumber: null,
    trains: null,
    ...fields,
  }
}

function randomRows(random: Random, count: number): AnalyticsRow[] {
  const names = [
    'Product Viewed',
    'Product Added',
    '__proto__',
    "it's; DROP TABLE events --",
    'Käse 🧀',
  ]
  return Array.from({ length: count }, () =>
    rowOf({
      pid: `p${randomInt(random, 9)}`,
      time: randomInt(random, DAY.to),
      event: names[randomInt(random, names.length)] ?? '',
      item: randomInt(random, 4) === 0 ? null : `item-${randomInt(random, 6)}`,
      value: randomInt(random, 3) === 0 ? null : randomInt(random, 1000) / 4,
    }),
  )
}

/** People and events per key, counted plainly. */
function countBy<Key>(
  rows: readonly AnalyticsRow[],
  keyOf: (row: AnalyticsRow) => Key,
): Map<Key, { events: number; people: number }> {
  const groups = Map.groupBy(rows, keyOf)
  const counts = [...groups].map(([key, members]) => {
    const people = new Set(members.map((row) => row.pid)).size
    return [key, { events: members.length, people }] as const
  })
  return new Map(counts)
}

function testAppending(name: AnalyticsEngineName, sandbox: Sandbox): void {
  test('ignores rows whose outbox id it has seen, also after sealing and reopening', async () => {
    const directory = sandbox.directory()
    const store = await openAnalytics(name, sandbox, directory)
    expect(await store.through()).toBe(0)
    const same = () => store.append([rowOf({}), rowOf({})], 5)
    await Promise.all([same(), same()])
    await same()
    await store.append([rowOf({})], 4)
    await store.append(encodeAnalyticsRows([rowOf({})]), 6)
    await store.append([], 7)
    const events = async (from: AnalyticsStore): Promise<unknown> =>
      (await from.query('events_by_name', DAY))[0]?.['events']
    expect([await store.through(), await events(store)]).toEqual([7, 3])
    await store.seal()
    await store.append([rowOf({})], 7)
    await store.close()
    const again = await openAnalytics(name, sandbox, directory)
    await again.append([rowOf({})], 6)
    expect([await again.through(), await events(again)]).toEqual([7, 3])
    await again.append([rowOf({})], 8)
    expect([await again.through(), await events(again)]).toEqual([8, 4])
  })

  test('gives every column back as it came, open and sealed', async () => {
    const store = await openAnalytics(name, sandbox)
    const full = rowOf({
      time: 1_700_000_000_123,
      item: 'ü',
      value: 0.1,
      quantity: -2,
      order: 'o-1',
      decision: 'd-1',
      placement: 'home',
      position: 3,
      device: 'phone',
      country: 'DE',
      action: 'view',
      itemNumber: 3,
      trains: 1,
    })
    await store.append([full, rowOf({ event: '', time: 5 })], 1)
    const { order, ...columns } = full
    for (const hidden of ['pid', 'receivedAt', 'action', 'itemNumber', 'trains'])
      Reflect.deleteProperty(columns, hidden)
    const empty = { item: null, value: null, quantity: null, order_id: null, decision: null }
    const expected = [
      { ...columns, order_id: order },
      {
        type: 'track',
        event: '',
        time: 5,
        ...empty,
        placement: null,
        position: null,
        device: null,
        country: null,
      },
    ]
    expect(await store.query('person_events', { pid: 'p1' })).toEqual(expected)
    await store.seal()
    expect(await store.query('person_events', { pid: 'p1' })).toEqual(expected)
    expect(await store.query('person_events', { pid: 'p1', limit: 1 })).toEqual([expected[0]])
  })

  test('refuses bytes that are not encoded rows', async () => {
    const store = await openAnalytics(name, sandbox)
    const append = store.append(Buffer.from('no rows at all'), 1)
    await expect(append).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    expect(await store.through()).toBe(0)
  })
}

function testQueries(name: AnalyticsEngineName, sandbox: Sandbox): void {
  test('answers as a plain count does, before and after sealing', async () => {
    const store = await openAnalytics(name, sandbox)
    const rows = randomRows(seededRandom(4), 3000)
    await store.append(rows.slice(0, 2000), 1)
    await checkAnswers(store, rows.slice(0, 2000))
    await store.seal()
    await checkAnswers(store, rows.slice(0, 2000))
    await store.append(rows.slice(2000), 2)
    await checkAnswers(store, rows)
  })
}

async function checkAnswers(store: AnalyticsStore, rows: readonly AnalyticsRow[]): Promise<void> {
  const range = { from: 20_000_000, to: 70_000_000 }
  const step = 7_200_000
  const inside = rows.filter((row) => row.time >= range.from && row.time < range.to)
  const byName = await store.query('events_by_name', range)
  expect(new Map(byName.map((row) => [row['event'], countsOf(row)]))).toEqual(
    countBy(inside, (row) => row.event),
  )
  const overTime = await store.query('events_over_time', { ...range, step })
  expect(new Map(overTime.map((row) => [row['time'], countsOf(row)]))).toEqual(
    countBy(inside, ({ time }) => range.from + Math.floor((time - range.from) / step) * step),
  )
  const event = '__proto__'
  const top = await store.query('top_items', { ...range, event, limit: 4 })
  const items = countBy(
    inside.filter((row) => row.event === event && row.item !== null),
    (row) => row.item ?? '',
  )
  const expected = [...items].sort(([a, x], [b, y]) => y.events - x.events || (a < b ? -1 : 1))
  expect(top.map((row) => [row['item'], countsOf(row)])).toEqual(expected.slice(0, 4))
}

function countsOf(row: Readonly<Record<string, Json>>): Json {
  return { events: row['events'] ?? null, people: row['people'] ?? null }
}

function testOutcomes(name: AnalyticsEngineName, sandbox: Sandbox): void {
  test('counts what was shown in each placement and what followed', async () => {
    const store = await openAnalytics(name, sandbox)
    const shown = (decision: string, event: string, time: number, pid: string): AnalyticsRow =>
      rowOf({ type: 'decision', event, placement: event, decision, quantity: 2, time, pid })
    const after = (decision: string, event: string, value: number | null): AnalyticsRow =>
      rowOf({ decision, placement: 'home', event, value, time: 9000 })
    await store.append(
      [
        shown('d1', 'home', 100, 'p1'),
        shown('d1', 'cart', 100, 'p1'),
        shown('d2', 'home', 200, 'p2'),
        shown('d3', 'home', 5000, 'p2'),
        rowOf({ type: 'decision', event: 'cart', decision: 'd4', time: 300 }),
        after('d1', 'Product Clicked', null),
        after('d1', 'Order Completed', 12.5),
        after('d3', 'Product Clicked', null),
        rowOf({ event: 'Product Clicked', time: 300 }),
      ],
      1,
    )
    const nothing = {
      joined: 0,
      decisions_with_events: 0,
      clicked: 0,
      added: 0,
      bought: 0,
      value: 0,
    }
    const followed = {
      joined: 2,
      decisions_with_events: 1,
      clicked: 1,
      added: 0,
      bought: 1,
      value: 12.5,
    }
    expect(await store.query('decision_outcomes', { from: 0, to: 1000 })).toEqual([
      { placement: 'cart', decisions: 2, shown: 3, people: 1, ...nothing },
      { placement: 'home', decisions: 2, shown: 4, people: 2, ...followed },
    ])
  })
}

function testParameters(name: AnalyticsEngineName, sandbox: Sandbox): void {
  test('binds parameters, and names what is wrong with them', async () => {
    const store = await openAnalytics(name, sandbox)
    await store.append([rowOf({})], 1)
    expect(await store.query('person_events', { pid: "' OR 1=1 --" })).toEqual([])
    await expect(store.query('nope', {})).rejects.toMatchObject({
      code: 'STORE_UNKNOWN_QUERY',
      message: expect.stringContaining('events_by_name'),
    })
    const wrong: readonly (readonly [string, Record<string, Json>])[] = [
      ['person_events', {}],
      ['person_events', { pid: 7 }],
      ['person_events', { pid: 'p1', limit: -1 }],
      ['person_events', { pid: 'p1', other: 1 }],
      ['events_by_name', { from: 0, to: null }],
      ['events_over_time', { ...DAY, step: 0 }],
      ['constructor', {}],
    ]
    for (const [query, parameters] of wrong) {
      const code = query === 'constructor' ? 'STORE_UNKNOWN_QUERY' : 'STORE_QUERY_PARAMETER'
      await expect(store.query(query, parameters)).rejects.toMatchObject({ code, status: 400 })
    }
  })
}

function testSealing(name: AnalyticsEngineName, sandbox: Sandbox): void {
  test('lists sealed files by range, merges small ones and keeps every row', async () => {
    const directory = sandbox.directory()
    const store = await openAnalytics(name, sandbox, directory)
    await store.seal()
    expect(await store.manifest(DAY)).toEqual([])
    for (let n = 1; n <= 9; n++) {
      await store.append([rowOf({ time: n * 1000 }), rowOf({ time: n * 1000 + 10 })], n)
      await store.seal()
      if (n === 2) {
        const spans = (await store.manifest(DAY)).map(({ from, to, rows }) => [from, to, rows])
        expect(spans).toEqual([
          [1000, 1010, 2],
          [2000, 2010, 2],
        ])
        expect(await store.manifest({ from: 1011, to: 2001 })).toHaveLength(1)
        expect(await store.manifest({ from: 1011, to: 2000 })).toHaveLength(0)
      }
    }
    const files = await store.manifest(DAY)
    expect(files.length).toBeLessThan(9)
    expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(18)
    const parquet = filesOf(directory).filter((path) => path.endsWith('.parquet'))
    expect(parquet).toHaveLength(files.length)
    expect((await store.query('events_by_name', DAY))[0]?.['events']).toBe(18)
  })
}

function testErasing(name: AnalyticsEngineName, sandbox: Sandbox): void {
  test('erases persons from open and sealed rows and from the bytes on disk', async () => {
    const directory = sandbox.directory()
    const store = await openAnalytics(name, sandbox, directory)
    const gone = ['aaaa-first-person', 'aaaa-second-person']
    const rowsOf = (pid: string): AnalyticsRow[] =>
      randomRows(seededRandom(2), 40).map((row) => Object.assign(row, { pid }))
    await store.append([...rowsOf(gone[0] ?? ''), ...rowsOf('kept')], 1)
    await store.seal()
    await store.append(rowsOf(gone[1] ?? ''), 2)
    await store.seal()
    await store.append([...rowsOf(gone[0] ?? ''), ...rowsOf('kept')], 3)
    expect(gone.map((pid) => isOnDisk(directory, pid))).toEqual([true, true])
    expect(await store.eraseSubjects([...gone, 'never seen'])).toBe(120)
    expect(gone.map((pid) => isOnDisk(directory, pid))).toEqual([false, false])
    expect(isOnDisk(directory, 'kept')).toBe(true)
    for (const pid of gone) expect(await store.query('person_events', { pid })).toEqual([])
    expect(await store.query('person_events', { pid: 'kept' })).toHaveLength(80)
    expect(await store.eraseSubjects(gone)).toBe(0)
    await store.append(rowsOf('kept').slice(0, 1), 4)
    expect(await store.query('person_events', { pid: 'kept' })).toHaveLength(81)
  })
}

/** Columns as rows in an order of their own, people by the number that they were given. */
function asRows(columns: InteractionColumns): string[] {
  return Array.from(columns.person, (person, r) =>
    [person, columns.item[r], columns.action[r], columns.value[r], columns.time[r]].join(' '),
  ).sort()
}

function byNumber(a: number, b: number): number {
  return a - b
}

function testInteractions(name: AnalyticsEngineName, sandbox: Sandbox): void {
  const actions = ['view', 'buy']
  const did = (pid: string, itemNumber: number, action: string, time: number): AnalyticsRow =>
    rowOf({ pid, item: `i${itemNumber}`, itemNumber, action, time, trains: 1, value: 2.5 })

  test('reads interactions as columns of numbers, alike before and after sealing', async () => {
    const store = await openAnalytics(name, sandbox)
    const random = seededRandom(9)
    const rows = Array.from({ length: 5_000 }, () =>
      did(
        `p${randomInt(random, 3_000)}`,
        randomInt(random, 50),
        actions[randomInt(random, 2)] ?? '',
        1_700_000_000_123 + randomInt(random, 1e9),
      ),
    )
    await store.append([...rows.slice(0, 4_000), rowOf({ trains: 1 })], 1)
    await store.append(rows.slice(4_000), 2)
    const open = await store.interactions({ actions })
    await store.seal()
    const sealed = await store.interactions({ actions })
    expect(asRows(sealed)).toEqual(asRows(open))
    expect(sealed).toMatchObject({ rows: 5_000, refused: 0 })
    expect(sealed.people).toBe(new Set(rows.map(({ pid }) => pid)).size)
    const plain = (row: AnalyticsRow): string => [row.itemNumber, row.action, row.time].join(' ')
    const byPerson = Map.groupBy(Array.from(sealed.person.keys()), (r) => sealed.person[r] ?? -1)
    const histories = [...byPerson.values()].map((places) =>
      places
        .map((r) => [sealed.item[r], actions[sealed.action[r] ?? -1], sealed.time[r]].join(' '))
        .sort()
        .join(),
    )
    const wanted = [...Map.groupBy(rows, ({ pid }) => pid).values()]
    expect(histories.sort()).toEqual(wanted.map((own) => own.map(plain).sort().join()).sort())
  })

  test('leaves out of them what may not be learnt from, and says how much', async () => {
    const store = await openAnalytics(name, sandbox)
    await store.append(
      [
        did('p1', 1, 'view', 10),
        { ...did('p2', 2, 'view', 20), trains: 0 },
        { ...did('p2', 2, 'buy', 20), trains: null },
        did('p3', 3, 'skip', 30),
        { ...did('p4', 4, 'buy', 40), value: null },
        { ...did('p5', 5, 'buy', 50), value: 1e300 },
      ],
      1,
    )
    const columns = await store.interactions({ actions })
    expect(columns).toMatchObject({ rows: 3, people: 3, refused: 2 })
    expect([...columns.item].sort(byNumber)).toEqual([1, 4, 5])
    expect([...columns.value].every(Number.isFinite)).toBe(true)
    expect(await store.interactions({ actions, from: 41 })).toMatchObject({ rows: 1, refused: 0 })
    expect(await store.interactions({ actions: [] })).toMatchObject({ rows: 0, people: 0 })
    const { action, value } = await store.interactions({ actions, valued: ['buy'] })
    const views = [...value].filter((_, r) => actions[action[r] ?? -1] === 'view')
    expect(views).toEqual([1])
    expect(Math.max(...value)).toBeGreaterThan(1e20)
    await store.eraseSubjects(['p4'])
    expect([...(await store.interactions({ actions })).item].sort(byNumber)).toEqual([1, 5])
  })

  test('reads the newest of them when there are more than wanted', async () => {
    const store = await openAnalytics(name, sandbox)
    for (let n = 1; n <= 4; n++) {
      await store.append([did('p1', n, 'view', n * 100), did('p2', n, 'view', n * 100 + 50)], n)
      await store.seal()
    }
    const { item } = await store.interactions({ actions, most: 5 })
    expect([...item].sort(byNumber)).toEqual([3, 3, 4, 4])
  })
}
