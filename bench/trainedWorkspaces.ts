import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createKey, listWorkspaces, workspaceDirectory } from '../src/app/index.ts'
import { randomInt, seededRandom } from '../src/base/index.ts'
import { readDataset } from '../src/imports/index.ts'
import { startAttune, type Keys } from './attune.ts'
import { command } from './command.ts'
import type { BenchOptions } from './options.ts'

/** Folder with data sets; without it only the demo is trained. */
const DATASETS =
  process.env['DATASETS'] ?? join(import.meta.dirname, '..', '..', 'shared', 'datasets')
/** Data sets that are imported, and the column that names people. */
const IMPORTED: readonly (readonly [name: string, role: string, column: string])[] = [
  ['online-retail', 'transactions', 'customer'],
  ['ml-1m', 'ratings', 'user'],
]
const PEOPLE = 1_000

/** A data directory with one workspace that was never trained. */
export interface Subject {
  readonly name: string
  readonly data: string
  readonly keys: Keys
  /** User ids to decide for. */
  readonly people: readonly string[]
}

/** Makes each workspace when it comes to it: a generated shop (short), or the demo and the data sets that are there. */
export async function* subjects(options: BenchOptions): AsyncGenerator<Subject> {
  if (options.short) {
    yield await generated(options)
    return
  }
  yield await demo(options)
  for (const [name, role, column] of IMPORTED) {
    const folder = join(DATASETS, name)
    if (existsSync(join(folder, 'dataset.json'))) {
      const data = fresh(options, name)
      await command(data, 'import', folder, '--workspace', name)
      yield subject(name, data, await peopleIn(folder, role, column))
    } else options.say(`train-live: ${name} is left out, it is not in ${DATASETS} (DATASETS)`)
  }
}

function fresh(options: BenchOptions, name: string): string {
  const data = join(options.data, `train-live-${name}`)
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true })
  return data
}

function subject(name: string, data: string, people: readonly string[]): Subject {
  const [workspace = ''] = listWorkspaces(data)
  const directory = workspaceDirectory(data, workspace)
  const now = Date.now()
  const keys = {
    writeKey: createKey(directory, 'write', now).key,
    secretKey: createKey(directory, 'secret', now).key,
  }
  return { name, data, keys, people }
}

/** People who look around among things of one of four kinds. */
async function generated(options: BenchOptions): Promise<Subject> {
  const data = fresh(options, 'generated')
  const random = seededRandom(8)
  const people = Array.from({ length: 160 }, (_, p) => `person-${p}`)
  const lines = people.flatMap((person, p) =>
    Array.from({ length: 9 }, (_, k) => {
      const time = Date.UTC(2026, 0, 1) + (p * 37 + k * 300 + randomInt(random, 200)) * 60_000
      return `${person},g${p % 4}-${(7 * k + 5 * p) % 12},${new Date(time).toISOString()}`
    }),
  )
  const file = join(data, 'views.csv')
  writeFileSync(file, ['user,item,time', ...lines, ''].join('\n'))
  await command(data, 'import', file, '--workspace', 'generated')
  return subject('generated', data, people)
}

/** The demo as it stands when it is first started. */
async function demo(options: BenchOptions): Promise<Subject> {
  const data = fresh(options, 'demo')
  const attune = await startAttune(data, undefined, {}, ['--demo'])
  await attune.process.stop()
  const people = Array.from({ length: PEOPLE }, (_, p) => `person-${p}`)
  return subject('demo', data, people)
}

/** Some people of a table. */
async function peopleIn(folder: string, role: string, column: string): Promise<readonly string[]> {
  const { files } = await readDataset(folder)
  const bytes = gunzipSync(readFileSync(join(folder, files.get(role) ?? '')))
  const [header = '', ...lines] = bytes.toString('utf8').split('\n')
  const place = header.split('\t').indexOf(column)
  const named = lines.map((line) => line.split('\t')[place] ?? '').filter((id) => id.length > 1)
  return [...new Set(named)].slice(0, PEOPLE)
}
