import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createKey, workspaceDirectory } from '../src/app/index.ts'
import { type Keys, startAttune } from './attune.ts'
import type { BenchOptions } from './options.ts'
import { startScript } from './processes.ts'

export interface SeedSize {
  readonly people: number
  readonly eventsEach: number
  readonly items: number
}

export interface SeededData {
  readonly data: string
  readonly keys: Keys
}

/** Written last, so that a half-filled directory is never taken for a whole one. */
const STAMP = 'seeded.json'

/**
 * A data directory with people, events and items, made once and kept below `options.data`.
 * The decide size takes about ten minutes, the memory size about twenty.
 */
export async function seededData(options: BenchOptions, size: SeedSize): Promise<SeededData> {
  const name = `people-${size.people}-events-${size.eventsEach}-items-${size.items}`
  const data = join(options.data, name)
  if (!existsSync(join(data, STAMP))) await fill(options, size, data)
  const { workspace } = JSON.parse(readFileSync(join(data, STAMP), 'utf8')) as { workspace: string }
  const directory = workspaceDirectory(data, workspace)
  const now = Date.now()
  const keys = {
    writeKey: createKey(directory, 'write', now).key,
    secretKey: createKey(directory, 'secret', now).key,
  }
  return { data, keys }
}

async function fill(options: BenchOptions, size: SeedSize, data: string): Promise<void> {
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true })
  const events = size.people * size.eventsEach
  options.say(
    `preparing ${size.people} people with ${size.eventsEach} events each, once, in ${data}`,
  )
  const attune = await startAttune(data)
  const workspace = String(attune.process.ready['workspace'])
  await attune.process.stop()
  const seeding = JSON.stringify({ ...size, data, workspace, until: Date.now() })
  const done = await startScript(join(import.meta.dirname, 'seed.ts'), [seeding])
  await done.ended
  const seconds = Number(done.ready['seconds'])
  options.say(
    `prepared ${events} events in ${Math.round(seconds)} s, ${Math.round(events / seconds)} a second`,
  )
  writeFileSync(join(data, STAMP), JSON.stringify({ ...size, workspace, ...done.ready }))
}
