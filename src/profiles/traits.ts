import { isJsonObject, type Json, type JsonObject } from '../base/index.ts'

const TRAITS_BYTES = 32 * 1024
const DEEPEST = 8
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Traits after an identify: objects are merged key by key, null removes a key, everything else replaces.
 * When the result would exceed 32 KB of JSON, the new top-level keys are taken one by one and those
 * that do not fit are left as they were.
 */
export function mergeTraits(traits: JsonObject, update: JsonObject): JsonObject {
  const merged = mergeObjects(traits, update, 1)
  if (fits(merged)) return merged
  let kept = traits
  for (const [key, value] of Object.entries(update)) {
    const next = mergeObjects(kept, { [key]: value }, 1)
    if (fits(next)) kept = next
  }
  return kept
}

/** Traits of a merged person: the survivor's win where both have a value. */
export function joinTraits(survivor: JsonObject, other: JsonObject): JsonObject {
  return mergeTraits(other, survivor)
}

function mergeObjects(old: JsonObject, update: JsonObject, depth: number): JsonObject {
  const merged: Record<string, Json> = { ...old }
  for (const [key, value] of Object.entries(update)) {
    if (REFUSED_KEYS.has(key)) continue
    if (value === null) delete merged[key]
    else if (!isJsonObject(value)) merged[key] = value
    else if (depth < DEEPEST) {
      const before = merged[key]
      merged[key] = mergeObjects(isJsonObject(before) ? before : {}, value, depth + 1)
    }
  }
  return merged
}

function fits(traits: JsonObject): boolean {
  return Buffer.byteLength(JSON.stringify(traits)) <= TRAITS_BYTES
}
