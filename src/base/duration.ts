/** Lengths of time in milliseconds. */
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY }

/**
 * Reads `30s`, `15m`, `24h`, `7d` as milliseconds.
 * @returns undefined when the text is not a whole number followed by one of those units.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})([smhd])$/.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN)
}
