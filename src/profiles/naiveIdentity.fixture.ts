import type { Identifier } from '../events/index.ts'
import { identifierKey } from './identityRules.ts'

/** Segment's rules written down as plainly as possible: sets of keys, no index, no order. */
export class NaiveIdentity {
  #persons: Set<string>[] = []

  add(identifiers: readonly Identifier[]): void {
    let keys = identifiers.map(identifierKey)
    for (;;) {
      const current = keys
      const touched = this.#persons.filter((person) => current.some((key) => person.has(key)))
      const union = new Set([...touched.flatMap((person) => [...person]), ...current])
      if (isWithinLimits(union)) {
        this.#persons = [...this.#persons.filter((person) => !touched.includes(person)), union]
        return
      }
      keys = current.slice(0, -1)
    }
  }

  /** Keys by person, sorted. */
  partition(): string[][] {
    return this.#persons
      .map((person) => [...person].sort())
      .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
  }
}

function isWithinLimits(keys: ReadonlySet<string>): boolean {
  const counts = new Map<string, number>()
  for (const key of keys) {
    const type = key.slice(0, key.indexOf(':'))
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return [...counts].every(([type, count]) => count <= (type === 'user_id' ? 1 : 5))
}
