import { DAY, HOUR, type Random } from '../base/index.ts'

/** Visits by hour of the local day; sums to about 24. */
const HOURS: readonly number[] = [
  0.3, 0.15, 0.1, 0.08, 0.1, 0.2, 0.5, 0.9, 1, 1, 1.05, 1.1, 1.3, 1.15, 1, 1, 1.1, 1.3, 1.6, 2, 2.3,
  2.1, 1.5, 0.8,
]
/** Visits by weekday from Sunday; means 1. */
const WEEKDAYS: readonly number[] = [1.3, 0.95, 0.9, 0.9, 0.92, 0.93, 1.1]
const TOTAL = HOURS.reduce((sum, weight) => sum + weight, 0)

/** Visits on the day of `at`, against an average day. */
export function weekdayFactor(at: number): number {
  // 1970-01-01 was a Thursday.
  return WEEKDAYS[(Math.floor(at / DAY) + 4) % 7] ?? 1
}

/** Milliseconds after midnight UTC at which a visit starts, by the local rhythm of the person. */
export function drawTimeOfDay(random: Random, utcOffset: number): number {
  let rest = random.next() * TOTAL
  let hour = 0
  while (hour < 23 && rest >= (HOURS[hour] ?? 0)) rest -= HOURS[hour++] ?? 0
  const local = hour * HOUR + random.next() * HOUR
  return (local - utcOffset * HOUR + DAY) % DAY
}
