/**
 *     npm run -s bench -- ingest            a table
 *     npm run -s bench -- ingest --json     one JSON line
 *     npm run -s bench -- all               every bench in turn
 *     npm run -s bench -- peers als         comparisons with libraries from PyPI; see bench/peers/setup.sh
 *
 * Options: --seconds N (of each round), --rounds N, --data DIR (prepared data, kept), --short;
 * of peers: --threads 1,2 --python FILE (default: DIR/../peers/bin/python).
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { decide } from './decide.ts'
import { freshness } from './freshness.ts'
import { ingest } from './ingest.ts'
import { memory } from './memory.ts'
import type { BenchOptions } from './options.ts'
import type { PeerOptions } from './peers/peer.ts'
import { PEER_TASKS, peers } from './peers/tasks.ts'
import { trainLive } from './trainLive.ts'
import { trainRead } from './trainRead.ts'
import { type Finding, reportOf, tableOf } from './report.ts'

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Finding>>> = {
  ingest,
  decide,
  freshness,
  memory,
  'train-read': trainRead,
  'train-live': trainLive,
}

const USAGE = `usage: npm run -s bench -- <${[...Object.keys(BENCHES), 'all'].join('|')}> [--json] [--seconds N] [--rounds N] [--data DIR] [--short]
       npm run -s bench -- peers <${[...PEER_TASKS, 'all'].join('|')}> [--threads 1,2] [--python FILE] [--json] [--rounds N] [--data DIR] [--short]`

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        short: { type: 'boolean', default: false },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        threads: { type: 'string', default: '1,2' },
        python: { type: 'string' },
        data: { type: 'string', default: join(import.meta.dirname, '..', 'build', 'bench') },
      },
    })
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    return undefined
  }
}

type Values = NonNullable<ReturnType<typeof readArguments>>['values']

function optionsOf(values: Values): BenchOptions {
  let seed = Math.floor(Date.now() / 1000) % 900_000
  return {
    short: values.short,
    seconds: Number(values.seconds ?? (values.short ? 0.3 : 5)),
    rounds: Number(values.rounds ?? (values.short ? 1 : 5)),
    data: values.data,
    say: (text) => process.stderr.write(`${text}\n`),
    nextSeed: () => ++seed,
  }
}

function peerOptionsOf(values: Values): PeerOptions {
  return {
    short: values.short,
    rounds: Number(values.rounds ?? (values.short ? 1 : 3)),
    threads: values.threads.split(',').map(Number),
    data: values.data,
    python: values.python ?? join(values.data, '..', 'peers', 'bin', 'python'),
    say: (text) => process.stderr.write(`${text}\n`),
  }
}

async function main(): Promise<number> {
  const read = readArguments()
  if (read === undefined) return 2
  const [name = '', ...rest] = read.positionals
  if (name === 'peers') return peers(rest, peerOptionsOf(read.values), read.values.json)
  const names = name === 'all' ? Object.keys(BENCHES) : [name]
  const options = optionsOf(read.values)
  for (const each of names) {
    const bench = BENCHES[each]
    if (bench === undefined) {
      process.stderr.write(`${name === '' ? '' : `there is no bench "${name}"\n`}${USAGE}\n`)
      return 2
    }
    const report = reportOf(await bench(options), options.short)
    process.stdout.write(`${read.values.json ? JSON.stringify(report) : tableOf(report)}\n`)
  }
  return 0
}

process.exit(await main())
