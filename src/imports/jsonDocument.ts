import { readFile, stat } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { type AttuneError, isJsonObject, type JsonObject } from '../base/index.ts'
import { importErrors } from './errors.ts'
import { NdjsonReading, type NdjsonOptions } from './ndjson.ts'
import type { ImportPart, ImportPosition } from './source.ts'

/** A whole document is held in memory; larger exports come as lines. */
const MAX_BYTES = 64_000_000
const BATCH = 5_000

/**
 * Does a file begin as one JSON document over many lines: a list, or an object that the first line does not
 * close?
 */
export function startsDocument(firstLine: string): boolean {
  const text = firstLine.trim()
  if (text.startsWith('[')) return true
  if (!text.startsWith('{')) return false
  try {
    const parsed: unknown = JSON.parse(text)
    return isJsonObject(parsed) && !('type' in parsed) && listIn(parsed) !== undefined
  } catch {
    // Also a broken line begins so; one that closes its brace was meant to be whole.
    return !text.endsWith('}')
  }
}

function listIn(parsed: JsonObject): readonly unknown[] | undefined {
  const list = parsed['batch'] ?? parsed['items']
  return Array.isArray(list) ? list : undefined
}

/**
 * A list of messages or items in one JSON document, `[…]`, `{"batch":[…]}` or `{"items":[…]}`, as part of a
 * source. Lines count its entries.
 * @throws IMPORTS_BROKEN_JSON, IMPORTS_UNKNOWN_FORMAT when it is larger than 64 MB
 */
export async function jsonDocument(path: string, options: NdjsonOptions): Promise<ImportPart> {
  const { size } = await stat(path)
  const entries = await readEntries(path, options.file)
  return {
    file: options.file,
    bytes: size,
    async *read(from: ImportPosition) {
      for (let at = from.byte; at < entries.length; at += BATCH) {
        const reading = new NdjsonReading(options)
        const end = Math.min(at + BATCH, entries.length)
        for (let place = at; place < end; place++) {
          reading.add(JSON.stringify(entries[place] ?? null), place + 1, true)
        }
        const position = { part: 0, byte: end, line: end + 1 }
        yield reading.batch(position, (size * end) / entries.length)
      }
    },
  }
}

async function readEntries(path: string, file: string): Promise<readonly unknown[]> {
  const text = (await readWhole(path, file)).toString('utf8').replace(/^\uFEFF/, '')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw importErrors.IMPORTS_BROKEN_JSON(`${file}: ${(error as Error).message}.`)
  }
  const entries = isJsonObject(parsed) ? listIn(parsed) : parsed
  if (Array.isArray(entries)) return entries as readonly unknown[]
  throw importErrors.IMPORTS_BROKEN_JSON(
    `${file} is one JSON document without a list of messages (batch) or items.`,
  )
}

async function readWhole(path: string, file: string): Promise<Buffer> {
  const { size } = await stat(path)
  if (size > MAX_BYTES) throw tooLarge(file)
  const raw = await readFile(path)
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return raw
  try {
    return gunzipSync(raw, { maxOutputLength: MAX_BYTES })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file)
    throw importErrors.IMPORTS_BROKEN_ARCHIVE(`${file}: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}

function tooLarge(file: string): AttuneError {
  return importErrors.IMPORTS_UNKNOWN_FORMAT(
    `${file} is one JSON document of more than 64 MB; write one object per line.`,
  )
}
