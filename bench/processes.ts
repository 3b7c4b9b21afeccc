import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadJob, LoadResult } from './load/job.ts'

const BENCH = import.meta.dirname

/** A process that has printed one line of JSON to say that it serves. */
export interface Running {
  readonly ready: Readonly<Record<string, unknown>>
  readonly pid: number
  /** From spawn to the line. */
  readonly readyMs: number
  /** Resolves when the process has ended. */
  readonly ended: Promise<unknown>
  /** Asks it to stop and waits until it is gone. */
  stop(): Promise<void>
}

const started = new Set<ChildProcess>()
process.on('exit', () => started.forEach((child) => child.kill('SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it was ready: ${text}`)),
    )
  })
}

/** Starts a Node.js script of the repository; resolves with its first line of output, read as JSON. */
export async function startScript(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const at = performance.now()
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  started.add(child)
  const ended = once(child, 'exit').finally(() => started.delete(child))
  const ready = JSON.parse(await firstLine(child)) as Record<string, unknown>
  return {
    ready,
    pid: child.pid ?? 0,
    readyMs: performance.now() - at,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Starts a limit server and runs `use` with its port. */
export async function withLimit<T>(
  name: 'bareIngest' | 'constantAnswer',
  argument: string,
  use: (port: number, pid: number) => Promise<T>,
): Promise<T> {
  const server = await startScript(join(BENCH, 'limits', `${name}.ts`), [argument])
  try {
    return await use(Number(server.ready['port']), server.pid)
  } finally {
    await server.stop()
  }
}

/** Runs one load generator to its end. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const load = await startScript(join(BENCH, 'load', 'main.ts'), [JSON.stringify(job)])
  return load.ready as unknown as LoadResult
}

/** Resident memory of a process in bytes, as Linux counts it; NaN elsewhere. */
export function residentBytes(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(match?.[1] ?? Number.NaN) * 1024
  } catch {
    return Number.NaN
  }
}
