/**
 * `npm test`: every check of the repository, and one plain line at the end: `N passed, M failed`.
 *
 *     npm test                    everything
 *     npm test -- src/store       the checks of this path only: lint, format and its tests
 *     npm test -- types lint      the named checks only
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { MARK, type TestCounts } from './reporter.ts'

const ROOT = join(import.meta.dirname, '..')

interface Check {
  readonly name: string
  /** Script of a locked package, run on this Node.js. */
  readonly script: string
  readonly args: readonly string[]
}

interface Outcome {
  readonly code: number
  readonly output: string
}

function locked(...path: string[]): string {
  return join(ROOT, 'node_modules', ...path)
}

const TSC = locked('typescript', 'bin', 'tsc')

/** The checks that look at the text of the code; each counts as one. */
function staticChecks(paths: readonly string[]): Check[] {
  const everywhere: Check[] = [
    { name: 'types', script: TSC, args: ['--noEmit', '--pretty', 'false'] },
    { name: 'unused', script: locked('knip', 'bin', 'knip.js'), args: ['--no-progress'] },
  ]
  if (existsSync(join(ROOT, 'console', 'tsconfig.json'))) {
    const args = ['--noEmit', '--pretty', 'false', '-p', 'console']
    everywhere.push({ name: 'console-types', script: TSC, args })
  }
  return [
    { name: 'lint', script: locked('oxlint', 'bin', 'oxlint'), args: paths },
    ...(paths.length === 0 ? everywhere : []),
    {
      name: 'format',
      script: locked('oxfmt', 'bin', 'oxfmt'),
      args: ['--check', ...(paths.length === 0 ? ['.'] : paths)],
    },
  ]
}

function vitest(paths: readonly string[]): Check {
  const none = paths.length === 0 ? [] : ['--passWithNoTests']
  const args = ['run', '--reporter', join(ROOT, 'test', 'reporter.ts'), ...none, ...paths]
  return { name: 'tests', script: locked('vitest', 'vitest.mjs'), args }
}

/** Children find the same Node.js, and no colour codes reach what is printed. */
function environment(): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), locked('.bin'), process.env['PATH'] ?? ''].join(
    delimiter,
  )
  const { FORCE_COLOR: _, ...rest } = process.env
  return { ...rest, PATH: path, NO_COLOR: '1', CI: 'true' }
}

/** Runs a check to its end. Lines go to `onLine` as they come; all output is in the outcome. */
function run(check: Check, onLine: (line: string) => void): Promise<Outcome> {
  const child = spawn(process.execPath, [check.script, ...check.args], {
    cwd: ROOT,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let open = ''
  const take = (chunk: string): void => {
    output += chunk
    const lines = (open + chunk).split('\n')
    open = lines.pop() ?? ''
    lines.forEach(onLine)
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take)
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => {
      if (open !== '') onLine(open)
      resolve({ code: code ?? 1, output })
    })
  })
}

async function runStatic(check: Check): Promise<boolean> {
  const started = Date.now()
  const { code, output } = await run(check, () => {})
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${check.name} (${seconds} s)\n`)
  if (code !== 0) process.stdout.write(`${stripVTControlCharacters(output).trimEnd()}\n\n`)
  return code === 0
}

async function runTests(check: Check): Promise<TestCounts> {
  process.stdout.write('tests\n')
  let counts: TestCounts | undefined
  const { code } = await run(check, (line) => {
    if (line.startsWith(MARK)) counts = JSON.parse(line.slice(MARK.length)) as TestCounts
    else process.stdout.write(`${line}\n`)
  })
  const result = counts ?? { passed: 0, failed: 1, skipped: 0 }
  // vitest can fail as a whole (no test found, a worker lost) while no single test failed.
  return code !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result
}

/** Runs checks with a few at a time, in the order given. */
async function runAll(checks: readonly Check[], width: number): Promise<readonly boolean[]> {
  const queue = [...checks]
  const results: boolean[] = []
  const work = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      results.push(await runStatic(check))
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return results
}

async function main(args: readonly string[]): Promise<number> {
  const names = new Set([...staticChecks([]).map((check) => check.name), 'tests'])
  const wanted = args.filter((arg) => names.has(arg))
  const paths = args.filter((arg) => !names.has(arg))
  const chosen = (name: string): boolean => wanted.length === 0 || wanted.includes(name)
  const checks = staticChecks(paths).filter((check) => chosen(check.name))
  const statics = await runAll(checks, Math.min(2, availableParallelism()))
  const none: TestCounts = { passed: 0, failed: 0, skipped: 0 }
  const tests = chosen('tests') ? await runTests(vitest(paths)) : none
  const passed = statics.filter(Boolean).length + tests.passed
  const failed = statics.filter((ok) => !ok).length + tests.failed
  const skipped = tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`
  process.stdout.write(`${passed} passed, ${failed} failed${skipped}\n`)
  return failed === 0 && passed > 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
