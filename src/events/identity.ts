import { isJsonObject, type JsonObject } from '../base/index.ts'
import type { EventType, Identifier } from './event.ts'

/** Longest identifier that is taken. */
export const MAX_ID_CHARS = 512

const MAX_EXTERNAL_IDS = 20

/** Values that broken clients send in place of an identifier; compared in lower case. */
const REFUSED_IDS: ReadonlySet<string> = new Set([
  'anonymous',
  'anonymousid',
  'anonymous_id',
  'guest',
  'distinctid',
  'distinct_id',
  'userid',
  'user_id',
  'id',
  'email',
  'not_authenticated',
  'undefined',
  'null',
  'nil',
  'none',
  'nan',
  'n/a',
  'true',
  'false',
  '-1',
  'void',
  'unknown',
  '[object object]',
])
const LONGEST_REFUSED = 17

/**
 * Is this one of the placeholders that would join strangers into one person? The list holds the values that Segment
 * Unify and PostHog refuse: words such as `guest`, everything made of zeroes and dashes alone, and the empty text.
 */
export function isRefusedId(id: string): boolean {
  if (id === '') return true
  const first = id.charCodeAt(0)
  if ((first === 0x30 || first === 0x2d) && /^[0-]+$/.test(id)) return true
  return id.length <= LONGEST_REFUSED && REFUSED_IDS.has(id.toLowerCase())
}

/**
 * An identifier as sent, trimmed; whole numbers become text.
 * @returns undefined for placeholders, other types, more than MAX_ID_CHARS characters, control characters and
 * broken surrogates (which could not be told apart once stored).
 */
export function usableId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? usableId(String(value)) : undefined
  if (typeof value !== 'string') return undefined
  const id = value.trim()
  if (id.length > MAX_ID_CHARS || isRefusedId(id) || !isCleanText(id)) return undefined
  return id
}

/** No control characters and no broken surrogates. */
export function isCleanText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit === 0x7f) return false
  }
  return text.isWellFormed()
}

/** The parts of a message that name its person. */
export interface NamingFields {
  readonly type: EventType
  readonly userId: unknown
  readonly anonymousId: unknown
  readonly traits: JsonObject
  readonly context: JsonObject
}

/**
 * All usable identifiers in the order user_id, email, then alphabetical by type and value, without repetition.
 * The traits of a group describe the group, so its email is nobody's. The previousId of an alias is not among them: what
 * it names (a user or a device) is known only where persons are kept.
 */
export function identifiersOf(fields: NamingFields): Identifier[] {
  const found: Identifier[] = []
  const userId = usableId(fields.userId)
  if (userId !== undefined) found.push({ type: 'user_id', value: userId })
  const email = emailOf(fields)
  if (email !== undefined) found.push({ type: 'email', value: email })
  const anonymousId = usableId(fields.anonymousId)
  if (anonymousId !== undefined) found.push({ type: 'anonymous_id', value: anonymousId })
  const external = fields.context.externalIds
  if (!Array.isArray(external)) return found
  addExternalIds(external, found)
  return ordered(found)
}

function emailOf(fields: NamingFields): string | undefined {
  const own = fields.type === 'group' ? undefined : usableEmail(fields.traits.email)
  if (own !== undefined) return own
  const traits = fields.context.traits
  return isJsonObject(traits) ? usableEmail(traits.email) : undefined
}

function usableEmail(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const email = usableId(value)?.toLowerCase()
  return email !== undefined && /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined
}

function addExternalIds(external: readonly unknown[], found: Identifier[]): void {
  for (const entry of external.slice(0, MAX_EXTERNAL_IDS)) {
    if (!isJsonObject(entry) || typeof entry.type !== 'string') continue
    if ((entry.collection ?? 'users') !== 'users' || (entry.encoding ?? 'none') !== 'none') continue
    const type = snakeCase(entry.type)
    const value = type === 'email' ? usableEmail(entry.id) : usableId(entry.id)
    if (value !== undefined && /^[a-z][a-z0-9_.]{0,63}$/.test(type)) found.push({ type, value })
  }
}

function snakeCase(text: string): string {
  return text
    .trim()
    .slice(0, 128)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s-]+/g, '_')
    .toLowerCase()
}

function ordered(identifiers: readonly Identifier[]): Identifier[] {
  const sorted = identifiers.toSorted(
    (a, b) => rank(a.type) - rank(b.type) || compare(a.type, b.type) || compare(a.value, b.value),
  )
  return sorted.filter(
    (id, i) => i === 0 || id.type !== sorted[i - 1]?.type || id.value !== sorted[i - 1]?.value,
  )
}

function rank(type: string): number {
  if (type === 'user_id') return 0
  return type === 'email' ? 1 : 2
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
