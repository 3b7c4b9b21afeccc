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

/**
 * Top of the chart: a little above the highest rate of the newest minute, so that an import before it does not
 * press the traffic of now flat against the floor. At least 1.
 */
export function rateCeiling(points: readonly RatePoint[]): number {
  const minuteAgo = (points.at(-1)?.at.getTime() ?? 0) - 60_000
  const newest = points.filter(({ at }) => at.getTime() >= minuteAgo)
  return Math.max(1, ...newest.map(({ perSecond }) => perSecond)) * 1.15
}

/** The chart in one sentence, for those who do not see it. */
export function rateInWords(points: readonly RatePoint[]): string {
  const newest = (of: RatePoint['of']): string =>
    (points.findLast((point) => point.of === of)?.perSecond ?? 0).toFixed(1)
  return `Now ${newest('events')} events and ${newest('decisions')} decisions per second.`
}
