import { isJsonObject, type Json, type JsonObject } from '../base/index.ts'

/** An object out of an answer; empty when something else stands there. */
export function objectIn(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** A list out of an answer; empty when something else stands there. */
export function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** A value out of an answer as a person reads it. */
export function textIn(value: Json | undefined): string {
  if (value === undefined || value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
