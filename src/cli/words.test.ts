import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Engine, openLog, readConfig } from '../app/index.ts'
import { openServer, removeRuntimeFile, writeRuntimeFile } from '../server/index.ts'
import { CONSOLE_DIRECTORY } from './installation.ts'
import { hostWorkspaces } from './hostWorkspaces.ts'
import { profilePage } from './profilePage.ts'
import { Terminal } from './terminal.ts'
import { attune, attuneJson } from './testing/attune.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let directory = ''
let data = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-words-'))
  data = join(directory, 'data')
})

afterAll(() => {
  rmSync(directory, { recursive: true })
})

function write(name: string, lines: readonly unknown[]): string {
  const path = join(directory, name)
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(path, texts.join('\n'))
  return path
}

function viewed(userId: string, item: string): Record<string, unknown> {
  return { type: 'track', event: 'Product Viewed', userId, properties: { product_id: item } }
}

function rejectedLines(file: unknown): readonly Record<string, unknown>[] {
  const lines = readFileSync(String(file), 'utf8').trim().split('\n')
  return lines.map((line): Record<string, unknown> => JSON.parse(line))
}

/** The engine with some of its methods exchanged. */
function changed(engine: Engine, changes: Partial<Engine>): Engine {
  return new Proxy(engine, {
    get: (target, key) => {
      const value: unknown = Object.hasOwn(changes, key)
        ? Reflect.get(changes, key)
        : Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Serves a workspace of the data directory in this process while something is done. */
async function served<T>(
  name: string,
  act: () => Promise<T>,
  changesOf: (engine: Engine) => Partial<Engine> = () => ({}),
): Promise<T> {
  const config = readConfig({ flags: { data, port: 0 } })
  const log = openLog('silent')
  const terminal = new Terminal(false, { write: () => true }, { write: () => true })
  const onProgress = (): void => undefined
  const hosted = await hostWorkspaces({ config, log, terminal, demo: undefined, onProgress })
  const tenants = hosted.tenants.map(({ engine }) => ({
    engine: changed(engine, changesOf(engine)),
  }))
  const parts = { config, log, tenants, version: '0.0.0' }
  const server = await openServer({ ...parts, consoleDirectory: CONSOLE_DIRECTORY })
  try {
    const { localUrl } = await server.listen()
    const { adminToken } = server
    const runtime = { pid: process.pid, url: localUrl, adminToken, startedAt: 0 }
    writeRuntimeFile(data, { ...runtime, workspaces: [name] })
    return await act()
  } finally {
    removeRuntimeFile(data, process.pid)
    await server.close()
    await hosted.close()
  }
}

describe('an import of messages that break the schema', () => {
  const bad = { type: 'track', event: 'Product Viewed', properties: { product_id: 'x' } }

  it('names each by file and line, and counts none of them as imported', async () => {
    const { type: _, ...typeless } = viewed('b', 'x')
    const file = write('bad.ndjson', [viewed('a', 'x'), bad, typeless, viewed('c', 'y')])
    const { code, json } = await attuneJson('import', file, '--data', data)
    expect(code).toBe(0)
    expect(json).toMatchObject({ rows: 4, messages: 2, rejected: 2 })
    expect(rejectedLines(json['deadLetters'])).toEqual([
      expect.objectContaining({ file: 'bad.ndjson', line: 2, code: 'EVENTS_NO_IDENTITY' }),
      expect.objectContaining({ file: 'bad.ndjson', line: 3, code: 'EVENTS_UNKNOWN_TYPE' }),
    ])
  })

  it('names all of them through a running server too', async () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => (i % 3 === 0 ? viewed('d', 'x') : bad))
    const file = write('many.ndjson', rows)
    await served('default', async () => {
      const { json } = await attuneJson('import', file, '--data', data)
      expect(json).toMatchObject({ rows: 1_200, messages: 400, rejected: 800 })
      const lines = rejectedLines(json['deadLetters']).map(({ line }) => line)
      expect(lines).toEqual(rows.flatMap((row, i) => (row === bad ? [i + 1] : [])))
    })
  })

  it('warns of a table without rows', async () => {
    const file = write('empty.csv', ['user,item', ''])
    const ended = await attuneJson('import', file, '--data', data)
    expect(ended.code).toBe(0)
    expect(ended.json).toMatchObject({ rows: 0, warning: expect.stringContaining('no rows') })
    expect(ended.err).toContain('Warning: ')
  })
})

describe('a profile in words', () => {
  it('is a page with dates and item ids, and JSON on request', async () => {
    const { code, out } = await attune(['profile', 'a', '--data', data])
    expect(code).toBe(0)
    expect(out).toMatch(/user_id +a\n/)
    expect(out).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d {2}Product Viewed {2}x\n/)
    expect(out).toMatch(/views_7d +1\n/)
    expect(out).not.toMatch(/[{}]|\d{13}/)
    const { json } = await attuneJson('profile', 'a', '--data', data)
    expect(json).toMatchObject({ identifiers: [{ type: 'user_id', value: 'a' }], recent: [{}] })
  })

  it('shows the newest ten events, the heaviest categories, and nothing that a terminal obeys', () => {
    const recent = Array.from({ length: 30 }, (_, i) => ({ name: `event-${i}`, time: i }))
    const weights = [
      { key: 'Tents', weight: 0.75 },
      { key: 'Lamps', weight: 0.25 },
    ]
    const features = { top_categories: weights, spend_90d: null }
    const page = profilePage({ traits: { name: 'Eve\u001B[2J\nid' }, recent, features })
    expect(page).toContain('event-9')
    expect(page).not.toContain('event-10')
    expect(page).toMatch(/top_categories +Tents 75 %, Lamps 25 %/)
    expect(page).toMatch(/spend_90d +–/)
    expect(page).toContain('Eve [2J id')
  })
})

describe('keys and workspaces without a subcommand', () => {
  it('list', async () => {
    expect((await attune(['workspaces', '--data', data])).out).toBe('default\n')
    const { code, out } = await attune(['keys', '--data', data])
    expect(code).toBe(0)
    expect(out).toMatch(/write[\s\S]*secret/)
  })
})

describe('doctor', () => {
  it('notes a port in use, which is nothing wrong', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const { code, json } = await attuneJson('doctor', '--data', data, '--port', port)
    taken.close()
    expect(code).toBe(0)
    expect(json['checks']).toContainEqual(
      expect.objectContaining({ check: 'port', state: 'note', detail: expect.any(String) }),
    )
  })

  it('notes events that belong to nobody, and says nothing where there are people', async () => {
    const detail = (belonging: string): unknown =>
      expect.objectContaining({ state: 'note', detail: expect.stringContaining(belonging) })
    const answer = async (): Promise<unknown> =>
      (await attuneJson('doctor', '--deep', '--data', data, '--port', '0')).json['checks']
    expect(await answer()).not.toContainEqual(detail('nobody'))
    const told = (events: number): Promise<unknown> =>
      served('default', answer, (engine) => ({
        status: async () => ({ ...(await engine.status()), events, persons: 0 }),
      }))
    expect(await told(3)).toContainEqual(detail('3 events, but they belong to nobody'))
    expect(await told(0)).not.toContainEqual(detail('nobody'))
  })
})

describe('what takes long', () => {
  it('is said on standard error, once it does', async () => {
    const impatient = await attune(['recommend', 'a', '--data', data], 0)
    expect(impatient.err).toMatch(/^Opening workspace default … \(\d+ s\)\n/)
    expect((await attune(['recommend', 'a', '--data', data], 60_000)).err).toBe('')
    const rebuilt = await attune(['rebuild', '--data', data], 0)
    expect(rebuilt.err).toMatch(/Replaying default: .* … \(0 s\)/)
  })

  it('is said when a start opens a workspace', async () => {
    let said = ''
    const err = { write: (text: string) => (said += text) }
    const hosted = await hostWorkspaces({
      config: readConfig({ flags: { data } }),
      log: openLog('silent'),
      terminal: new Terminal(false, err, err, 0),
      demo: undefined,
      onProgress: () => undefined,
    })
    await hosted.close()
    expect(said).toMatch(/^Opening workspace default … \(0 s\)\n/)
  })
})
