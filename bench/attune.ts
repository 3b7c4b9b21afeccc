import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Running, startScript } from './processes.ts'

const CLI = join(import.meta.dirname, '..', 'src', 'cli', 'main.mjs')

/** A running Attune with the keys to talk to it. */
export interface Attune {
  readonly process: Running
  readonly url: string
  readonly port: number
  readonly writeKey: string
  readonly secretKey: string
}

/** Keys of a workspace that an earlier start created. */
export interface Keys {
  readonly writeKey: string
  readonly secretKey: string
}

/** The limits that protect a shared server are set aside: one key sends everything here. */
const SETTINGS = { ATTUNE_KEY_REQUESTS_PER_SECOND: '0', ATTUNE_LOG_LEVEL: 'error' }

/** Starts Attune on a data directory. Keys are known when this start creates the workspace, else they are given. */
export async function startAttune(
  data: string,
  keys?: Keys,
  settings: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Attune> {
  const args = ['start', '--data', data, '--port', '0', '--ready-json', ...flags]
  const running = await startScript(CLI, args, { ...SETTINGS, ...settings })
  const url = String(running.ready['url']).replace(/\/$/, '')
  return {
    process: running,
    url,
    port: Number(new URL(url).port),
    writeKey: keys?.writeKey ?? String(running.ready['writeKey']),
    secretKey: keys?.secretKey ?? String(running.ready['secretKey']),
  }
}

/** Calls the HTTP API with the secret key. @throws when the answer is not 2xx */
export async function call(
  attune: Attune,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(attune.url + path, {
    method,
    headers: { authorization: `Bearer ${attune.secretKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

export interface Lag {
  readonly entries: number
  readonly ms: number
}

/** How far the profiles are behind the log. */
export async function lagOf(attune: Attune): Promise<Lag> {
  const status = (await call(attune, 'GET', '/v1/status')) as { lag: Lag }
  return status.lag
}

/** Waits until everything acknowledged has been applied. @throws after `limitMs` */
export async function untilCaughtUp(attune: Attune, limitMs = 300_000): Promise<number> {
  const start = performance.now()
  for (;;) {
    const { entries } = await lagOf(attune)
    const ms = performance.now() - start
    if (entries === 0) return ms
    if (ms > limitMs) throw new Error(`still ${entries} entries behind after ${Math.round(ms)} ms`)
    await sleep(50)
  }
}

/** Runs `use` with a directory that is removed afterwards. */
export async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'attune-bench-'))
  try {
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
