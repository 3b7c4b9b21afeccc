/**
 * Fills a workspace with people, their events and items, straight through the engine (no HTTP), and prints
 * `{"events","seconds"}`. A process of its own, so that its memory is gone when the server is measured.
 */
import { openEngine, workspaceDirectory } from '../src/app/index.ts'
import { type Random, randomInt, seededRandom } from '../src/base/index.ts'
import type { SeedSize } from './seededData.ts'

const DAY_MS = 86_400_000
/** Events of one logged body. */
const BODY_EVENTS = 1_000
const BODIES_IN_FLIGHT = 16
const ITEMS_A_CALL = 1_000
const CATEGORIES = 200
const COLORS = ['black', 'blue', 'green', 'grey', 'red', 'white', 'yellow']

type Seeding = SeedSize & {
  readonly data: string
  readonly workspace: string
  readonly until: number
}

function digits(n: number, width: number): string {
  return String(n).padStart(width, '0')
}

function itemOf(n: number): object {
  const category = n % CATEGORIES
  return {
    id: `i${digits(n, 6)}`,
    title: `Item ${n}`,
    categories: [`Hall ${category % 10}`, `Shelf ${category}`],
    brand: `Brand ${(n * 7) % 90}`,
    price: 5 + ((n * 37) % 19_500) / 100,
    currency: 'EUR',
    stock: 1 + (n % 50),
    attributes: { color: COLORS[n % COLORS.length] },
  }
}

/** People look into four categories of theirs, at popular things more often. */
function drawItem(random: Random, person: number, items: number): number {
  const category = (person * 13 + randomInt(random, 4) * 29) % CATEGORIES
  const inside = Math.floor((items / CATEGORIES) * random.next() ** 2)
  return Math.min(items - 1, inside * CATEGORIES + category)
}

function eventOf(random: Random, seeding: Seeding, person: number, index: number): object {
  const draw = random.next()
  const item = `i${digits(drawItem(random, person, seeding.items), 6)}`
  const age =
    ((seeding.eventsEach - index) / seeding.eventsEach) * 30 * DAY_MS * (0.5 + random.next() / 2)
  const order = `o${person}-${index}`
  const bought = draw >= 0.95
  return {
    type: 'track',
    event: bought ? 'Order Completed' : draw < 0.85 ? 'Product Viewed' : 'Product Added',
    messageId: `s${person}-${index}`,
    userId: `u${digits(person, 8)}`,
    timestamp: new Date(seeding.until - age).toISOString(),
    properties: bought
      ? { order_id: order, products: [{ product_id: item, price: 19.9, quantity: 1 }] }
      : { product_id: item },
  }
}

function* bodies(seeding: Seeding): Generator<Uint8Array> {
  const random = seededRandom(1)
  let batch: object[] = []
  for (let person = 0; person < seeding.people; person++) {
    for (let i = 0; i < seeding.eventsEach; i++) batch.push(eventOf(random, seeding, person, i))
    if (batch.length < BODY_EVENTS && person < seeding.people - 1) continue
    yield Buffer.from(JSON.stringify({ batch }))
    batch = []
  }
}

async function main(seeding: Seeding): Promise<void> {
  const start = performance.now()
  const engine = await openEngine(workspaceDirectory(seeding.data, seeding.workspace))
  for (let from = 0; from < seeding.items; from += ITEMS_A_CALL) {
    const count = Math.min(ITEMS_A_CALL, seeding.items - from)
    await engine.upsertItems({ items: Array.from({ length: count }, (_, i) => itemOf(from + i)) })
  }
  let flying: Promise<unknown>[] = []
  for (const body of bodies(seeding)) {
    flying.push(engine.collect('batch', body))
    if (flying.length < BODIES_IN_FLIGHT) continue
    await Promise.all(flying)
    flying = []
    await engine.settled()
  }
  await Promise.all(flying)
  await engine.settled()
  await engine.close()
  const seconds = (performance.now() - start) / 1000
  process.stdout.write(
    `${JSON.stringify({ events: seeding.people * seeding.eventsEach, seconds })}\n`,
  )
}

await main(JSON.parse(process.argv[2] ?? '') as Seeding)
