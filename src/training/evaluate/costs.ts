/** What tells time and memory. Passed in, so that a measurement is the only thing that a run cannot repeat. */
export interface Meter {
  /** Time on the clock from any zero, milliseconds. */
  wallMs(): number
  /** Time that all threads of the process have computed so far, milliseconds. */
  cpuMs(): number
  /** The most memory that the process held at any time so far, bytes. */
  peakBytes(): number
}

/** What some work took. */
export interface Costs {
  /** Of all threads of the process, seconds. */
  readonly cpuSeconds: number
  readonly wallSeconds: number
}

/** Measures some work. */
export async function measured<T>(
  meter: Meter,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly costs: Costs }> {
  const cpu = meter.cpuMs()
  const wall = meter.wallMs()
  const value = await work()
  const cpuSeconds = (meter.cpuMs() - cpu) / 1_000
  return { value, costs: { cpuSeconds, wallSeconds: (meter.wallMs() - wall) / 1_000 } }
}
