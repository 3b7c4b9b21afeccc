import { readFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import type { Latency } from './load/job.ts'

/** One bound that a bench holds a figure to. */
export interface Target {
  readonly name: string
  readonly figure: number
  readonly unit: string
  /** The figure is met when it is at least, or at most, this. */
  readonly bound: number
  readonly sense: 'at least' | 'at most'
}

/** What a bench found. Its first target is its headline. */
export interface Finding {
  readonly bench: string
  readonly figure: number
  readonly unit: string
  /** The same work without Attune, measured in the same run. */
  readonly limit: number
  readonly ratio: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly targets: readonly Target[]
  readonly details: Readonly<Record<string, unknown>>
}

export interface Report extends Omit<Finding, 'targets' | 'details'> {
  /** The bounds in words. */
  readonly target: string
  /** True when every target is met. */
  readonly met: boolean
  readonly targets: readonly (Target & { readonly met: boolean })[]
  readonly details: Readonly<Record<string, unknown>>
  /** Load averages of 1, 5 and 15 minutes at the end of the run. */
  readonly load: readonly number[]
  readonly cores: number
  readonly cpu: string
  readonly node: string
  readonly kernel: string
  readonly at: string
  /** A short run shows that the bench works; its figures mean nothing. */
  readonly short: boolean
}

export function isMet({ figure, bound, sense }: Target): boolean {
  return sense === 'at least' ? figure >= bound : figure <= bound
}

export function reportOf(finding: Finding, short: boolean): Report {
  const targets = finding.targets.map((target) => Object.assign({ met: isMet(target) }, target))
  const { bench, figure, unit, limit, ratio, p50, p99, details } = finding
  return {
    bench,
    figure: rounded(figure),
    unit,
    limit: rounded(limit),
    ratio: rounded(ratio),
    p50: rounded(p50),
    p99: rounded(p99),
    target: targets
      .map(({ name, sense, bound, unit: u }) => `${name} ${sense} ${bound} ${u}`.trim())
      .join('; '),
    met: targets.every(({ met }) => met),
    targets: targets.map((target) => Object.assign(target, { figure: rounded(target.figure) })),
    details,
    load: loadavg().map(rounded),
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    kernel: release(),
    at: new Date().toISOString(),
    short,
  }
}

/** The report as a page for a person. */
export function tableOf(report: Report): string {
  const rows = [
    ['figure', `${report.figure} ${report.unit}`],
    ['limit', `${report.limit} ${report.unit}`],
    ['ratio', String(report.ratio)],
    ['p50, p99', `${report.p50} ms, ${report.p99} ms`],
    ...report.targets.map(({ name, figure, unit, sense, bound, met }) => [
      name,
      `${figure} ${unit}, ${met ? 'met' : 'MISSED'}: ${sense} ${bound}`,
    ]),
    [
      'machine',
      `${report.cores} × ${report.cpu}, node ${report.node}, load ${report.load.join(' ')}`,
    ],
  ]
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(width)}  ${value}`)
  return [`${report.bench}${report.short ? ' (short: figures mean nothing)' : ''}`, ...lines].join(
    '\n',
  )
}

/**
 * Seconds of all processors that the host has given to other machines since this one started; 0 where the system does not
 * tell. A processor that shares its core with another machine's is slower without any of it being counted.
 */
export function stolenSeconds(): number {
  try {
    const ticks = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/ +/) ?? []
    return Number(ticks[8] ?? 0) / 100
  } catch {
    return 0
  }
}

/** Three significant digits below 1,000, whole numbers above. */
export function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

/** Median of one number of each latency summary. */
export function medianLatency(latencies: readonly Latency[], of: keyof Latency): number {
  return median(latencies.map((latency) => latency[of]))
}
