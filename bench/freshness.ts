import { type Attune, call, startAttune, withDirectory } from './attune.ts'
import { Histogram } from './load/histogram.ts'
import type { LoadJob } from './load/job.ts'
import type { BenchOptions } from './options.ts'
import { runLoad, withLimit } from './processes.ts'
import type { Finding } from './report.ts'

const EVENTS_PER_SECOND = 2_000
const PEOPLE = 20_000
const ITEMS = 5_000
/** After this long the event is taken as never seen, and the run has failed. */
const GIVE_UP_MS = 10_000
const PLACEMENT = 'recently-viewed'

interface Shown {
  readonly placements: Readonly<
    Record<string, { readonly items: readonly { readonly id: string }[] }>
  >
}

function backgroundJob(
  options: BenchOptions,
  target: { port: number; key: string },
  seconds: number,
): LoadJob {
  return {
    ...target,
    traffic: 'single',
    connections: 32,
    rate: EVENTS_PER_SECOND,
    warmupSeconds: 0,
    seconds,
    people: PEOPLE,
    items: ITEMS,
    seed: options.nextSeed(),
  }
}

async function upload(attune: Attune): Promise<void> {
  const items = Array.from({ length: ITEMS }, (_, n) => ({
    id: itemId(n),
    title: `Item ${n}`,
    price: 10,
  }))
  for (let from = 0; from < ITEMS; from += 1_000) {
    await call(attune, 'POST', '/v1/items', { items: items.slice(from, from + 1_000) })
  }
}

function itemId(n: number): string {
  return `i${String(n).padStart(6, '0')}`
}

/** Milliseconds from the acknowledgement of a view to the arrival of a decision that shows the item. */
async function probe(attune: Attune, userId: string, item: string): Promise<number> {
  const properties = { product_id: item }
  await call(attune, 'POST', '/v1/track', { userId, event: 'Product Viewed', properties })
  const acknowledged = performance.now()
  for (;;) {
    const answer = (await call(attune, 'POST', '/v1/decide', {
      userId,
      placements: [PLACEMENT],
    })) as Shown
    const now = performance.now() - acknowledged
    if (answer.placements[PLACEMENT]?.items.some(({ id }) => id === item)) return now
    if (now > GIVE_UP_MS)
      throw new Error(`a decision did not show its person's event after ${now} ms`)
  }
}

/** Probes one after another until the time is over; known and new people in turn. */
async function probeFor(seconds: number, once: (n: number) => Promise<number>): Promise<Histogram> {
  const histogram = new Histogram()
  const end = performance.now() + seconds * 1000
  for (let n = 0; performance.now() < end; n++) histogram.record((await once(n)) * 1000)
  return histogram
}

/** The same two calls where nothing has to be decided or kept: what the machine and HTTP alone take. */
async function measureLimit(
  options: BenchOptions,
  directory: string,
  seconds: number,
): Promise<Histogram> {
  return withLimit('bareIngest', directory, (ingestPort) =>
    withLimit('constantAnswer', '2000', async (answerPort) => {
      const background = runLoad(
        backgroundJob(options, { port: ingestPort, key: 'none' }, seconds + 1),
      )
      const histogram = await probeFor(seconds, async () => {
        await fetch(`http://127.0.0.1:${ingestPort}/v1/track`, { method: 'POST', body: '{"a":1}' })
        const acknowledged = performance.now()
        const answer = await fetch(`http://127.0.0.1:${answerPort}/v1/decide`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"a":1}',
        })
        await answer.json()
        return performance.now() - acknowledged
      })
      await background
      return histogram
    }),
  )
}

async function measureAttune(options: BenchOptions, attune: Attune, seconds: number) {
  await upload(attune)
  const target = { port: attune.port, key: attune.writeKey }
  const background = runLoad(backgroundJob(options, target, seconds + 2))
  const histogram = await probeFor(seconds, (n) => {
    const person = n % 2 === 0 ? `u${String((n * 17) % PEOPLE).padStart(8, '0')}` : `new-${n}`
    return probe(attune, person, itemId((n * 31) % ITEMS))
  })
  return { histogram, background: await background }
}

/** Time from an event's acknowledgement to a decision that shows its effect, while 2,000 events a second arrive. */
export async function freshness(options: BenchOptions): Promise<Finding> {
  const seconds = options.short ? options.seconds : options.seconds * options.rounds
  return withDirectory(async (directory) => {
    const limit = await measureLimit(options, directory, Math.max(options.seconds, 0.2))
    const attune = await startAttune(directory)
    try {
      const { histogram, background } = await measureAttune(options, attune, seconds)
      const { p50, p99 } = histogram.summary()
      const limitP99 = limit.quantileMs(0.99)
      return {
        bench: 'freshness',
        figure: p99,
        unit: 'ms',
        limit: limitP99,
        ratio: p99 / limitP99,
        p50,
        p99,
        targets: [{ name: 'p99', figure: p99, unit: 'ms', bound: 50, sense: 'at most' }],
        details: {
          probes: histogram.total,
          ...histogram.summary(),
          background: {
            eventsPerSecond: background.rate,
            refused: background.refused,
            p99: background.latency.p99,
          },
        },
      }
    } finally {
      await attune.process.stop()
    }
  })
}
