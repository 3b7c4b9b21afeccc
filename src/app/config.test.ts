import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closest } from '../base/index.ts'
import { CONFIG_DEFAULTS, readConfig } from './config.ts'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-config-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

function write(document: unknown): void {
  writeFileSync(join(directory, 'attune.json'), JSON.stringify(document))
}

describe('configuration', () => {
  it('is the defaults when nothing is set', () => {
    const config = readConfig({ flags: { data: directory }, env: {} })
    expect(config).toEqual({ ...CONFIG_DEFAULTS, data: directory })
  })

  it('has at most 30 options', () => {
    expect(Object.keys(CONFIG_DEFAULTS).length).toBeLessThanOrEqual(30)
  })

  it('takes flags over environment over file over defaults', () => {
    write({ port: 1_001, host: '::1', logLevel: 'info' })
    const env = { ATTUNE_DATA: directory, ATTUNE_PORT: '1002', ATTUNE_HOST: '127.0.0.2' }
    const config = readConfig({ flags: { port: 1_003 }, env })
    expect(config).toMatchObject({ port: 1_003, host: '127.0.0.2', logLevel: 'info' })
  })

  it('names the right key for a wrong one in the file', () => {
    write({ maxBodyByte: 1 })
    expect(() => readConfig({ flags: { data: directory }, env: {} })).toThrow(
      /maxBodyByte .*did you mean maxBodyBytes\?/,
    )
  })

  it('names the right variable for a wrong one in the environment', () => {
    const env = { ATTUNE_DATA: directory, ATTUNE_PROT: '80' }
    expect(() => readConfig({ env })).toThrow(/ATTUNE_PROT .*did you mean ATTUNE_PORT\?/)
  })

  it.each([
    [{ port: 70_000 }, /port must be a number from 0 to 65535, not 70000/],
    [{ port: 1.5 }, /port must be/],
    [{ host: 5 }, /host must be a string, not 5/],
    [{ logLevel: 'loud' }, /logLevel must be one of fatal/],
    [{ data: '/elsewhere' }, /data cannot be set/],
  ])('refuses %j and says what is allowed', (document, message) => {
    write(document)
    expect(() => readConfig({ flags: { data: directory }, env: {} })).toThrow(message)
  })

  it('refuses a variable that is not a number where one is needed', () => {
    const env = { ATTUNE_DATA: directory, ATTUNE_PORT: 'high' }
    expect(() => readConfig({ env })).toThrow(/port must be/)
  })

  it('refuses a file that is not a JSON object', () => {
    writeFileSync(join(directory, 'attune.json'), '{"port": ')
    expect(() => readConfig({ flags: { data: directory }, env: {} })).toThrow(/is not JSON/)
  })

  it('does not take keys of the object prototype for options', () => {
    writeFileSync(join(directory, 'attune.json'), '{"toString": 1}')
    expect(() => readConfig({ flags: { data: directory }, env: {} })).toThrow(/toString/)
  })
})

describe('the closest name', () => {
  it('is found across a few typing errors, and not across many', () => {
    expect(closest('strat', ['start', 'import'])).toBe('start')
    expect(closest('banana', ['start', 'import'])).toBeUndefined()
  })
})
