import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeDataDirectory } from './dataDirectory.ts'

vi.setConfig({ testTimeout: 60_000 })

const MAIN = join(import.meta.dirname, 'main.mjs')

let directory = ''
let file = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-data-'))
  file = join(directory, 'afile')
  writeFileSync(file, 'not a directory')
})

afterAll(() => {
  rmSync(directory, { recursive: true })
})

/** Runs a command in a process of its own, which is ended when it does not end by itself. */
function attune(...args: readonly string[]): { code: number | null; error: unknown } {
  // A command that is caught in a loop hears no gentler signal.
  const patience = { timeout: 15_000, killSignal: 'SIGKILL' } as const
  const run = spawnSync(process.execPath, [MAIN, ...args, '--json'], patience)
  const { error }: { error?: unknown } = JSON.parse(String(run.stdout) || '{}')
  return { code: run.status, error }
}

describe('a data directory that cannot be used', () => {
  it.each([
    ['where the system makes no directories', '/proc/x/y'],
    ['that is a file', 'afile'],
    ['below a file', 'afile/data'],
  ])('%s is named at once by start', (_, name) => {
    const data = name.startsWith('/') ? name : join(directory, name)
    const { code, error } = attune('start', '--port', '0', '--data', data)
    expect(code).toBe(1)
    expect(error).toMatchObject({
      code: 'CLI_DATA_UNUSABLE',
      message: expect.stringContaining(data),
      remedy: expect.stringContaining('--data'),
    })
  })

  it('is named by commands that make workspaces, and by those that only read', () => {
    for (const command of [['workspaces', 'create', 'shop'], ['workspaces']]) {
      const { error } = attune(...command, '--data', file)
      expect(error).toMatchObject({ code: 'CLI_DATA_UNUSABLE' })
    }
    expect(readFileSync(file, 'utf8')).toBe('not a directory')
  })
})

describe('a data directory that can be used', () => {
  it('is made with the directories above it, and left empty', () => {
    const data = join(directory, 'a/b/c')
    makeDataDirectory(data)
    makeDataDirectory(data)
    expect(existsSync(data)).toBe(true)
    expect(readdirSync(data)).toEqual([])
  })
})
