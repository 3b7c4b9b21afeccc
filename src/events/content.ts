/** Limits of one message. */
export const MAX_DEPTH = 32
export const MAX_VALUES = 50_000
export const MAX_TEXT_CHARS = 100 * 1024
export const MAX_MESSAGE_CHARS = 512 * 1024

/** Why the content of a message cannot be taken, and where. */
export interface ContentFault {
  readonly code: 'EVENTS_TOO_DEEP' | 'EVENTS_MESSAGE_TOO_LARGE' | 'EVENTS_INVALID_FIELD'
  /** Path from the root of the message, such as `.properties.products[3].name`. */
  readonly path: string
  readonly what: string
}

interface Tally {
  values: number
  chars: number
}

/**
 * Walks a freshly parsed message once: drops the keys `__proto__`, `constructor` and `prototype` in place, and
 * measures depth, number of values, length of texts and whole size (characters of keys and texts, 8 for other values).
 * Numbers that JSON writes but a double cannot hold (1e999) are a fault.
 * Cost: about 20 ns a value. Recursion ends at MAX_DEPTH.
 */
export function inspectContent(message: object): ContentFault | undefined {
  return inspectNode(message, 1, { values: 0, chars: 0 })
}

function inspectNode(node: object, depth: number, tally: Tally): ContentFault | undefined {
  if (depth > MAX_DEPTH) return fault('EVENTS_TOO_DEEP', `nested deeper than ${MAX_DEPTH} levels`)
  return Array.isArray(node) ? inspectList(node, depth, tally) : inspectObject(node, depth, tally)
}

function inspectList(
  list: readonly unknown[],
  depth: number,
  tally: Tally,
): ContentFault | undefined {
  for (let i = 0; i < list.length; i++) {
    const found = inspectValue(list[i], depth, tally)
    if (found !== undefined) return { ...found, path: `[${i}]${found.path}` }
  }
  return undefined
}

function inspectObject(node: object, depth: number, tally: Tally): ContentFault | undefined {
  const fields = node as Record<string, unknown>
  for (const key in fields) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      Reflect.deleteProperty(fields, key)
      continue
    }
    tally.chars += key.length
    const found = inspectValue(fields[key], depth, tally)
    if (found !== undefined) return { ...found, path: `.${key.slice(0, 64)}${found.path}` }
  }
  return undefined
}

function inspectValue(value: unknown, depth: number, tally: Tally): ContentFault | undefined {
  if (++tally.values > MAX_VALUES) {
    return fault('EVENTS_MESSAGE_TOO_LARGE', `the message has more than ${MAX_VALUES} values`)
  }
  if (typeof value === 'string') return inspectText(value, tally)
  if (typeof value === 'object' && value !== null) return inspectNode(value, depth + 1, tally)
  tally.chars += 8
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return fault('EVENTS_INVALID_FIELD', 'a number too large to hold')
  }
  return undefined
}

function inspectText(text: string, tally: Tally): ContentFault | undefined {
  tally.chars += text.length
  if (text.length > MAX_TEXT_CHARS) {
    return fault(
      'EVENTS_MESSAGE_TOO_LARGE',
      `a text of ${text.length} characters; at most ${MAX_TEXT_CHARS}`,
    )
  }
  if (tally.chars > MAX_MESSAGE_CHARS) {
    return fault(
      'EVENTS_MESSAGE_TOO_LARGE',
      `the message has more than ${MAX_MESSAGE_CHARS} characters`,
    )
  }
  return undefined
}

function fault(code: ContentFault['code'], what: string): ContentFault {
  return { code, path: '', what }
}
