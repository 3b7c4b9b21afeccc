import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import {
  brotliDecompress,
  brotliDecompressSync,
  gunzip,
  gunzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib'
import { serverErrors } from './errors.ts'

interface Decoder {
  readonly now: (body: Buffer, options: { maxOutputLength: number }) => Buffer
  readonly later: (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>
}

const RAW: Decoder = { now: inflateRawSync, later: promisify(inflateRaw) }
const DEFLATE: Decoder = { now: inflateSync, later: promisify(inflate) }
const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: { now: gunzipSync, later: promisify(gunzip) },
  'x-gzip': { now: gunzipSync, later: promisify(gunzip) },
  br: { now: brotliDecompressSync, later: promisify(brotliDecompress) },
  zstd: { now: zstdDecompressSync, later: promisify(zstdDecompress) },
}

/** Below this the trip to the thread pool costs more than the work. */
const SYNC_BYTES = 16_384

/** Memory for bodies under way, shared by all requests, so that many large bodies cannot fill the heap. */
export class BodyBudget {
  readonly #limit: number
  #used = 0

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Bytes taken now. */
  get used(): number {
    return this.#used
  }

  /** @throws SERVER_OVERLOADED when the bytes would not fit */
  take(bytes: number): void {
    if (this.#used + bytes > this.#limit) throw serverErrors.SERVER_OVERLOADED()
    this.#used += bytes
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}

/**
 * Reads a request to its end.
 * A body over the limit is still drained, up to 16 times the limit, because a client that is writing does
 * not see an answer when the connection closes under it.
 * @param hold called with the size of each piece that is kept; may throw to refuse
 * @throws SERVER_TOO_LARGE, SERVER_BAD_REQUEST when the client went away, and what `hold` throws
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  hold: (bytes: number) => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let refusal: unknown
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) refusal ??= tooLarge(limit)
      if (size > limit * 16) reject(tooLarge(limit))
      if (refusal !== undefined) return
      try {
        hold(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        refusal = error
      }
    })
    request.on('end', () => {
      if (refusal === undefined) resolve(joinChunks(chunks, size))
      else reject(refusal)
    })
    request.on('error', reject)
    request.on('close', () => {
      if (!request.complete) reject(serverErrors.SERVER_BAD_REQUEST('the body ended early'))
    })
  })
}

/** Always a copy: what the socket delivered is a view of a 64 KB read buffer, which the log would pin. */
function joinChunks(chunks: readonly Buffer[], size: number): Buffer {
  return Buffer.concat(chunks, size)
}

/**
 * Undoes Content-Encoding.
 * @throws SERVER_WRONG_ENCODING, SERVER_TOO_LARGE when more than `limit` bytes come out
 */
export async function decompress(
  body: Buffer,
  encoding: string | undefined,
  limit: number,
): Promise<Buffer> {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body
  const decoder = decoderOf(encoding.trim().toLowerCase(), body)
  if (decoder === undefined) {
    throw serverErrors.SERVER_WRONG_ENCODING('Content-Encoding must be gzip, deflate, br or zstd')
  }
  const options = { maxOutputLength: limit }
  try {
    return body.length <= SYNC_BYTES
      ? decoder.now(body, options)
      : await decoder.later(body, options)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(limit)
    }
    throw serverErrors.SERVER_WRONG_ENCODING('the body cannot be decompressed', { cause: error })
  }
}

/**
 * A JSON document out of bytes. Keys that reach prototypes are dropped, wherever they stand.
 * @throws SERVER_MALFORMED_JSON, SERVER_WRONG_ENCODING
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw serverErrors.SERVER_WRONG_ENCODING('the body is not UTF-8')
  const text = body[0] === 0xef ? body.toString('utf8', 3) : body.toString('utf8')
  try {
    return SUSPICIOUS.test(text) ? JSON.parse(text, dropPrototypeKeys) : JSON.parse(text)
  } catch (error) {
    throw serverErrors.SERVER_MALFORMED_JSON(jsonComplaint(error))
  }
}

/**
 * Lines of JSON, one value a line; empty lines are skipped.
 * @throws SERVER_MALFORMED_JSON naming the line
 */
export function parseLines(body: Buffer): readonly unknown[] {
  if (!isUtf8(body)) throw serverErrors.SERVER_WRONG_ENCODING('the body is not UTF-8')
  const values: unknown[] = []
  for (const [i, line] of body.toString('utf8').split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      values.push(JSON.parse(line, dropPrototypeKeys))
    } catch {
      throw serverErrors.SERVER_MALFORMED_JSON(`line ${i + 1} is not JSON`)
    }
  }
  return values
}

function decoderOf(encoding: string, body: Buffer): Decoder | undefined {
  // RFC 9110 8.4.1.2: deflate means the zlib format, but some clients send it bare.
  if (encoding === 'deflate') return ((body[0] ?? 0) & 0x0f) === 8 ? DEFLATE : RAW
  return Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined
}

const SUSPICIOUS = /"(?:__proto__|constructor|prototype)"\s*:|\\u00/
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

function dropPrototypeKeys(key: string, value: unknown): unknown {
  return PROTOTYPE_KEYS.has(key) ? undefined : value
}

/** The parser's complaint without its quotation of the body. */
function jsonComplaint(error: unknown): string {
  const place = error instanceof Error ? /at position \d+/.exec(error.message)?.[0] : undefined
  return place === undefined ? 'the body is not JSON' : `the body is not JSON (${place})`
}

function tooLarge(limit: number): Error {
  return serverErrors.SERVER_TOO_LARGE(`a body may have ${limit} bytes`)
}
