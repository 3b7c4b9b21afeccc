import { isUtf8 } from 'node:buffer'
import { isJsonObject, type JsonObject } from '../base/index.ts'
import { eventErrors } from './errors.ts'

/** Largest body that is read; the Segment limit is 500 KB, but a known client sends 3.2 MB. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024

/**
 * The JSON inside a body, whatever the content type said.
 *
 * Clients send JSON as application/json, as text/plain (analytics.js avoids a preflight request that way) and as
 * application/x-www-form-urlencoded, either the bare JSON or a field `data` with JSON or base64 of JSON (the pixel API).
 * The header is never looked at: a body that does not begin with `{` or `[` is tried as a form.
 * A body that is JSON already comes back as it is, without a copy.
 */
export function unwrapBody(body: Uint8Array): Uint8Array {
  const first = firstByte(body)
  if (first === 0x7b || first === 0x5b) return body
  const text = latin1(body).trim()
  const isForm = text.startsWith('data=') || text.includes('&data=')
  return (isForm ? formField(text) : percentDecoded(text)) ?? body
}

/**
 * Parses a body as one JSON object (or, where a list is allowed, as a list).
 * @throws EVENTS_TOO_LARGE, EVENTS_WRONG_ENCODING, EVENTS_MALFORMED_JSON
 */
export function readJson(body: Uint8Array): JsonObject | readonly unknown[] {
  if (body.length > MAX_BODY_BYTES) {
    throw eventErrors.EVENTS_TOO_LARGE(
      `The body has ${body.length} bytes; at most ${MAX_BODY_BYTES} are accepted.`,
    )
  }
  const unwrapped = unwrapBody(body)
  if (!isUtf8(unwrapped)) throw eventErrors.EVENTS_WRONG_ENCODING()
  return parsed(utf8(unwrapped))
}

/**
 * The write key that some clients put into the body (analytics.js: of the message; analytics-node: of the batch).
 * @returns undefined where there is none.
 */
export function writeKeyOf(root: JsonObject | readonly unknown[]): string | undefined {
  if (!isJsonObject(root)) return undefined
  if (typeof root.writeKey === 'string') return root.writeKey
  const first: unknown = Array.isArray(root.batch) ? root.batch[0] : undefined
  return isJsonObject(first) && typeof first.writeKey === 'string' ? first.writeKey : undefined
}

function parsed(text: string): JsonObject | readonly unknown[] {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch (cause) {
    throw eventErrors.EVENTS_MALFORMED_JSON('The request body is not valid JSON.', { cause })
  }
  if (isJsonObject(root) || Array.isArray(root)) return root
  throw eventErrors.EVENTS_MALFORMED_JSON(
    `The request body is ${root === null ? 'null' : `a ${typeof root}`}; expected a JSON object.`,
  )
}

function utf8(bytes: Uint8Array): string {
  const start = hasByteOrderMark(bytes) ? 3 : 0
  return view(bytes).toString('utf8', start)
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

/** First byte that is neither white space nor part of a byte order mark. */
function firstByte(bytes: Uint8Array): number | undefined {
  let i = hasByteOrderMark(bytes) ? 3 : 0
  while (i < bytes.length && (bytes[i] === 0x20 || ((bytes[i] ?? 0) - 9) >>> 0 < 5)) i++
  return bytes[i]
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function latin1(bytes: Uint8Array): string {
  return view(bytes).toString('latin1')
}

function formField(text: string): Uint8Array | undefined {
  const value = new URLSearchParams(text).get('data')?.trim()
  if (value === undefined || value === '') return undefined
  if (value.startsWith('{') || value.startsWith('[')) return Buffer.from(value)
  // A "+" of base64 that was not percent-encoded arrives as a blank.
  const base64 = value.replaceAll(' ', '+')
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined
}

function percentDecoded(text: string): Uint8Array | undefined {
  if (!/^%(?:7B|5B)/i.test(text)) return undefined
  try {
    return Buffer.from(decodeURIComponent(text.replaceAll('+', ' ').replace(/=$/, '')))
  } catch {
    return undefined
  }
}
