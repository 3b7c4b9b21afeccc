import type { Identifier } from '../events/index.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

/** Who may be one person: limits, order and refused values of identifiers. */
export interface IdentityRules {
  /** Values of a type that one person may have; types that are not named have `otherLimit`. */
  readonly limits: Readonly<Record<string, number>>
  readonly otherLimit: number
  /** Types from the highest priority down; all others follow alphabetically. */
  readonly priority: readonly string[]
  /** Values (compared in lower case) and patterns that never identify anybody. */
  readonly blockedValues: readonly string[]
  readonly blockedPatterns: readonly RegExp[]
}

/**
 * The rules of Segment Unify's out-of-the-box configuration (its identity resolution documentation:
 * limits 1 and 5, order, suggested blocked values). Values that event parsing refuses never arrive here.
 */
export const defaultIdentityRules = {
  limits: { user_id: 1 },
  otherLimit: 5,
  priority: ['user_id', 'email'],
  blockedValues: ['-1', 'null', 'anonymous'],
  blockedPatterns: [/^[0-]*$/],
} as const satisfies IdentityRules

/** Identifiers of one person in all; beyond it new ones are dropped, whatever their type. */
const IDENTIFIERS_IN_ALL = 50
const LONGEST_VALUE = 512

/** Key of an identity row. Types contain no colon, so the first one separates. */
export function identifierKey(identifier: Identifier): string {
  return `${identifier.type}:${identifier.value}`
}

export function sameIdentifier(a: Identifier, b: Identifier): boolean {
  return a.value === b.value && a.type === b.type
}

/** Types that cost one byte in a row. Part of the stored format: append only. */
const KNOWN_TYPES = ['user_id', 'email', 'anonymous_id', 'phone', 'android.id', 'ios.id']

export function encodeIdentifiers(identifiers: readonly Identifier[], writer: RowWriter): void {
  writer.varint(identifiers.length)
  for (const { type, value } of identifiers) {
    const code = KNOWN_TYPES.indexOf(type) + 1
    writer.byte(code)
    if (code === 0) writer.text(type)
    writer.text(value)
  }
}

export function decodeIdentifiers(reader: RowReader): readonly Identifier[] {
  const identifiers: Identifier[] = []
  for (let left = reader.varint(); left > 0; left--) {
    const code = reader.byte()
    const type = code === 0 ? reader.text() : (KNOWN_TYPES[code - 1] as string)
    identifiers.push({ type, value: reader.text() })
  }
  return identifiers
}

/** The rules in the form that is asked for every event. */
export class IdentityPolicy {
  readonly #limits: ReadonlyMap<string, number>
  readonly #otherLimit: number
  readonly #rank: ReadonlyMap<string, number>
  readonly #blocked: ReadonlySet<string>
  readonly #patterns: readonly RegExp[]

  constructor(rules: Partial<IdentityRules> = {}) {
    const all = { ...defaultIdentityRules, ...rules }
    this.#limits = new Map(Object.entries(all.limits))
    this.#otherLimit = all.otherLimit
    this.#rank = new Map(all.priority.map((type, rank) => [type, rank]))
    this.#blocked = new Set(all.blockedValues.map((value) => value.toLowerCase()))
    this.#patterns = all.blockedPatterns
  }

  limit(type: string): number {
    return Math.min(this.#limits.get(type) ?? this.#otherLimit, IDENTIFIERS_IN_ALL)
  }

  /** Usable identifiers from the highest priority down, without repetitions. */
  usable(identifiers: readonly Identifier[]): readonly Identifier[] {
    if (this.#isReady(identifiers)) return identifiers
    const kept: Identifier[] = []
    for (const one of identifiers) {
      if (!this.isUsable(one) || kept.some((other) => sameIdentifier(one, other))) continue
      kept.push(one)
    }
    return kept.sort((a, b) => this.#compare(a, b))
  }

  isUsable({ type, value }: Identifier): boolean {
    const { length } = value
    if (length === 0 || length > LONGEST_VALUE || type.length === 0 || type.includes(':'))
      return false
    if (!value.isWellFormed() || !type.isWellFormed()) return false
    if (length < 32 && this.#blocked.has(value.toLowerCase())) return false
    return !this.#patterns.some((pattern) => pattern.test(value))
  }

  isWithinTotal(count: number): boolean {
    return count <= IDENTIFIERS_IN_ALL
  }

  #isReady(identifiers: readonly Identifier[]): boolean {
    for (let i = 0; i < identifiers.length; i++) {
      const one = identifiers[i] as Identifier
      if (!this.isUsable(one)) return false
      if (i > 0 && this.#compare(identifiers[i - 1] as Identifier, one) >= 0) return false
    }
    return true
  }

  #compare(a: Identifier, b: Identifier): number {
    if (a.type === b.type) return a.value < b.value ? -1 : Number(a.value > b.value)
    const first = this.#rank.get(a.type) ?? Number.POSITIVE_INFINITY
    const second = this.#rank.get(b.type) ?? Number.POSITIVE_INFINITY
    if (first !== second) return first - second
    return a.type < b.type ? -1 : 1
  }
}
