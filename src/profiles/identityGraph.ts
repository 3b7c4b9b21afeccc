import type { Identifier } from '../events/index.ts'
import { identifierKey, type IdentityPolicy, sameIdentifier } from './identityRules.ts'
import { apartPairs } from './links.ts'
import type { Person } from './person.ts'

/** Which persons an event belongs to, after dropping what would break a limit. */
export interface Resolution {
  /** Distinct persons that the kept identifiers name, in order of the identifiers. */
  readonly persons: readonly Person[]
  readonly kept: readonly Identifier[]
  /** Dropped identifiers, lowest priority first. */
  readonly dropped: readonly Identifier[]
}

const NOTHING: readonly Identifier[] = []

/** Identifier → person, for the persons in memory. */
export class IdentityGraph {
  readonly #byType = new Map<string, Map<string, Person>>()
  readonly #policy: IdentityPolicy
  readonly #forbidden: readonly (readonly [string, string])[]

  /** `forbidden`: pairs of identifier keys that no person may hold both of. */
  constructor(policy: IdentityPolicy, forbidden: readonly (readonly [string, string])[]) {
    this.#policy = policy
    this.#forbidden = forbidden
  }

  lookup({ type, value }: Identifier): Person | undefined {
    return this.#byType.get(type)?.get(value)
  }

  set({ type, value }: Identifier, person: Person): void {
    const values = this.#byType.get(type)
    if (values !== undefined) values.set(value, person)
    else this.#byType.set(type, new Map([[value, person]]))
  }

  /** The person that all of these identifiers name; undefined when one names nobody or somebody else. */
  personOfAll(identifiers: readonly Identifier[]): Person | undefined {
    const [first] = identifiers
    const person = first === undefined ? undefined : this.lookup(first)
    for (let i = 1; i < identifiers.length; i++) {
      if (this.lookup(identifiers[i] as Identifier) !== person) return undefined
    }
    return person
  }

  delete({ type, value }: Identifier): void {
    this.#byType.get(type)?.delete(value)
  }

  /**
   * Segment's rule: as long as the persons that the identifiers name cannot be one person within the
   * limits, the lowest-priority identifier is left out. One identifier always fits, so this ends.
   */
  resolve(identifiers: readonly Identifier[]): Resolution {
    let kept = identifiers
    let dropped: Identifier[] | undefined
    for (;;) {
      const persons = this.#personsOf(kept)
      if (kept.length <= 1 || this.#fits(persons, kept)) {
        return { persons, kept, dropped: dropped ?? NOTHING }
      }
      ;(dropped ??= []).push(kept.at(-1) as Identifier)
      kept = kept.slice(0, -1)
    }
  }

  #personsOf(identifiers: readonly Identifier[]): readonly Person[] {
    const persons: Person[] = []
    for (const identifier of identifiers) {
      const person = this.lookup(identifier)
      if (person !== undefined && !persons.includes(person)) persons.push(person)
    }
    return persons
  }

  #fits(persons: readonly Person[], identifiers: readonly Identifier[]): boolean {
    const fresh = identifiers.filter((one) => this.lookup(one) === undefined)
    if (persons.length <= 1 && fresh.length === 0) return true
    const all = persons.flatMap((person) => person.identifiers as Identifier[]).concat(fresh)
    if (!this.#policy.isWithinTotal(all.length)) return false
    for (const { type } of all) {
      let count = 0
      for (const other of all) if (other.type === type) count++
      if (count > this.#policy.limit(type)) return false
    }
    return (
      persons.every(({ links }) => apartPairs(links).every(([, theirs]) => !holds(all, theirs))) &&
      this.#forbidden.every(([a, b]) => !(holds(all, a) && holds(all, b)))
    )
  }
}

function holds(identifiers: readonly Identifier[], key: string): boolean {
  return identifiers.some((one) => identifierKey(one) === key)
}

/** Adds what is not there yet. */
export function withIdentifiers(
  identifiers: readonly Identifier[],
  more: readonly Identifier[],
): readonly Identifier[] {
  const added = more.filter((one) => !identifiers.some((other) => sameIdentifier(one, other)))
  return added.length === 0 ? identifiers : [...identifiers, ...added]
}
