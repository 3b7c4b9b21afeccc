/** Longer ones are no mistyped names, and would take time. */
const LONGEST = 100

/**
 * The one of `known` that is closest to `given` by edit distance, when it is close enough to be what was
 * meant (a third of the letters, at least two edits). Cost: length squared for each candidate.
 */
export function closest(given: string, known: Iterable<string>): string | undefined {
  if (given.length > LONGEST) return undefined
  const wanted = given.toLowerCase()
  let best: string | undefined
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
