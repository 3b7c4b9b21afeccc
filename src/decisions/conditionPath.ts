import { isJsonObject, type JsonObject } from '../base/index.ts'
import type { AttributeValue, Catalog } from '../catalog/index.ts'
import type { Profile } from '../profiles/index.ts'
import { suggestion } from './closest.ts'
import { decisionErrors } from './errors.ts'

/** What a comparison can see: single values, or lists of which any element may match. */
export type Value = AttributeValue | undefined

/** Everything beside the item that conditions look at. */
export interface ConditionScope {
  readonly catalog: Pick<Catalog, 'idOf' | 'price' | 'column' | 'title'>
  readonly profile:
    | Pick<Profile, 'traits' | 'groups' | 'events' | 'createdAt' | 'seenAt'>
    | undefined
  readonly context: JsonObject
}

/** A path such as item.price, split and checked once. */
export interface ConditionPath {
  readonly text: string
  readonly root: 'item' | 'person' | 'context'
  /** What follows the root. */
  readonly keys: readonly string[]
}

const ROOTS = ['item', 'person', 'context'] as const
const ITEM_FIELDS = [
  'id',
  'title',
  'price',
  'stock',
  'brand',
  'currency',
  'categories',
  'enabled',
  'availableFrom',
  'availableUntil',
  'publishedAt',
  'attributes',
]
const PERSON_FIELDS = ['known', 'traits', 'groups', 'events', 'createdAt', 'seenAt']
const NESTED = new Set(['attributes', 'traits'])
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * @param where place of the path in the document, for the message
 * @throws DECISIONS_INVALID_CONDITION with the nearest known path
 */
export function parsePath(text: string, where: string): ConditionPath {
  const [root = '', ...keys] = text.split('.')
  if (!isRoot(root)) {
    throw invalid(where, `"${text}" must begin with item, person or context.`, root, ROOTS, '')
  }
  const [field = ''] = keys
  if (keys.length === 0 || keys.some((key) => key === '' || FORBIDDEN.has(key))) {
    throw invalid(where, `"${text}" names no value.`)
  }
  const fields = root === 'item' ? ITEM_FIELDS : root === 'person' ? PERSON_FIELDS : undefined
  if (fields !== undefined && !fields.includes(field)) {
    throw invalid(where, `"${text}" is not known.`, field, fields, `${root}.`)
  }
  if (fields !== undefined && NESTED.has(field) !== keys.length > 1) {
    const expected = NESTED.has(field) ? `${root}.${field}.<name>` : `${root}.${field}`
    throw invalid(where, `"${text}" is not known; expected ${expected}.`)
  }
  return { text, root, keys }
}

function isRoot(root: string): root is (typeof ROOTS)[number] {
  return (ROOTS as readonly string[]).includes(root)
}

function invalid(
  where: string,
  what: string,
  name = '',
  known: readonly string[] = [],
  prefix = '',
): Error {
  const named = known.map((field) => prefix + field)
  const hint = name === '' ? '' : suggestion(prefix + name, named)
  return decisionErrors.DECISIONS_INVALID_CONDITION(`${where}: ${what}${hint}`)
}

/** Value of a person or context path; undefined when there is none. */
export function scopeValue(path: ConditionPath, scope: ConditionScope): Value {
  if (path.root === 'context') return asValue(nested(scope.context, path.keys))
  const { profile } = scope
  const [field, ...rest] = path.keys
  if (field === 'known') return profile !== undefined
  if (profile === undefined) return undefined
  switch (field) {
    case 'traits':
      return asValue(nested(profile.traits, rest))
    case 'groups':
      return profile.groups
    case 'events':
      return profile.events
    case 'createdAt':
      return profile.createdAt
    default:
      return profile.seenAt
  }
}

/** Reader of an item path, with the column looked up once. */
export function itemReader(path: ConditionPath, scope: ConditionScope): (n: number) => Value {
  const { catalog } = scope
  const name = path.keys.join('.')
  if (name === 'price') {
    return (n) => {
      const price = catalog.price(n)
      return Number.isNaN(price) ? undefined : price
    }
  }
  if (name === 'id') return (n) => catalog.idOf(n)
  if (name === 'title') return (n) => catalog.title(n)
  const column = catalog.column(name)
  return column === undefined ? () => undefined : (n) => column.value(n)
}

function nested(value: unknown, keys: readonly string[]): unknown {
  let at = value
  for (const key of keys) {
    if (!isJsonObject(at) || !Object.hasOwn(at, key)) return undefined
    at = at[key]
  }
  return at
}

function asValue(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value
  }
  if (!Array.isArray(value)) return undefined
  return value.filter((element): element is string => typeof element === 'string')
}
