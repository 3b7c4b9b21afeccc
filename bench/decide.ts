import { type Attune, call, startAttune } from './attune.ts'
import { type ServedDefault, serveDefaultModel } from './defaultModel.ts'
import type { LoadJob, LoadResult } from './load/job.ts'
import type { BenchOptions } from './options.ts'
import { runLoad, withLimit } from './processes.ts'
import { type Finding, median, medianLatency, rounded, stolenSeconds } from './report.ts'
import { seededData, type SeedSize } from './seededData.ts'

const FULL: SeedSize = { people: 100_000, eventsEach: 100, items: 50_000 }
const SHORT: SeedSize = { people: 200, eventsEach: 10, items: 400 }
const CONNECTIONS = 32
const PLACEMENT = 'bench-decide'
/** Nothing is trained but by the bench itself. */
const SETTINGS = { ATTUNE_TRAIN_EVERY_HOURS: '0' }

/** Ten items of the personal default placement, cheaper than a bound, at most three of a brand. */
async function putPlacement(attune: Attune): Promise<void> {
  const home = (await call(attune, 'GET', '/v1/placements/home-for-you')) as object
  await call(attune, 'PUT', `/v1/placements/${PLACEMENT}`, {
    ...home,
    id: PLACEMENT,
    n: 10,
    filter: { 'item.price': { $lt: 150 } },
    caps: [{ by: 'brand', max: 3 }],
  })
}

function jobOf(
  options: BenchOptions,
  size: SeedSize,
  target: { port: number; key: string },
): LoadJob {
  return {
    ...target,
    traffic: 'decide',
    connections: CONNECTIONS,
    warmupSeconds: options.short ? 0.1 : 1,
    seconds: options.seconds,
    people: size.people,
    items: size.items,
    seed: options.nextSeed(),
    placement: PLACEMENT,
  }
}

interface Round {
  readonly limit: LoadResult
  readonly attune: LoadResult
  /** Seconds of the processors that other machines took in both turns. */
  readonly stolen: number
}

/** Attune and Fastify's constant answer of the same size in turn: as fast as they can, then both at half of Attune's rate. */
async function measure(options: BenchOptions, size: SeedSize, attune: Attune) {
  const own = { port: attune.port, key: attune.secretKey }
  const warm = await runLoad(jobOf(options, size, own))
  if (warm.answered === 0)
    throw new Error(`no decision was answered: ${JSON.stringify(warm.refused)}`)
  return withLimit('constantAnswer', String(warm.answerBytes), async (port) => {
    const inTurn = async (pace: { readonly rate?: number }, say: (round: Round) => string) => {
      const rounds: Round[] = []
      for (let i = 0; i < options.rounds; i++) {
        const before = stolenSeconds()
        const limit = await runLoad({ ...jobOf(options, size, { port, key: 'none' }), ...pace })
        const decisions = await runLoad({ ...jobOf(options, size, own), ...pace })
        const round = { limit, attune: decisions, stolen: stolenSeconds() - before }
        options.say(`decide round ${i + 1}: ${say(round)}`)
        rounds.push(round)
      }
      return rounds
    }
    const fastest = await inTurn({}, ratesOf)
    const rate = median(fastest.map((round) => round.attune.rate)) / 2
    return { fastest, half: await inTurn({ rate }, latenciesOf) }
  })
}

function ratesOf({ limit, attune }: Round): string {
  return `limit ${Math.round(limit.rate)}/s, attune ${Math.round(attune.rate)}/s`
}

function latenciesOf({ limit, attune, stolen }: Round): string {
  const [bound, own] = [limit, attune].map(({ latency }) => `${rounded(latency.p99)} ms`)
  return `at ${Math.round(attune.rate)}/s p99 of the limit ${bound}, attune ${own} (${rounded(stolen)} s stolen by other machines)`
}

function inWords({ model, weight, why, ...took }: ServedDefault): string {
  const { trainSeconds, warmSeconds, rankings } = took
  const trained =
    why === undefined ? 'trained before' : `trained in ${trainSeconds.toFixed(0)} s: ${why}`
  return `decide: model ${model}, weight ${weight}, ${trained}; ${rankings} rankings made in ${warmSeconds.toFixed(0)} s`
}

/**
 * Decisions per second with the trained default model: one placement, ten items, one filter, one cap, for people with a
 * history. Limit: Fastify answering a constant body of the same size. Then the
 * latency of both in turn at half of the highest rate: what the limit takes is the machine's part of it.
 */
export async function decide(options: BenchOptions): Promise<Finding> {
  const size = options.short ? SHORT : FULL
  const { data, keys } = await seededData(options, size)
  const attune = await startAttune(data, keys, SETTINGS)
  try {
    await putPlacement(attune)
    const model = await serveDefaultModel(attune)
    options.say(inWords(model))
    const { fastest, half } = await measure(options, size, attune)
    const figure = median(fastest.map((round) => round.attune.rate))
    const limit = median(fastest.map((round) => round.limit.rate))
    const latencies = half.map((round) => round.attune.latency)
    const p99 = medianLatency(latencies, 'p99')
    const ratio = figure / limit
    return {
      bench: 'decide',
      figure,
      unit: 'decisions/s',
      limit,
      ratio,
      p50: medianLatency(latencies, 'p50'),
      p99,
      targets: [
        { name: 'ratio', figure: ratio, unit: '', bound: 0.3, sense: 'at least' },
        {
          name: 'p99 at half the rate',
          figure: p99,
          unit: 'ms',
          bound: 10,
          sense: 'at most',
        },
      ],
      details: {
        atFullRate: {
          p99: medianLatency(
            fastest.map((round) => round.attune.latency),
            'p99',
          ),
        },
        atHalfRate: latencies,
        stolenSeconds: half.map((round) => round.stolen),
        limitAtHalfRate: half.map((round) => round.limit.latency),
        answerBytes: half[0]?.attune.answerBytes,
        refused: [...fastest, ...half].map((round) => round.attune.refused),
        model,
        generatorCpu: median(fastest.map((round) => round.attune.cpu)),
        ...size,
      },
    }
  } finally {
    await attune.process.stop()
  }
}
