/** What some work took. */
export interface Costs {
  /** Of all threads of the process, seconds. */
  readonly cpuSeconds: number
  readonly wallSeconds: number
}

/** Measures some work. */
export async function measured<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly costs: Costs }> {
  const cpu = process.cpuUsage()
  const wall = performance.now()
  const value = await work()
  const { user, system } = process.cpuUsage(cpu)
  return {
    value,
    costs: {
      cpuSeconds: (user + system) / 1e6,
      wallSeconds: (performance.now() - wall) / 1e3,
    },
  }
}

/** The most memory that the process held at any time so far, in bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1_024
}
