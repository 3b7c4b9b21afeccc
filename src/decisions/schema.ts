import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { Static, TSchema } from 'typebox'
import { suggestion } from './closest.ts'

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: false, verbose: true })

/** A check whose true answer gives the value its type; after a false one `complaint` has the words. */
export interface Checker<S extends TSchema> {
  accepts(value: unknown): value is Static<S>
  /** What was wrong with the value last refused: the path, the reason, the nearest right name. */
  complaint(): string
}

/** @param name what the value as a whole is called in messages */
export function checker<S extends TSchema>(schema: S, name: string): Checker<S> {
  const validate: ValidateFunction = ajv.compile(schema)
  return {
    accepts: (value): value is Static<S> => validate(value),
    complaint: () => {
      const error = validate.errors?.[0]
      return error === undefined ? 'not valid' : inWords(error, name)
    },
  }
}

function inWords(error: ErrorObject, name: string): string {
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const place = path === '' ? name : path
  if (error.keyword === 'additionalProperties') {
    const field = String(error.params['additionalProperty'])
    const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {})
    return `${within(path, field)} is not a known field.${suggestion(field, known)}`
  }
  if (error.keyword === 'enum') {
    const allowed = error.params['allowedValues'] as readonly string[]
    const hint = typeof error.data === 'string' ? suggestion(error.data, allowed) : ''
    return `${place} must be one of ${allowed.join(', ')}.${hint}`
  }
  if (error.keyword === 'required') {
    const field = String(error.params['missingProperty'])
    return `${within(path, field)} is missing.`
  }
  return `${place} ${error.message ?? 'is not valid'}${seen(error.data)}.`
}

function seen(data: unknown): string {
  return typeof data === 'number' ? `, not ${data}` : ''
}

function within(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`
}
