import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openLog, readConfig } from '../app/index.ts'
import { type AttuneServer, openServer } from '../server/index.ts'
import { type Hosted, hostWorkspaces, subjectOf } from './hostWorkspaces.ts'
import { CONSOLE_DIRECTORY } from './installation.ts'
import { Terminal } from './terminal.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const FIRST = README.slice(README.indexOf('## The first five minutes'), README.indexOf('```js'))

/** What a `curl` of the README sends. */
const CURL = /curl (-u|-H) "[^"]*\$(WRITE|SECRET)_KEY:?" "\$ATTUNE([^"]+)"(?: -d '([^']+)')?/g

interface Command {
  readonly key: string
  readonly path: string
  readonly body: string | undefined
}

const commands: readonly Command[] = [...FIRST.matchAll(CURL)].map(
  ([, , key = '', path = '', body]) => ({ key, path, body }),
)

let data = ''
let hosted: Hosted
let server: AttuneServer
let send: (command: Command | undefined) => Promise<{ status: number; body: unknown }>

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'attune-readme-'))
  // The shop of every demo, with fewer people in it and nobody there now.
  const env = { ATTUNE_DEMO_PEOPLE: '400', ATTUNE_DEMO_EVENTS_PER_SECOND: '0' }
  const config = readConfig({ flags: { data, port: 0 }, env })
  const { name, keys } = subjectOf(config, true)
  const log = openLog('silent')
  const terminal = new Terminal(false, { write: () => true }, { write: () => true })
  hosted = await hostWorkspaces({ config, log, terminal, demo: name, onProgress: () => undefined })
  const { tenants } = hosted
  const consoleDirectory = CONSOLE_DIRECTORY
  server = await openServer({ config, log, tenants, version: '0.0.0', consoleDirectory })
  const { localUrl } = await server.listen()
  send = async (command) => {
    const { key, path, body = null } = command ?? { key: '', path: '/none' }
    const user = Buffer.from(`${keys?.writeKey}:`).toString('base64')
    const authorization = key === 'WRITE' ? `Basic ${user}` : `Bearer ${keys?.secretKey}`
    const method = body === null ? 'GET' : 'POST'
    const answer = await fetch(`${localUrl}${path}`, { method, body, headers: { authorization } })
    return { status: answer.status, body: await answer.json() }
  }
})

afterAll(async () => {
  await server.close()
  await hosted.close()
  rmSync(data, { recursive: true })
})

function slotOf(answer: { readonly body: unknown }): unknown {
  return Object(Object(answer.body).placements)['home-for-you']
}

describe('the first five minutes of the README', () => {
  it('change the very next decision with one event', async () => {
    const [ask, event] = commands
    const before = slotOf(await send(ask))
    expect(before).toMatchObject({ fallback: { used: 'trending' } })
    expect(await send(event)).toEqual({ status: 200, body: { success: true } })
    await hosted.tenants[0]?.engine.settled()
    const after = slotOf(await send(ask))
    const reason = { text: expect.stringMatching(/^because you viewed /) }
    expect(after).toMatchObject({ fallback: null, items: [{ reasons: [reason] }, {}, {}, {}] })
    const ids = (slot: unknown) => Object(slot).items.map((item: unknown) => Object(item).id)
    expect(ids(after)).not.toEqual(ids(before))
  })

  it('are answered, each of their commands', async () => {
    expect(commands.length).toBeGreaterThanOrEqual(6)
    for (const command of commands) expect((await send(command)).status, command.path).toBe(200)
  })
})
