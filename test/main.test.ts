import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, SCRATCH } from './source.ts'

/** Tests that are run by the runner under test; below test/, where vitest looks for tests. */
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(ROOT, 'test', SCRATCH))
  write('passes', `test('adds', () => expect(1 + 1).toBe(2))`)
  write('fails', `test('adds', () => expect(1 + 1).toBe(3))`)
  write('skips', `test('counts fsync', (context) => context.skip('strace is not installed'))`)
  write('breaks', `throw new Error('cannot load this')`)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, body: string): void {
  const text = `import { expect, test } from 'vitest'\n\n${body}\nexport const used = expect\n`
  writeFileSync(join(folder, `${name}.test.ts`), text)
}

function run(...names: string[]) {
  const paths = names.map((name) => join(folder, `${name}.test.ts`))
  const args = [join(ROOT, 'test', 'main.ts'), 'tests', ...paths]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { stdout, status, last: stdout.trimEnd().split('\n').at(-1) }
}

describe('npm test', () => {
  test('ends with the plain line', () => {
    expect(run('passes')).toMatchObject({ status: 0, last: '1 passed, 0 failed' })
  })

  test('fails when one test fails, and says where and what', () => {
    const { stdout, status, last } = run('passes', 'fails')
    expect({ status, last }).toEqual({ status: 1, last: '1 passed, 1 failed' })
    expect(stdout).toContain('fails.test.ts > adds')
    expect(stdout).toContain('expected 2 to be 3')
  })

  test('fails when a file does not load', () => {
    const { stdout, status, last } = run('breaks', 'passes')
    expect({ status, last }).toEqual({ status: 1, last: '1 passed, 1 failed' })
    expect(stdout).toContain('cannot load this')
  })

  test('prints why a test was skipped, and counts it apart', () => {
    const { stdout, status, last } = run('passes', 'skips')
    expect({ status, last }).toEqual({ status: 0, last: '1 passed, 0 failed, 1 skipped' })
    expect(stdout).toContain('counts fsync: strace is not installed')
  })

  test('fails when a check fails', () => {
    const args = [join(ROOT, 'test', 'main.ts'), 'format', 'no-such-file.ts']
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stdout).toContain('FAIL format')
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed')
  })
})
