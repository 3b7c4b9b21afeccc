import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { attune, attuneJson } from './testing/attune.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const MAIN = join(import.meta.dirname, 'main.mjs')
const START = Date.UTC(2026, 0, 1)

let directory = ''
let data = ''

/** People who look around among things of one of four kinds. */
function rows(): string {
  const lines = Array.from({ length: 160 }, (_, p) =>
    Array.from({ length: 9 }, (__, k) => {
      const item = `g${p % 4}-${(7 * k + 5 * p) % 12}`
      const time = START + (p * 37 + k * 300) * 60_000
      return `person-${p},${item},${new Date(time).toISOString()}`
    }),
  )
  return ['user,item,time', ...lines.flat(), ''].join('\n')
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'attune-models-'))
  data = join(directory, 'data')
  const file = join(directory, 'views.csv')
  writeFileSync(file, rows())
  await attune(['import', file, '--data', data, '--workspace', 'shop'])
})

afterAll(() => rmSync(directory, { recursive: true }))

const run = (...args: readonly string[]) => attuneJson(...args, '--data', data)

it('says what is served before anything was trained', async () => {
  const { out } = await attune(['models', '--data', data])
  expect(out).toMatch(/No model is served[\s\S]*attune train/)
  expect((await run('models', 'rollback')).json).toMatchObject({
    error: { code: 'TRAINING_NOTHING_BEFORE' },
  })
  expect(await run('models', 'promote')).toMatchObject({ code: 2 })
})

it('trains, lists, promotes and rolls back without a server', async () => {
  const trained = await run('train', '--models', 'item-knn,popularity')
  expect(trained.json).toMatchObject({
    version: 'v1',
    data: { events: 1_440, people: 160, items: 48 },
    manifest: { model: expect.any(String) },
  })
  expect(trained.err).toMatch(/Learnt from 1440 events of 160 people/)
  if (trained.json['outcome'] === 'kept') await run('models', 'promote', 'v1')
  expect((await attune(['models', '--data', data])).out).toMatch(/v1 is served[\s\S]*\* v1/)
  expect((await run('models', 'rollback')).json).toMatchObject({ serving: null })
  expect((await run('models', 'promote', 'v7')).json).toMatchObject({
    error: { code: 'TRAINING_UNKNOWN_VERSION' },
  })
  expect((await run('train', '--models', 'nothing')).json).toMatchObject({
    error: { code: 'MODELS_UNKNOWN_MODEL' },
  })
})

it('does the same through a server that runs', async () => {
  const child = spawn(
    process.execPath,
    [MAIN, 'start', '--data', data, '--port', '0', '--ready-json'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  await once(createInterface({ input: child.stdout }), 'line')
  try {
    const trained = await run('train', '--models', 'item-knn')
    expect(trained.json).toMatchObject({ version: 'v2', manifest: { code: '0.1.0' } })
    expect((await run('models', 'promote', 'v2')).json).toMatchObject({
      serving: { version: 'v2', model: 'item-knn' },
      versions: [{ version: 'v2' }, { version: 'v1' }],
    })
    const decided = await run('recommend', 'person-3')
    expect(JSON.stringify(decided.json)).toContain('because you viewed g3-')
    expect((await run('models', 'rollback')).code).toBe(0)
  } finally {
    const closed = once(child, 'close')
    child.kill('SIGTERM')
    await closed
  }
})
