import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { isMet, median, type Report, reportOf, rounded } from '../bench/report.ts'
import { ROOT } from './source.ts'

const data = mkdtempSync(join(tmpdir(), 'attune-bench-test-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

function bench(...args: string[]) {
  const script = join(ROOT, 'bench', 'main.ts')
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', timeout: 150_000 })
}

describe('npm run bench', () => {
  // No time is asserted: a short run shows that the bench works, not how fast anything is.
  test.each(['ingest', 'decide', 'freshness', 'memory', 'train-live'])(
    '%s runs and prints one JSON line',
    { timeout: 180_000 },
    (name) => {
      const { stdout, stderr, status } = bench(name, '--short', '--json', '--data', data)
      expect(status, stderr).toBe(0)
      expect(stdout.trimEnd().split('\n')).toHaveLength(1)
      const report = JSON.parse(stdout) as Report
      expect(report).toMatchObject({
        bench: name,
        short: true,
        unit: expect.any(String),
        met: expect.any(Boolean),
      })
      for (const key of ['figure', 'limit', 'ratio', 'p50', 'p99'] as const) {
        expect(report[key], key).toBeGreaterThan(0)
      }
      expect(JSON.stringify(report.details)).not.toMatch(/"refused":\[?\{"/)
    },
  )

  test('an unknown bench is refused with the names that exist', () => {
    const { stderr, status } = bench('speed')
    expect(status).toBe(2)
    expect(stderr).toContain('there is no bench "speed"')
    expect(stderr).toContain('ingest|decide|freshness|memory|train-read|train-live|all')
  })

  test('an unknown option is refused', () => {
    expect(bench('ingest', '--fast').status).toBe(2)
  })
})

describe('a report', () => {
  const finding = {
    bench: 'x',
    figure: 123_456.7,
    unit: 'events/s',
    limit: 200_000,
    ratio: 0.6172835,
    p50: 1,
    p99: 2,
    details: {},
  }
  const atLeast = { name: 'ratio', figure: 0.62, unit: '', bound: 0.6, sense: 'at least' } as const

  test('is met only when every target is', () => {
    const missed = {
      ...atLeast,
      name: 'p99',
      figure: 11,
      unit: 'ms',
      bound: 10,
      sense: 'at most',
    } as const
    expect(reportOf({ ...finding, targets: [atLeast] }, false).met).toBe(true)
    expect(reportOf({ ...finding, targets: [atLeast, missed] }, false).met).toBe(false)
    expect(isMet({ ...atLeast, figure: Number.NaN })).toBe(false)
  })

  test('rounds and takes medians', () => {
    expect([rounded(123_456.7), rounded(0.6172835), rounded(12.345)]).toEqual([
      123_457, 0.617, 12.3,
    ])
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0])
  })
})
