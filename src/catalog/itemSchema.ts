import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { isJsonObject, type JsonObject } from '../base/index.ts'
import type { Item } from './item.ts'

/** Longest item id. */
const MAX_ITEM_ID_CHARS = 512

const MAX_ATTRIBUTES_OF_ITEM = 200
const LATEST = 8.64e15

const Time = Type.Number({ minimum: 0, maximum: LATEST })
/** Neither `javascript:` nor other schemes: consoles and pages show these links. */
const WEB = '[Hh][Tt][Tt][Pp][Ss]?:'
const Link = (schemes: string) =>
  Type.String({ maxLength: 4096, pattern: `^(?:${schemes}|[^:]*(?:[/?#]|$))` })

/** The fields of an item. Everything is measured, so that no single item can fill the memory. */
const ItemSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: MAX_ITEM_ID_CHARS }),
    title: Type.Optional(Type.String({ maxLength: 2000 })),
    description: Type.Optional(Type.String({ maxLength: 100_000 })),
    categories: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20 })),
    brand: Type.Optional(Type.String({ maxLength: 200 })),
    price: Type.Optional(Type.Number({ minimum: 0, maximum: 1e12 })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    stock: Type.Optional(Type.Number({ minimum: 0, maximum: 1e12 })),
    availableFrom: Type.Optional(Time),
    availableUntil: Type.Optional(Time),
    enabled: Type.Optional(Type.Boolean()),
    image: Type.Optional(Link(`${WEB}|data:image/`)),
    url: Type.Optional(Link(WEB)),
    publishedAt: Type.Optional(Time),
    attributes: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^.{1,64}$' }),
        Type.Union([
          Type.Number(),
          Type.Boolean(),
          Type.String({ maxLength: 1000 }),
          Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 }),
        ]),
        { maxProperties: MAX_ATTRIBUTES_OF_ITEM },
      ),
    ),
  },
  { additionalProperties: false },
)

/** Why an item is not taken. */
export interface ItemRejection {
  readonly code: 'CATALOG_INVALID_ITEM' | 'CATALOG_UNKNOWN_FIELD' | 'CATALOG_TOO_MANY_ATTRIBUTES'
  /** Names the field; holds no more of its value than 40 characters. */
  readonly reason: string
}

const check = Compile(ItemSchema)
const FIELDS = Object.keys(ItemSchema.properties)
const NUMBERS: ReadonlySet<string> = new Set(['price', 'stock'])
const TIMES: ReadonlySet<string> = new Set(['availableFrom', 'availableUntil', 'publishedAt'])
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const NO_IDS: ReadonlySet<string> = new Set(['null', 'undefined', 'NaN', '[object Object]'])

/**
 * Reads an item from outside. null means absent; a numeric id becomes text; price and stock may be numeric text; times
 * may be ISO 8601 with a zone, or a plain date (UTC). The result has its fields in one fixed order. Pure.
 * Cost: about 1 µs.
 */
export function checkItem(raw: unknown): { readonly item: Item } | ItemRejection {
  if (!isJsonObject(raw)) return invalid('An item must be an object with an id.')
  const stranger = Object.keys(raw).find((key) => !FIELDS.includes(key))
  if (stranger !== undefined) {
    const reason = `"${stranger.slice(0, 64)}" is not a field of an item; put it under "attributes". Fields: ${FIELDS.join(', ')}.`
    return { code: 'CATALOG_UNKNOWN_FIELD', reason }
  }
  const item: Record<string, unknown> = {}
  for (const field of FIELDS) {
    const value = readField(field, raw[field])
    if (value !== undefined && value !== null) item[field] = value
  }
  if (!check.Check(item)) return invalid(firstFault(item))
  const fault = idFault(item.id) ?? contentFault(item)
  return fault === undefined ? { item } : invalid(fault)
}

function readField(field: string, value: unknown): unknown {
  if (value === undefined || value === null) return undefined
  if (field === 'id')
    return typeof value === 'number' && Number.isFinite(value) ? String(value) : trimmed(value)
  if (NUMBERS.has(field)) return readNumber(value)
  if (TIMES.has(field)) return readTime(value)
  return field === 'attributes' && isJsonObject(value) ? withoutNulls(value) : value
}

function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value
}

function readNumber(value: unknown): unknown {
  // Beyond 40 characters it is no price, and the expression must not meet a megabyte of digits.
  if (typeof value !== 'string' || value.length > 40) return value
  return /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : value
}

/** A text without a zone would mean another instant on each machine; only a plain date is UTC by definition. */
function readTime(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const known = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/
  const time = known.test(value.trim()) ? Date.parse(value.trim()) : Number.NaN
  return Number.isNaN(time) ? value : time
}

function withoutNulls(attributes: JsonObject): JsonObject {
  const entries = Object.entries(attributes)
  return entries.some(([, value]) => value === null)
    ? Object.fromEntries(entries.filter(([, value]) => value !== null))
    : attributes
}

function idFault(id: string): string | undefined {
  if (NO_IDS.has(id)) return `id ${JSON.stringify(id)} is a placeholder, no identifier.`
  for (let i = 0; i < id.length; i++) {
    if (id.charCodeAt(i) < 0x20) return 'id holds control characters.'
  }
  return id.isWellFormed() ? undefined : 'id holds broken Unicode surrogates.'
}

function contentFault(item: Item): string | undefined {
  for (const key in item.attributes) {
    if (PROTOTYPE_KEYS.has(key)) return `attributes.${key} is not allowed as a name.`
  }
  const { availableFrom, availableUntil } = item
  return availableFrom !== undefined &&
    availableUntil !== undefined &&
    availableUntil <= availableFrom
    ? 'availableUntil must lie after availableFrom.'
    : undefined
}

function firstFault(item: Record<string, unknown>): string {
  if (item.id === undefined) return 'id is missing; every item needs one.'
  const errors = check.Errors(item)
  const error = errors.find((e) => e.keyword !== 'anyOf' && e.instancePath !== '') ?? errors[0]
  const path = error?.instancePath ?? ''
  let value: unknown = item
  for (const key of path.split('/').slice(1)) value = (value as Record<string, unknown>)[key]
  const name = path.slice(1).replaceAll('/', '.').slice(0, 100)
  if (path.startsWith('/attributes/')) {
    return `${name} must be a number, a truth value, a text (up to 1000 characters) or a list of texts.`
  }
  return `${name} ${error?.message ?? 'has the wrong form'}${shown(value)}.`
}

function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return `, got ${value}`
  if (typeof value !== 'string') return ''
  return value.length <= 40 ? `, got ${JSON.stringify(value)}` : `, got ${value.length} characters`
}

function invalid(reason: string): ItemRejection {
  return { code: 'CATALOG_INVALID_ITEM', reason }
}
