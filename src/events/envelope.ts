import { eventErrors } from './errors.ts'
import { type Route, ROUTES } from './route.ts'

const FORMAT = 1
const HEADER_BYTES = 2

/**
 * Puts two bytes (format, route) in front of a body, so that a log entry can be replayed by itself.
 * Cost: one copy of the body.
 */
export function encodeEnvelope(route: Route, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length)
  bytes[0] = FORMAT
  bytes[1] = ROUTES.indexOf(route)
  bytes.set(body, HEADER_BYTES)
  return bytes
}

/**
 * Reads an envelope. The body is a view of the same memory, not a copy.
 * @throws EVENTS_BAD_ENVELOPE
 */
export function decodeEnvelope(bytes: Uint8Array): { route: Route; body: Uint8Array } {
  const route = ROUTES[bytes[1] ?? -1]
  if (bytes[0] !== FORMAT || route === undefined) {
    throw eventErrors.EVENTS_BAD_ENVELOPE(
      `An entry of messages begins with bytes ${bytes[0]}, ${bytes[1]}; expected format ${FORMAT} and a route number.`,
    )
  }
  return { route, body: bytes.subarray(HEADER_BYTES) }
}
