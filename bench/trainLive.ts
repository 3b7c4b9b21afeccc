import { isJsonObject } from '../src/base/index.ts'
import { type Attune, call, startAttune, untilCaughtUp } from './attune.ts'
import { command } from './command.ts'
import { type Answers, Asker } from './load/asker.ts'
import type { BenchOptions } from './options.ts'
import type { Finding } from './report.ts'
import { type Subject, subjects } from './trainedWorkspaces.ts'

const CONNECTIONS = 2
/** Nothing is trained but by command. */
const SETTINGS = { ATTUNE_TRAIN_EVERY_HOURS: '0' }

/** What was seen of one workspace. */
interface Seen {
  readonly name: string
  readonly why: string
  readonly trainSeconds: number
  readonly before: Answers
  readonly train: Answers
  readonly serve: Answers
}

/**
 * Trains, lists, rolls back and promotes from the command line while a server answers decisions; every decision must be
 * answered, and the version that is served must be the one that was asked for. Figure: p99 of the decisions during the
 * training that disturbs most; limit: that before it.
 * @throws when a decision is not answered, or another version is served
 */
export async function trainLive(options: BenchOptions): Promise<Finding> {
  const seen: Seen[] = []
  for await (const subject of subjects(options)) {
    options.say(`train-live: ${subject.name}`)
    seen.push(await trained(subject, options))
  }
  const [worst] = seen.toSorted((a, b) => b.train.p99 - a.train.p99)
  const figure = worst?.train.p99 ?? 0
  const limit = worst?.before.p99 ?? 0
  return {
    bench: 'train-live',
    figure,
    unit: 'ms',
    limit,
    ratio: figure / limit,
    p50: worst?.train.p50 ?? 0,
    p99: figure,
    targets: [
      { name: 'p99, of that before', figure: figure / limit, unit: '', bound: 2, sense: 'at most' },
    ],
    details: { workspaces: seen },
  }
}

async function trained(subject: Subject, options: BenchOptions): Promise<Seen> {
  const { data, keys, people, name } = subject
  const attune = await startAttune(data, keys, SETTINGS)
  try {
    await untilCaughtUp(attune)
    const { url, secretKey } = attune
    const asker = new Asker({ url, secretKey, people, connections: CONNECTIONS })
    const before = await asker.during(() => asker.seconds(options.seconds))
    let report: Awaited<ReturnType<typeof command>> = {}
    const train = await asker.during(async () => {
      report = await command(data, 'train')
    })
    const { version, outcome } = report
    const why = JSON.stringify(report['why'])
    const trainSeconds = Number(report['seconds'])
    options.say(`  ${why} ${trainSeconds} s`)
    if (typeof version !== 'string') throw new Error(`nothing was fitted: ${why}`)
    if (outcome === 'promoted') await mustServe(attune, data, version)
    const serve = await asker.during(async () => {
      if (outcome !== 'promoted') await command(data, 'models', 'promote', version)
      await mustServe(attune, data, version)
      await command(data, 'models', 'rollback')
      await mustServe(attune, data, null)
      await command(data, 'models', 'promote', version)
      await mustServe(attune, data, version)
      await asker.seconds(options.seconds)
    })
    await asker.stop()
    const seen = { name, why, trainSeconds, before, train, serve }
    options.say(`  ${JSON.stringify({ before, train, serve })}`)
    return seen
  } finally {
    await attune.process.stop()
  }
}

/** What is served, by the server itself and by the command. */
async function mustServe(attune: Attune, data: string, version: string | null): Promise<void> {
  for (const models of [await call(attune, 'GET', '/v1/models'), await command(data, 'models')]) {
    const serving = isJsonObject(models) ? models['serving'] : undefined
    const served = isJsonObject(serving) ? serving['version'] : null
    if (served !== version)
      throw new Error(`${JSON.stringify(served)} is served, and not ${version}`)
  }
}
