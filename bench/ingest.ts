import { type Attune, lagOf, startAttune, untilCaughtUp, withDirectory } from './attune.ts'
import { BATCH_EVENTS, type LoadJob, type LoadResult, type Traffic } from './load/job.ts'
import type { BenchOptions } from './options.ts'
import { runLoad, withLimit } from './processes.ts'
import { type Finding, median, medianLatency } from './report.ts'

/** Enough requests in flight that the disk's fsync is shared, few enough that queues stay short. */
const CONNECTIONS: Readonly<Record<'batch' | 'single', number>> = { batch: 16, single: 128 }
const SUSTAINED_EVENTS = 20_000

interface Round {
  readonly limit: LoadResult
  readonly attune: LoadResult
}

function jobOf(
  options: BenchOptions,
  traffic: Traffic,
  target: { port: number; key: string },
): LoadJob {
  return {
    ...target,
    traffic,
    connections: CONNECTIONS[traffic === 'single' ? 'single' : 'batch'],
    warmupSeconds: options.short ? 0.1 : 1,
    seconds: options.seconds,
    people: 100_000,
    items: 50_000,
    seed: options.nextSeed(),
  }
}

/** The bare server and Attune in turn, each as fast as it answers. Attune catches up before the limit runs. */
async function measure(
  options: BenchOptions,
  traffic: 'batch' | 'single',
  attune: Attune,
  limitPort: number,
): Promise<readonly Round[]> {
  const rounds: Round[] = []
  for (let i = 0; i < options.rounds; i++) {
    const limit = await runLoad(jobOf(options, traffic, { port: limitPort, key: 'none' }))
    const own = await runLoad(jobOf(options, traffic, { port: attune.port, key: attune.writeKey }))
    const caughtUp = await untilCaughtUp(attune)
    options.say(
      `${traffic} round ${i + 1}: limit ${Math.round(limit.rate)}/s, attune ${Math.round(own.rate)}/s, caught up after ${Math.round(caughtUp)} ms`,
    )
    rounds.push({ limit, attune: own })
  }
  return rounds
}

/** 20,000 events a second, evenly; then how far the profiles are behind. */
async function sustain(options: BenchOptions, attune: Attune) {
  const job = jobOf(options, 'batch', { port: attune.port, key: attune.writeKey })
  const rate = SUSTAINED_EVENTS / BATCH_EVENTS
  const seconds = options.short ? options.seconds : Math.max(10, options.seconds)
  const result = await runLoad({ ...job, rate, seconds })
  const lag = await lagOf(attune)
  options.say(
    `sustained ${Math.round(result.rate * BATCH_EVENTS)} events/s, lag at the end ${lag.ms} ms`,
  )
  return { result, lag }
}

function summary(rounds: readonly Round[], eventsPerRequest: number) {
  const limit = median(rounds.map((round) => round.limit.rate)) * eventsPerRequest
  const figure = median(rounds.map((round) => round.attune.rate)) * eventsPerRequest
  const latencies = rounds.map((round) => round.attune.latency)
  return {
    figure,
    limit,
    ratio: figure / limit,
    p50: medianLatency(latencies, 'p50'),
    p99: medianLatency(latencies, 'p99'),
    limitP99: medianLatency(
      rounds.map((round) => round.limit.latency),
      'p99',
    ),
    refused: rounds.map((round) => round.attune.refused),
    generatorCpu: median(rounds.map((round) => round.attune.cpu)),
  }
}

/**
 * Events acknowledged after fsync: batches of 100, single events, and 20,000 a second with the profiles
 * kept up to date. Limit: node:http that parses the JSON and appends with group fdatasync.
 */
export async function ingest(options: BenchOptions): Promise<Finding> {
  return withDirectory(async (directory) => {
    const attune = await startAttune(directory)
    try {
      return await withLimit('bareIngest', directory, async (limitPort) => {
        const batch = summary(await measure(options, 'batch', attune, limitPort), BATCH_EVENTS)
        const single = summary(await measure(options, 'single', attune, limitPort), 1)
        const { result, lag } = await sustain(options, attune)
        const sustained = result.rate * BATCH_EVENTS
        return {
          bench: 'ingest',
          figure: batch.figure,
          unit: 'events/s',
          limit: batch.limit,
          ratio: batch.ratio,
          p50: batch.p50,
          p99: batch.p99,
          targets: [
            { name: 'batch ratio', figure: batch.ratio, unit: '', bound: 0.6, sense: 'at least' },
            { name: 'single ratio', figure: single.ratio, unit: '', bound: 0.5, sense: 'at least' },
            // Open loop: the rate offered is the bound itself; a thousandth is the edge of the window.
            {
              name: 'sustained',
              figure: sustained,
              unit: 'events/s',
              bound: SUSTAINED_EVENTS * 0.999,
              sense: 'at least',
            },
            { name: 'lag at the end', figure: lag.ms, unit: 'ms', bound: 1000, sense: 'at most' },
          ],
          details: {
            batch,
            single,
            sustained: {
              ...result.latency,
              eventsPerSecond: sustained,
              lag,
              refused: result.refused,
            },
          },
        }
      })
    } finally {
      await attune.process.stop()
    }
  })
}
