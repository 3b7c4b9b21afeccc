import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeModel, parametersOf, recommenderKind } from '../models/index.ts'
import { openDirectoryArtifacts, type ArtifactStore } from '../store/index.ts'
import { type Manifest, ModelRegistry } from './registry.ts'

let directory: string
let artifacts: ArtifactStore
let registry: ModelRegistry

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'attune-registry-'))
  artifacts = await openDirectoryArtifacts(directory)
  registry = new ModelRegistry(artifacts)
})

afterEach(() => rmSync(directory, { recursive: true }))

const measured = { ndcg: 0.2, interval: [0.1, 0.3] } as const

function manifestOf(version: string): Omit<Manifest, 'format' | 'bytes' | 'sha256'> {
  return {
    version,
    createdAt: 5,
    code: '1.2.3',
    seed: 1,
    parent: null,
    model: 'popularity',
    parameters: { halfLifeDays: 0 },
    weight: 0.4,
    speed: { candidates: 0.1, parts: 0.01 },
    data: { events: 9, people: 3, items: 2, from: 1, to: 4, refused: 0, order: 'times' },
    observed: 9,
    judgement: {
      cut: 3,
      people: 20,
      blend: measured,
      alone: measured,
      live: measured,
      gain: { mean: 0.1, standardError: 0.01 },
      better: true,
    },
    tried: [],
    seconds: 2,
  }
}

async function modelFile(): Promise<Uint8Array> {
  const kind = recommenderKind('popularity')
  const parameters = parametersOf(kind, {})
  const histories = {
    people: 3,
    items: 2,
    start: Uint32Array.of(0, 1, 2, 3),
    item: Int32Array.of(0, 1, 1),
  }
  return encodeModel(await kind.fit({ histories }, parameters, { seed: 1, threads: 1 }), parameters)
}

test('keeps a version with its manifest, and loads it ready to serve', async () => {
  const kept = await registry.put(manifestOf('v1'), await modelFile())
  expect(kept.bytes).toBeGreaterThan(0)
  expect(await registry.manifests()).toMatchObject([kept])
  const served = await registry.load('v1')
  expect(served).toMatchObject({ version: 'v1', name: 'popularity', weight: 0.4, items: 2 })
  const viewed = { item: 0, action: 'view', time: 1, value: 1 } as const
  const opinion = await served.ask([viewed], 20_000)
  expect([opinion?.items[0], (opinion?.scores[0] ?? 0) > 0]).toEqual([1, true])
  await served.close()
})

test('numbers versions without gaps being filled, also after the newest is gone', async () => {
  expect(await registry.next([])).toBe('v1')
  for (const version of ['v9', 'v10']) await registry.put(manifestOf(version), await modelFile())
  expect(await registry.versions()).toEqual(['v10', 'v9'])
  expect(await registry.next([])).toBe('v11')
  expect(await registry.next(['v12'])).toBe('v13')
})

test('removes all but the newest and those that are needed', async () => {
  for (const n of [1, 2, 3, 4, 5]) await registry.put(manifestOf(`v${n}`), await modelFile())
  await registry.prune(2, ['v1'])
  expect(await registry.versions()).toEqual(['v5', 'v4', 'v1'])
  expect(await artifacts.list('')).toHaveLength(6)
})

test('a version without a manifest does not exist; a damaged one is refused by name', async () => {
  await artifacts.put('v1/model', await modelFile())
  expect(await registry.versions()).toEqual([])
  await expect(registry.load('v1')).rejects.toMatchObject({ code: 'TRAINING_UNKNOWN_VERSION' })
  const file = await modelFile()
  file[file.length - 1] = (file.at(-1) ?? 0) ^ 1
  await registry.put(manifestOf('v2'), await modelFile())
  await artifacts.put('v2/model', file)
  await expect(registry.load('v2')).rejects.toMatchObject({
    code: 'TRAINING_CORRUPT_VERSION',
    message: expect.stringContaining('v2'),
  })
})
