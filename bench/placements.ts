/**
 * What each source of a placement shows in the simulated shop, held against its truth and against what people order next:
 *
 *     node bench/placements.ts [--people 1500] [--items 480] [--seed 20] [--asked 400] [--models auto,item-knn]
 *
 * The shop is filled up to a week before its end, a training runs, and people who order in that week are decided for.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createWorkspace, type Engine, openEngine } from '../src/app/index.ts'
import { DAY, isJsonObject, type JsonObject, ManualClock } from '../src/base/index.ts'
import { createWorld, type World } from '../src/simulator/index.ts'

const DAYS = 45
const SHOWN = 10
const START = Date.UTC(2026, 0, 1)
/** Nothing that the person knows, as in the default placements; for sources that propose new things. */
const UNKNOWN = {
  done: [
    { actions: ['buy'], within: '180d' },
    { actions: ['rate', 'consume', 'skip'] },
    { actions: ['view', 'click'], within: '7d' },
  ],
}
const SOURCES: Readonly<Record<string, JsonObject>> = {
  popular: { candidates: [{ source: 'popular' }], exclude: UNKNOWN },
  forYou: { candidates: [{ source: 'forYou' }], exclude: UNKNOWN },
  becauseYou: { candidates: [{ source: 'becauseYou' }], exclude: UNKNOWN },
  'discover .3': { candidates: [{ source: 'discover', strength: 0.3 }], exclude: UNKNOWN },
  'discover .5': { candidates: [{ source: 'discover' }], exclude: UNKNOWN },
  'discover .7': { candidates: [{ source: 'discover', strength: 0.7 }], exclude: UNKNOWN },
  newest: { candidates: [{ source: 'newest' }], exclude: UNKNOWN },
  newArrivals: { candidates: [{ source: 'newArrivals' }], exclude: UNKNOWN },
  'forYou, any': { candidates: [{ source: 'forYou' }] },
  'popular, bought': { candidates: [{ source: 'popular', group: 'buy' }] },
  buyAgain: { candidates: [{ source: 'buyAgain' }] },
  nextBasket: { candidates: [{ source: 'nextBasket' }] },
}

interface Asked {
  readonly userId: string
  /** Items of the first order after the cut. */
  readonly order: readonly string[]
  /** Categories of what the person had looked at. */
  readonly known: ReadonlySet<string>
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const timeOf = (message: JsonObject): number => Date.parse(textOf(message['timestamp']))

function itemsOf(message: JsonObject): readonly string[] {
  const { properties } = message
  if (!isJsonObject(properties)) return []
  const { product_id: one, products } = properties
  if (typeof one === 'string') return [one]
  const list: unknown[] = Array.isArray(products) ? products : []
  return list.map((each) => textOf((each as JsonObject)['product_id']))
}

/** Fills the engine with what happened before the cut; returns whom to ask. */
async function fill(engine: Engine, world: World, cut: number): Promise<readonly Asked[]> {
  await engine.upsertItems({ items: world.catalogue(cut) })
  const categories = new Map(world.products.map(({ id, category }) => [id, String(category)]))
  const known = new Map<string, Set<string>>()
  const orders = new Map<string, readonly string[]>()
  let batch: JsonObject[] = []
  const send = async (): Promise<void> => {
    await engine.collect('import', new TextEncoder().encode(JSON.stringify({ batch })))
    batch = []
  }
  for (const message of world.history()) {
    const userId = textOf(message['userId'])
    if (timeOf(message) >= cut) {
      const isOrder = message['event'] === 'Order Completed'
      if (isOrder && userId !== '' && !orders.has(userId)) orders.set(userId, itemsOf(message))
      continue
    }
    const own = known.get(userId) ?? new Set()
    for (const item of itemsOf(message)) own.add(categories.get(item) ?? '')
    known.set(userId, own)
    batch.push(message)
    if (batch.length === 500) await send()
  }
  await send()
  await engine.settled()
  return [...orders].flatMap(([userId, order]) => {
    const own = known.get(userId)
    return own === undefined ? [] : [{ userId, order, known: own }]
  })
}

interface Sums {
  items: number
  buys: number
  unusual: number
  fresh: number
  recall: number
  seconds: number
}

async function measure(engine: Engine, world: World, asked: readonly Asked[], cut: number) {
  const products = new Map(world.products.map((product) => [product.id, product]))
  for (const [name, document] of Object.entries(SOURCES)) {
    await engine.putPlacement('bench', { id: 'bench', n: SHOWN, fallback: [], ...document })
    const sums: Sums = { items: 0, buys: 0, unusual: 0, fresh: 0, recall: 0, seconds: 0 }
    for (const { userId, order, known } of asked) {
      const begin = performance.now()
      const answer = await engine.decide({ userId, placements: ['bench'], dryRun: true })
      sums.seconds += (performance.now() - begin) / 1_000
      const ids = answer.placements['bench']?.items.map(({ id }) => id) ?? []
      sums.recall += order.filter((id) => ids.includes(id)).length / order.length
      for (const id of ids) {
        const product = products.get(id)
        if (product === undefined) continue
        sums.items++
        const price = world.truePrice(id, cut)
        sums.buys += world.truePurchaseProbability(userId, id, price, cut)
        if (!known.has(String(product.category))) sums.unusual++
        if (cut - product.from < 30 * DAY) sums.fresh++
      }
    }
    report(name, sums, asked.length)
  }
}

function report(name: string, sums: Sums, people: number): void {
  const each = (sum: number): string => (sum / Math.max(1, sums.items)).toFixed(3)
  const row = [
    name.padEnd(16),
    (sums.items / people).toFixed(1),
    each(sums.buys),
    each(sums.unusual),
    each(sums.fresh),
    (sums.recall / people).toFixed(4),
    String(Math.round((1e6 * sums.seconds) / people)),
  ]
  process.stdout.write(`| ${row.join(' | ')} |\n`)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '1500' },
      items: { type: 'string', default: '480' },
      seed: { type: 'string', default: '20' },
      asked: { type: 'string', default: '400' },
      models: { type: 'string', default: 'auto' },
    },
  })
  const world = createWorld({
    seed: Number(values.seed),
    people: Number(values.people),
    items: Number(values.items),
    start: START,
    days: DAYS,
  })
  const cut = START + (DAYS - 7) * DAY
  const data = mkdtempSync(join(tmpdir(), 'attune-placements-'))
  const { directory } = createWorkspace(data, 'bench', cut)
  const engine = await openEngine(directory, { clock: new ManualClock(cut), code: 'bench' })
  try {
    const asked = (await fill(engine, world, cut)).slice(0, Number(values.asked))
    const { why, manifest } = await engine.train({ models: values.models.split(',') })
    process.stdout.write(`${why}\n`)
    for (const { relation, recipe, weight, questions, live, blend, gain } of manifest?.relations
      ?.judged ?? []) {
      process.stdout.write(
        `${relation}: ${recipe}, weight ${weight}, ${questions} questions, ndcg@10 live ${live.toFixed(4)}, blend ${blend.toFixed(4)} (${gain.mean.toFixed(4)} ± ${gain.standardError.toFixed(4)})\n`,
      )
    }
    process.stdout.write(`${asked.length} people\n`)
    process.stdout.write(
      '| source | items | P(buy) | unusual | new | recall | µs |\n|---|---|---|---|---|---|---|\n',
    )
    await measure(engine, world, asked, cut)
  } finally {
    await engine.close()
    rmSync(data, { recursive: true, force: true })
  }
}

await main()
