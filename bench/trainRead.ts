import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Random, randomInt, seededRandom } from '../src/base/index.ts'
import {
  type AnalyticsRow,
  type AnalyticsStore,
  encodeAnalyticsRows,
  openDuckdbAnalytics,
} from '../src/store/index.ts'
import { historiesOf, TRAINED_ACTIONS, trainingSet, VALUED_ACTIONS } from '../src/training/index.ts'
import type { BenchOptions } from './options.ts'
import { type Finding, median } from './report.ts'

interface ReadSize {
  readonly rows: number
  readonly people: number
  readonly items: number
}

const FULL: ReadSize = { rows: 10_000_000, people: 200_000, items: 50_000 }
const SHORT: ReadSize = { rows: 20_000, people: 500, items: 400 }
const BATCH = 20_000
const STEP_MS = 250
const START = Date.UTC(2026, 0, 1)

/** People with power-law activity, items with power-law popularity, one event every quarter of a second. */
function rowOf(random: Random, n: number, { people, items }: ReadSize): AnalyticsRow {
  const person = Math.floor(people * random.next() ** 2)
  const item = Math.floor(items * random.next() ** 3)
  const draw = randomInt(random, 20)
  const [event, action] =
    draw === 0
      ? ['Order Completed', 'buy']
      : draw < 3
        ? ['Product Added', 'cart']
        : ['Product Viewed', 'view']
  const time = START + n * STEP_MS
  return {
    pid: Math.imul(person + 1, 0x9e3779b1)
      .toString(16)
      .padStart(16, '0'),
    time,
    receivedAt: time,
    type: 'track',
    event,
    item: `item-${item}`,
    value: 1,
    quantity: 1,
    order: action === 'buy' ? `o${n}` : null,
    decision: null,
    placement: null,
    position: null,
    device: 'phone',
    country: 'DE',
    action,
    itemNumber: item,
    trains: 1,
  }
}

/** Analytics rows on disk, made once. */
async function prepare(options: BenchOptions, size: ReadSize): Promise<string> {
  const directory = join(options.data, `train-read-${size.rows}`)
  if (existsSync(join(directory, 'complete'))) return directory
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  options.say(`preparing ${size.rows} analytics rows in ${directory}`)
  const store = await openDuckdbAnalytics(directory)
  const random = seededRandom(3)
  for (let from = 0; from < size.rows; from += BATCH) {
    const count = Math.min(BATCH, size.rows - from)
    const rows = Array.from({ length: count }, (_, k) => rowOf(random, from + k, size))
    await store.append(encodeAnalyticsRows(rows), from + count)
  }
  await store.seal()
  await store.close()
  writeFileSync(join(directory, 'complete'), '')
  return directory
}

/** Seconds of all threads together while `work` runs. */
async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** DuckDB alone: every value of the same columns, folded to one row. */
async function limitSeconds(directory: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const files = join(directory, 'parquet', '*.parquet')
  const seconds = await cpuSeconds(() =>
    connection.run(
      `SELECT max(hash(pid)), max(item_number), max(action), sum(value), sum(time) FROM read_parquet('${files}')`,
    ),
  )
  connection.closeSync()
  instance.closeSync()
  return seconds
}

async function read(store: AnalyticsStore, items: number): Promise<number> {
  const columns = await store.interactions({ actions: TRAINED_ACTIONS, valued: VALUED_ACTIONS })
  return historiesOf(trainingSet(columns, items)).item.length
}

/** From analytics rows on disk to histories that a model can be fitted on, on one core. */
export async function trainRead(options: BenchOptions): Promise<Finding> {
  const size = options.short ? SHORT : FULL
  const directory = await prepare(options, size)
  const rounds: { own: number; limit: number }[] = []
  let events = 0
  for (let round = 0; round < options.rounds; round++) {
    const limit = await limitSeconds(directory)
    const store = await openDuckdbAnalytics(directory, { threads: 1 })
    const own = await cpuSeconds(async () => {
      events = await read(store, size.items)
    })
    await store.close()
    options.say(
      `train-read round ${round + 1}: ${own.toFixed(2)} s, DuckDB alone ${limit.toFixed(2)} s`,
    )
    rounds.push({ own, limit })
  }
  const figure = median(rounds.map(({ own }) => own))
  const limit = median(rounds.map((each) => each.limit))
  return {
    bench: 'train-read',
    figure,
    unit: 'CPU-s',
    limit,
    ratio: figure / limit,
    p50: figure * 1_000,
    p99: Math.max(...rounds.map(({ own }) => own)) * 1_000,
    targets: [{ name: '10 M rows on one core', figure, unit: 'CPU-s', bound: 3, sense: 'at most' }],
    details: { ...size, events, rssBytes: process.memoryUsage.rss(), rounds },
  }
}
