/** How much better one list of values is than another, question by question. */
export interface Gain {
  readonly mean: number
  /** Standard error of the mean difference. */
  readonly standardError: number
}

/** Of paired values; all 0 for fewer than two pairs. */
export function pairedGain(values: Float64Array, before: Float64Array): Gain {
  const n = values.length
  if (n < 2) return { mean: 0, standardError: 0 }
  const differences = values.map((value, k) => value - (before[k] as number))
  const mean = differences.reduce((sum, one) => sum + one, 0) / n
  const squares = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) }
}

/** Better by more than one standard error. */
export function isBeyondNoise({ mean, standardError }: Gain): boolean {
  return mean > standardError && mean > 0
}
