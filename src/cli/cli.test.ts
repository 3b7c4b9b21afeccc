import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { attune, attuneJson } from './testing/attune.ts'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const MAIN = join(import.meta.dirname, 'main.mjs')

let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-cli-'))
})

afterAll(() => {
  rmSync(directory, { recursive: true })
})

interface Started {
  readonly child: ChildProcess
  readonly ready: {
    url: string
    workspace: string
    writeKey: string | null
    secretKey: string | null
  }
}

async function start(data: string, ...args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [MAIN, 'start', '--data', data, '--ready-json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, ready: JSON.parse(String(line)) }
}

async function stop(child: ChildProcess): Promise<unknown> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const [code] = await closed
  return code
}

describe('a wrong command line', () => {
  it.each([
    [['strat'], 'CLI_UNKNOWN_COMMAND', /did you mean start\?/],
    [['start', '--prot', '80'], 'CLI_UNKNOWN_OPTION', /did you mean --port\?/],
    [['start', '--port', 'high'], 'CLI_BAD_ARGUMENT', /--port needs a number/],
    [['start', 'here'], 'CLI_BAD_ARGUMENT', /unexpected argument "here"/],
    [['recommend'], 'CLI_BAD_ARGUMENT', /attune recommend <userId>/],
    [['keys', 'turn'], 'CLI_NO_WORKSPACE', /holds no workspace/],
  ])('%j ends with %s', async (args, code, message) => {
    const ended = await attuneJson(
      ...args,
      ...(args[0] === 'keys' ? ['--data', join(directory, 'none')] : []),
    )
    expect(ended.code).toBe(code === 'CLI_NO_WORKSPACE' ? 1 : 2)
    expect(ended.json['error']).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(ended.err).toContain(code)
  })

  it('prints help on request, for each command too', async () => {
    expect((await attune(['--help'])).out).toContain('attune start --demo')
    const help = await attune(['import', '--help'])
    expect(help).toMatchObject({ code: 0, err: '' })
    expect(help.out).toMatch(/--map FIELD=COLUMN[\s\S]*Examples:/)
  })
})

describe('a session from the command line', () => {
  const data = (): string => join(directory, 'session')
  let keys: string[] = []

  it('imports a file, tells of its bad rows, and is done the second time', async () => {
    const file = join(directory, 'orders.csv')
    const rows = Array.from({ length: 40 }, (_, i) => `c${i % 8},sku-${i % 5},${String(10 + i)}`)
    writeFileSync(file, ['customer,item,price', ...rows, 'c1,sku-1,free', ''].join('\n'))
    const map = 'user=customer,item=item,price=price,event="Order Completed"'
    const first = await attuneJson(
      'import',
      file,
      '--data',
      data(),
      '--workspace',
      'shop',
      '--map',
      map,
    )
    expect(first.code).toBe(0)
    expect(first.json).toMatchObject({ workspace: 'shop', rows: 41, messages: 40, rejected: 1 })
    expect(readFileSync(String(first.json['deadLetters']), 'utf8')).toMatch(/"line":42/)
    keys = [String(first.json['writeKey']), String(first.json['secretKey'])]
    const second = await attuneJson('import', file, '--data', data(), '--map', map)
    expect(second.json).toMatchObject({ rows: 41, resumedAtRow: 41, writeKey: null })
  })

  it('recommends and shows a person without a server', async () => {
    const decided = await attuneJson(
      'recommend',
      'c1',
      '--data',
      data(),
      '--placement',
      'home-trending',
      '-n',
      '3',
    )
    expect(decided.json).toMatchObject({ placements: { 'home-trending': { items: [{}, {}, {}] } } })
    const profile = await attuneJson('profile', 'c1', '--data', data())
    expect(JSON.stringify(profile.json)).toContain('sku-')
    const nobody = await attuneJson('profile', 'c99', '--data', data())
    expect(nobody).toMatchObject({ code: 1, json: { error: { code: 'CLI_UNKNOWN_PERSON' } } })
  })

  it('rebuilds to the same answer', async () => {
    const ask = () => attuneJson('recommend', 'c2', '--data', data())
    const before = (await ask()).json['placements']
    expect((await attuneJson('rebuild', '--data', data())).json).toMatchObject({
      events: 40,
      persons: 8,
    })
    expect((await ask()).json['placements']).toEqual(before)
  })

  it('asks the server while one runs, and stops it cleanly', async () => {
    const { child, ready } = await start(data(), '--port', '0')
    expect(ready).toMatchObject({ workspace: 'shop', writeKey: null, secretKey: null })
    const [writeKey = '', secretKey = ''] = keys
    const sent = await fetch(`${ready.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
      body: JSON.stringify({
        userId: 'live',
        event: 'Product Viewed',
        properties: { product_id: 'sku-1' },
      }),
    })
    expect(sent.status).toBe(200)
    expect((await attuneJson('profile', 'live', '--data', data())).code).toBe(0)
    expect((await attuneJson('start', '--data', data())).json).toMatchObject({
      error: { code: 'CLI_ALREADY_RUNNING' },
    })
    expect((await attuneJson('rebuild', '--data', data())).json).toMatchObject({
      error: { code: 'CLI_STOP_SERVER_FIRST' },
    })
    const rotated = await attuneJson('keys', 'rotate', '--role', 'secret', '--data', data())
    const status = (key: string) =>
      fetch(`${ready.url}/v1/status`, { headers: { authorization: `Bearer ${key}` } })
    expect((await status(secretKey)).status).toBe(401)
    expect((await status(String(rotated.json['key']))).status).toBe(200)
    expect((await attuneJson('doctor', '--data', data())).json).toMatchObject({ healthy: true })
    expect(await stop(child)).toBe(0)
    expect(existsSync(join(data(), 'server.json'))).toBe(false)
  })
})

describe('start', () => {
  it('makes a workspace and shows its keys once', async () => {
    const data = join(directory, 'fresh')
    const { child, ready } = await start(data, '--port', '0', '--workspace', 'news')
    expect(ready.workspace).toBe('news')
    expect(ready.writeKey).toMatch(/^wk_/)
    expect(ready.secretKey).toMatch(/^sk_/)
    expect(await stop(child)).toBe(0)
  })

  it('names a port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const ended = await attuneJson('start', '--data', join(directory, 'busy'), '--port', port)
    taken.close()
    expect(ended.code).toBe(1)
    expect(ended.json['error']).toMatchObject({
      code: 'SERVER_PORT_BUSY',
      message: expect.stringContaining(port),
    })
  })

  it('refuses a wrong configuration by name', async () => {
    const data = mkdtempSync(join(directory, 'wrong-'))
    writeFileSync(join(data, 'attune.json'), '{"prot": 80}')
    const ended = await attuneJson('start', '--data', data)
    expect(ended.json['error']).toMatchObject({
      code: 'APP_CONFIG_UNKNOWN',
      message: expect.stringContaining('did you mean port?'),
    })
    const doctor = await attuneJson('doctor', '--data', data)
    expect(doctor.code).toBe(1)
    expect(doctor.json).toMatchObject({ healthy: false })
  })
})

describe('the launcher', () => {
  it('runs the same commands, and ends as they end', async () => {
    const launcher = join(import.meta.dirname, 'attune.mjs')
    const run = (...args: readonly string[]) => spawnSync(process.execPath, [launcher, ...args])
    expect(run('recommend', '--json').status).toBe(2)
    const { stdout } = run('version', '--json')
    expect(JSON.parse(String(stdout))).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
  })

  it('works from inside node_modules, where Node.js reads no TypeScript by itself', () => {
    const root = join(import.meta.dirname, '../..')
    const installed = join(directory, 'node_modules/attune')
    cpSync(join(root, 'src'), join(installed, 'src'), { recursive: true })
    cpSync(join(root, 'package.json'), join(installed, 'package.json'))
    symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'))
    const launcher = join(installed, 'src/cli/attune.mjs')
    const data = join(directory, 'installed')
    spawnSync(process.execPath, [launcher, 'workspaces', 'create', 'shop', '--data', data])
    const doctor = [launcher, 'doctor', '--deep', '--json', '--data', data, '--port', '0']
    const { stdout } = spawnSync(process.execPath, doctor)
    expect(JSON.parse(String(stdout))).toMatchObject({ healthy: true })
  })
})
