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
  let sum = 0
  for (let k = 0; k < n; k++) sum += (values[k] as number) - (before[k] as number)
  const mean = sum / n
  let squares = 0
  for (let k = 0; k < n; k++) {
    squares += ((values[k] as number) - (before[k] as number) - mean) ** 2
  }
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) }
}

/** Whether a gain is above 0 by more than so many standard errors. */
export function exceeds({ mean, standardError }: Gain, errors: number): boolean {
  return mean > errors * standardError && mean > 0
}
