import { TopK } from '../../math/index.ts'
import type { DecayedCounts } from './decayedCounts.ts'

export interface TrendingOptions {
  /** Half-life of the short count divided by the half-life of the long one, in (0, 1). */
  readonly ratio: number
  /** Expected count added to the variance, so that a handful of events is no trend. */
  readonly prior: number
}

/**
 * How far an item's recent attention lies above what its own longer past leads to expect.
 *
 * With a steady rate, a decayed count is proportional to its half-life, so the expected short count
 * is E = C_long · h_short / h_long. A decayed Poisson sum has the variance of half its mean
 * (Σ w² against Σ w for w = 2^(−age/h)), hence z = (C_short − E) / √(E/2 + prior).
 * Both counts are read at `time`.
 */
export function trendScore(short: number, long: number, options: TrendingOptions): number {
  const expected = long * options.ratio
  return (short - expected) / Math.sqrt(expected / 2 + options.prior)
}

/**
 * The items whose attention rises most, among those that lead the short count, best first; only
 * scores above zero. Read as of the newest observation, so that the answer depends on the events
 * alone and a quiet night does not empty it. Cost: about 30 µs for 512 leading items.
 */
export function trendingItems(
  short: DecayedCounts,
  long: DecayedCounts,
  options: TrendingOptions,
  heap: TopK,
): { readonly ids: Int32Array; readonly scores: Float64Array } {
  const leaders = short.ranked()
  const time = Math.max(short.latest, long.latest)
  const shortFactor = short.factor(time)
  const longFactor = long.factor(time)
  heap.reset(leaders.length)
  for (const item of leaders) {
    const score = trendScore(short.raw(item) * shortFactor, long.raw(item) * longFactor, options)
    if (score > 0) heap.offer(item, score)
  }
  return heap.ranked()
}
