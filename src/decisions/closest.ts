/**
 * The candidate that looks most like a mistyped name, or undefined when none is close: at most a
 * third of the name's letters may differ (Levenshtein distance).
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let limit = Math.max(2, Math.ceil(name.length / 3))
  if (name.length > 100) return undefined
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < limit || (distance === limit && best === undefined)) {
      best = candidate
      limit = distance
    }
  }
  return best
}

/** ` Did you mean "x"?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const found = closest(name, candidates)
  return found === undefined ? '' : ` Did you mean "${found}"?`
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
