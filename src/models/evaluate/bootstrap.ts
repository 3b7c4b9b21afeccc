import { randomInt, seededRandom } from '../../base/index.ts'

/** 95 % interval of a mean. */
export type Interval = readonly [low: number, high: number]

const MOST_SAMPLES = 1_000
const FEWEST_SAMPLES = 200
/** Draws in all: beyond, fewer samples are taken, since the ends of the interval are steady by then. */
const DRAWS = 8_000_000

/**
 * Intervals of the means of several values of the same people (or examples), by drawing as many people as there
 * are, with replacement, again and again (Efron, "Bootstrap Methods", 1979; the percentile interval). All values
 * are judged on the same draws. Nobody: both ends are NaN.
 * Cost: at most 8 million draws, about 0.2 s, or 200 draws per person.
 */
export function bootstrapIntervals(
  values: readonly Float64Array[],
  seed: number,
): readonly Interval[] {
  const people = values[0]?.length ?? 0
  if (people === 0) return values.map(() => [Number.NaN, Number.NaN])
  const samples = Math.max(FEWEST_SAMPLES, Math.min(MOST_SAMPLES, Math.floor(DRAWS / people)))
  const random = seededRandom(seed)
  const times = new Float64Array(people)
  const means = values.map(() => new Float64Array(samples))
  for (let s = 0; s < samples; s++) {
    times.fill(0)
    for (let k = 0; k < people; k++) {
      const p = randomInt(random, people)
      times[p] = (times[p] as number) + 1
    }
    values.forEach((of, v) => ((means[v] as Float64Array)[s] = dot(of, times) / people))
  }
  return means.map((of) => {
    of.sort()
    return [quantile(of, 0.025), quantile(of, 0.975)]
  })
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** Quantile of rising values, between two of them by their distance; NaN of none. */
export function quantile(rising: ArrayLike<number>, share: number): number {
  const place = share * (rising.length - 1)
  const low = rising[Math.floor(place)] ?? Number.NaN
  const high = rising[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}
