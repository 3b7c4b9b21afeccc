import type { IncomingMessage, ServerResponse } from 'node:http'
import { AttuneError } from '../base/index.ts'
import type { Logger } from '../app/index.ts'
import { serverErrors } from './errors.ts'

/** What goes to the client when something was refused or failed. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Turns whatever was thrown into an answer. What we did not expect becomes SERVER_INTERNAL and is logged:
 * its text may quote what somebody sent.
 */
export function errorAnswer(error: unknown, log: Logger): ErrorAnswer {
  const known = toAttuneError(error, log)
  const { code, message, remedy, status } = known
  return {
    status,
    headers:
      status === 429 || status === 503 ? { 'retry-after': String(retryAfter(known)) } : NO_HEADERS,
    body: JSON.stringify({ error: { code, message, remedy, status } }),
  }
}

const NO_HEADERS = {}
const RETRY_AFTER = new WeakMap<AttuneError, number>()

/** Says with which Retry-After (seconds) an error is answered; 1 without it. */
export function retryIn(error: AttuneError, seconds: number): AttuneError {
  RETRY_AFTER.set(error, seconds)
  return error
}

function retryAfter(error: AttuneError): number {
  return RETRY_AFTER.get(error) ?? (error.status === 503 ? 5 : 1)
}

function toAttuneError(error: unknown, log: Logger): AttuneError {
  if (error instanceof AttuneError) {
    if (error.status >= 500) log.error({ err: error }, 'request failed')
    return error
  }
  const known = fromFastify(error)
  if (known !== undefined) return known
  log.error({ err: error }, 'request failed')
  return serverErrors.SERVER_INTERNAL('', { cause: error })
}

function fromFastify(error: unknown): AttuneError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if ('validation' in error) return serverErrors.SERVER_BAD_REQUEST(error.message)
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return serverErrors.SERVER_TOO_LARGE()
  const status =
    'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (status >= 400 && status < 500) return serverErrors.SERVER_BAD_REQUEST(error.message)
  return undefined
}

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Headers that let a page of any origin send events and read the answer. Attune has no cookies, so that
 * allowing credentials (navigator.sendBeacon always sends them) opens nothing; a key is needed anyway.
 */
export function crossOriginHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const origin = request.headers.origin
  if (origin === undefined) return NO_HEADERS
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  }
}

/** Answers without Fastify; for the hot routes. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(body)
}
