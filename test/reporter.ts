import { relative } from 'node:path'
import type { SerializedError } from 'vitest'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** What a run of vitest came to; the last line that the reporter prints, after MARK. */
export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const MARK = '@counts '

function where(test: TestCase): string {
  return `${relative(process.cwd(), test.module.moduleId)} > ${test.fullName}`
}

interface Described {
  readonly message: string
  readonly stack?: string
  readonly diff?: string
  readonly cause?: unknown
}

function isDescribed(error: unknown): error is Described {
  return typeof error === 'object' && error !== null && 'message' in error
}

/** Message, difference, our frames of the stack, and the same of the cause (generated tests fail with one). */
function describeError(error: Described): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at |❯/.test(line))
  const ours = frames.filter((line) => !line.includes('node_modules')).slice(0, 6)
  const cause = isDescribed(error.cause) ? `caused by: ${describeError(error.cause)}` : undefined
  return [error.message, error.diff, ...ours, cause].filter((part) => part !== undefined).join('\n')
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}

function printFile(module: TestModule): void {
  const tests = [...module.children.allTests()]
  const seconds = (module.diagnostic().duration / 1000).toFixed(1)
  const word = module.ok() ? 'ok  ' : 'FAIL'
  const file = relative(process.cwd(), module.moduleId)
  process.stdout.write(`  ${word} ${file} (${tests.length}, ${seconds} s)\n`)
  for (const failure of failuresOf(module)) process.stdout.write(`\n  FAILED ${failure}\n\n`)
}

/** Failed tests, and failures outside a single test: a file that does not load, a hook of a suite. */
function failuresOf(module: TestModule): string[] {
  const tests = [...module.children.allTests()]
  const failed = tests.filter((test) => test.result().state === 'failed')
  const suites = [...module.children.allSuites()]
  const loose = [...module.errors(), ...suites.flatMap((suite) => suite.errors())]
  const file = relative(process.cwd(), module.moduleId)
  return [
    ...failed.map((test) => described(where(test), test.result().errors ?? [])),
    ...loose.map((error) => described(file, [error])),
  ]
}

function described(what: string, errors: readonly Described[]): string {
  return `${what}\n${indent(errors.map(describeError).join('\n'))}`
}

/** Prints a line per file with what failed in it; at the end every failure once more and every skipped test with its reason. */
export default class PlainReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    printFile(module)
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const failures = [
      ...modules.flatMap(failuresOf),
      ...unhandled.map((error) => described('outside any test', [error])),
    ]
    for (const failure of failures) process.stdout.write(`\n  FAILED ${failure}\n`)
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    for (const test of skipped) {
      const result = test.result()
      const note = result.state === 'skipped' ? result.note : undefined
      process.stdout.write(`  skipped ${where(test)}: ${note ?? 'no reason given'}\n`)
    }
    const counts: TestCounts = {
      passed: tests.filter((test) => test.result().state === 'passed').length,
      failed: failures.length,
      skipped: skipped.length,
    }
    process.stdout.write(`${MARK}${JSON.stringify(counts)}\n`)
  }
}
