import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { JsonObject } from '../../base/index.ts'
import { type ImportOptions, openImport } from '../openImport.ts'
import type { ImportBatch, ImportPosition, ImportSource, RejectedRow } from '../source.ts'

/** A directory for the files of one test file. */
export interface Scratch {
  /** Writes a file, packed when its name ends in .gz, and tells its path. */
  write(name: string, content: string | Uint8Array): Promise<string>
  remove(): Promise<void>
}

export async function makeScratch(): Promise<Scratch> {
  const directory = await mkdtemp(join(tmpdir(), 'attune-imports-'))
  return {
    async write(name, content) {
      const path = join(directory, name)
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(path, name.endsWith('.gz') ? gzipSync(content) : content)
      return path
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

/** All that a source contains. */
export interface Everything {
  readonly messages: JsonObject[]
  readonly lines: number[]
  readonly items: JsonObject[]
  readonly rejected: RejectedRow[]
  readonly positions: ImportPosition[]
  readonly rows: number
}

export async function readAll(source: ImportSource, from?: ImportPosition): Promise<Everything> {
  const batches: ImportBatch[] = []
  for await (const batch of source.read(from)) batches.push(batch)
  return {
    messages: batches.flatMap(({ messages }) =>
      messages.map((text) => JSON.parse(text) as JsonObject),
    ),
    lines: batches.flatMap(({ messageLines }) => messageLines),
    items: batches.flatMap(({ items }) => items),
    rejected: batches.flatMap(({ rejected }) => rejected),
    positions: batches.map(({ position }) => position),
    rows: batches.reduce((sum, { rows }) => sum + rows, 0),
  }
}

export async function importFile(path: string, options?: ImportOptions): Promise<Everything> {
  return readAll(await openImport(path, options))
}
