import { eventErrors } from './errors.ts'
import { type Route, ROUTES } from './route.ts'

const FORMAT = 1
const HEADER_BYTES = 2

const HEADERS = new Map(ROUTES.map((route, n) => [route, Uint8Array.of(FORMAT, n)]))

/** The two bytes (format, route) that stand in front of a body in the log, so that an entry can be replayed by itself. */
export function envelopeHeader(route: Route): Uint8Array {
  return HEADERS.get(route) ?? new Uint8Array(HEADER_BYTES)
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
