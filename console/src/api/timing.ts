/**
 * Milliseconds from sending the newest request to `path` to the last byte of its answer, as the browser's network
 * layer saw them; undefined where it keeps no record. Waiting for a busy page is not counted.
 */
export function requestDuration(path: string): number | undefined {
  const entry = performance
    .getEntriesByType('resource')
    .findLast((one) => new URL(one.name).pathname === path) as PerformanceResourceTiming | undefined
  // The record holds 250 entries and then takes no more; the page asks several times a second.
  performance.clearResourceTimings()
  return entry && entry.requestStart > 0 ? entry.responseEnd - entry.requestStart : undefined
}
