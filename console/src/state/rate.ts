import type { RateSample } from '../api/engineStatus.ts'

/** One point of the chart. */
export interface RatePoint {
  readonly at: Date
  readonly perSecond: number
  readonly of: 'events' | 'decisions'
}

/**
 * Counts per interval become rates per second; the interval is the distance to the sample before. Left out are
 * the newest sample, which is still being counted and would always look like a fall, and intervals that began
 * before the server did (`uptimeMs` ago).
 */
export function ratePoints(samples: readonly RateSample[], uptimeMs: number): readonly RatePoint[] {
  const points: RatePoint[] = []
  const begin = (samples.at(-1)?.at ?? 0) - uptimeMs
  for (let index = 1; index < samples.length - 1; index++) {
    const [before, now] = [samples[index - 1], samples[index]]
    if (!before || !now || now.at <= before.at || before.at < begin) continue
    const seconds = (now.at - before.at) / 1000
    const at = new Date(now.at)
    points.push({ at, perSecond: now.events / seconds, of: 'events' })
    points.push({ at, perSecond: now.decisions / seconds, of: 'decisions' })
  }
  return points
}

/** A rate this many times the usual one of the newest minute is an import, not traffic. */
const OUTLIER = 8

/**
 * Top of the chart: a little above the highest rate, but for outliers, so that an import does not press the traffic
 * flat against the floor. What is usual is the median of the newest minute without its empty intervals. At least 1.
 */
export function rateCeiling(points: readonly RatePoint[]): number {
  const minuteAgo = (points.at(-1)?.at.getTime() ?? 0) - 60_000
  const usual = points
    .filter(({ at, of, perSecond }) => of === 'events' && perSecond > 0 && at.getTime() > minuteAgo)
    .map(({ perSecond }) => perSecond)
    .toSorted((one, other) => one - other)
  const limit = OUTLIER * (usual[Math.floor(usual.length / 2)] ?? Number.POSITIVE_INFINITY)
  const highest = Math.max(1, ...points.map(({ perSecond }) => perSecond))
  return Math.min(highest, Math.max(1, limit)) * 1.15
}

/** The chart in one sentence, for those who do not see it. */
export function rateInWords(points: readonly RatePoint[]): string {
  const newest = (of: RatePoint['of']): string =>
    (points.findLast((point) => point.of === of)?.perSecond ?? 0).toFixed(1)
  return `Now ${newest('events')} events and ${newest('decisions')} decisions per second.`
}
