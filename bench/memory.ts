import { setTimeout as sleep } from 'node:timers/promises'
import { type Attune, call, startAttune, withDirectory } from './attune.ts'
import type { BenchOptions } from './options.ts'
import { residentBytes, runLoad, withLimit } from './processes.ts'
import type { Finding } from './report.ts'
import { seededData, type SeedSize } from './seededData.ts'

const FULL: SeedSize = { people: 1_000_000, eventsEach: 20, items: 100_000 }
const SHORT: SeedSize = { people: 200, eventsEach: 10, items: 400 }
const MEBIBYTE = 1_048_576

function mebibytes(pid: number): number {
  return residentBytes(pid) / MEBIBYTE
}

/** Memory of a server that has nothing to keep, and of a bare Fastify beside it. */
async function measureIdle(options: BenchOptions): Promise<{ bare: number; idle: number }> {
  const rest = options.short ? 100 : 3_000
  const bare = await withLimit('constantAnswer', '2000', async (port, pid) => {
    await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).text()
    await sleep(rest)
    return mebibytes(pid)
  })
  return withDirectory(async (directory) => {
    const attune = await startAttune(directory)
    try {
      await call(attune, 'GET', '/v1/status')
      await sleep(rest)
      return { bare, idle: mebibytes(attune.process.pid) }
    } finally {
      await attune.process.stop()
    }
  })
}

/** Decisions for people all over, so that what a server keeps in memory when it works is there. */
async function exercise(options: BenchOptions, size: SeedSize, attune: Attune) {
  return runLoad({
    port: attune.port,
    key: attune.secretKey,
    traffic: 'decide',
    placement: 'home-for-you',
    connections: 16,
    warmupSeconds: 0,
    seconds: options.short ? options.seconds : Math.max(20, options.seconds),
    people: size.people,
    items: size.items,
    seed: options.nextSeed(),
  })
}

async function measureLoaded(options: BenchOptions, size: SeedSize) {
  const { data, keys } = await seededData(options, size)
  const attune = await startAttune(data, keys)
  try {
    const started = mebibytes(attune.process.pid)
    const decisions = await exercise(options, size, attune)
    const working = mebibytes(attune.process.pid)
    options.say(
      `ready after ${Math.round(attune.process.readyMs)} ms with ${Math.round(started)} MiB, ${Math.round(working)} MiB after ${decisions.answered} decisions`,
    )
    return { started, working, readyMs: attune.process.readyMs, decisions }
  } finally {
    await attune.process.stop()
  }
}

/**
 * Resident memory for 1,000,000 profiles with 20 events each and 100,000 items after a restart and some
 * seconds of decisions; an idle server's memory; time to serve on that data. Limit: a bare Fastify process.
 */
export async function memory(options: BenchOptions): Promise<Finding> {
  const size = options.short ? SHORT : FULL
  const { bare, idle } = await measureIdle(options)
  const { started, working, readyMs, decisions } = await measureLoaded(options, size)
  const figure = Math.max(started, working)
  return {
    bench: 'memory',
    figure,
    unit: 'MiB',
    limit: bare,
    ratio: figure / bare,
    p50: decisions.latency.p50,
    p99: decisions.latency.p99,
    targets: [
      { name: 'resident', figure, unit: 'MiB', bound: 1024, sense: 'at most' },
      // The bound is in megabytes of 1,000,000 bytes, the figure as well.
      { name: 'idle', figure: (idle * MEBIBYTE) / 1e6, unit: 'MB', bound: 200, sense: 'at most' },
      { name: 'ready', figure: readyMs, unit: 'ms', bound: 5_000, sense: 'at most' },
    ],
    details: {
      started,
      working,
      idle,
      decisions: decisions.answered,
      refused: decisions.refused,
      ...size,
    },
  }
}
