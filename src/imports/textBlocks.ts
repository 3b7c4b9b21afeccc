import { isUtf8 } from 'node:buffer'
import { createReadStream, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AttuneError } from '../base/index.ts'
import { importErrors } from './errors.ts'
import type { ImportPosition } from './source.ts'

/** Some whole lines of a text file. */
export interface TextBlock {
  /** The lines with their ends. */
  readonly text: string
  /** Offset of the first of them in the unpacked text. */
  readonly byte: number
  /** Its 1-based number. */
  readonly line: number
  /** Offset after the last line. */
  readonly endByte: number
  /** Bytes of the file on disk that were read so far. */
  readonly bytesRead: number
  /** Is it well-formed UTF-8? Otherwise broken places read as U+FFFD. */
  readonly clean: boolean
  /** Set, without a text, when the line at this place is too long to be taken. */
  readonly tooLong: boolean
  /** Of a line that is too long, its first character. */
  readonly head?: string
}

export const MAX_LINE_BYTES = 1_000_000
const BLOCK_BYTES = 128 * 1024
const LF = 0x0a
const CR = 0x0d

/** First bytes of a file. */
async function readHead(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Streams unpacked bytes; gzip is known by its first two bytes, not by the name. */
class Unpacked {
  readonly stream: Readable
  /** Unpacked bytes to leave out at the beginning. */
  readonly skip: number
  readonly #raw: ReadStream
  readonly #start: number

  constructor(path: string, isGzip: boolean, from: number) {
    this.skip = isGzip ? from : 0
    this.#start = isGzip ? 0 : from
    this.#raw = createReadStream(path, { start: this.#start, highWaterMark: BLOCK_BYTES })
    this.stream = isGzip
      ? pipeline(this.#raw, createGunzip({ chunkSize: BLOCK_BYTES }), () => undefined)
      : this.#raw
  }

  /** Bytes of the file on disk up to where reading is. */
  get bytesRead(): number {
    return this.#start + this.#raw.bytesRead
  }
}

function wrapReadError(path: string, error: unknown, place = `${path}:`): AttuneError {
  if (error instanceof AttuneError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code?.startsWith('Z_') === true) {
    return importErrors.IMPORTS_BROKEN_ARCHIVE(`${place} ${message}.`, { cause: error })
  }
  if (code === 'ENOENT') return importErrors.IMPORTS_NOT_FOUND(`${path} does not exist.`)
  return importErrors.IMPORTS_UNREADABLE(`${path}: ${message}.`, { cause: error })
}

/** Place after the last line end of a buffer; 0 when there is none. A closing CR may belong to a CRLF. */
function endOfLines(buffer: Buffer): number {
  const end = buffer.lastIndexOf(LF) + 1
  if (end > 0 || buffer.length < 2) return end
  return buffer.lastIndexOf(CR, buffer.length - 2) + 1
}

function countLines(text: string): number {
  return splitLines(text).length
}

/** Lines of a text without their ends, whichever of LF, CRLF and CR those are. */
export function splitLines(text: string): string[] {
  const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Cuts a stream of bytes into blocks of whole lines. */
class BlockCutter {
  readonly #source: Unpacked
  #rest: Buffer = Buffer.alloc(0)
  #byte: number
  #line: number
  /** Where a line that is too long began: its bytes are let go until its end. */
  #dropFrom: number | undefined
  #dropHead = ''

  constructor(source: Unpacked, from: ImportPosition) {
    this.#source = source
    this.#byte = from.byte
    this.#line = from.line
  }

  *add(chunk: Buffer): Generator<TextBlock> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    if (this.#dropFrom !== undefined) {
      const end = this.#rest.indexOf(LF) + 1
      this.#drop(end === 0 ? this.#rest.length : end)
      if (end === 0) return
      yield this.#dropped(this.#dropFrom)
    }
    const end = endOfLines(this.#rest)
    if (end > 0) yield this.#cut(end)
    if (this.#rest.length <= MAX_LINE_BYTES) return
    this.#dropFrom = this.#byte
    this.#dropHead = this.#rest
      .toString('utf8', 0, 64)
      .replace(/^\uFEFF/, '')
      .trim()
      .slice(0, 1)
    this.#drop(this.#rest.length)
  }

  *finish(): Generator<TextBlock> {
    if (this.#dropFrom !== undefined) yield this.#dropped(this.#dropFrom)
    else if (this.#rest.length > 0) yield this.#cut(this.#rest.length)
  }

  #drop(bytes: number): void {
    this.#byte += bytes
    this.#rest = this.#rest.subarray(bytes)
  }

  #dropped(byte: number): TextBlock {
    const { bytesRead } = this.#source
    const line = this.#line++
    this.#dropFrom = undefined
    const head = this.#dropHead
    return {
      text: '',
      head,
      byte,
      line,
      endByte: this.#byte,
      bytesRead,
      clean: true,
      tooLong: true,
    }
  }

  #cut(end: number): TextBlock {
    let bytes = this.#rest.subarray(0, end)
    this.#rest = this.#rest.subarray(end)
    const byte = this.#byte
    this.#byte += end
    if (byte === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      bytes = bytes.subarray(3)
    }
    const text = bytes.toString('utf8')
    const block = {
      text,
      byte: this.#byte - bytes.length,
      line: this.#line,
      endByte: this.#byte,
      bytesRead: this.#source.bytesRead,
      clean: isUtf8(bytes),
      tooLong: false,
    }
    this.#line += countLines(text)
    return block
  }
}

/**
 * Reads a text file, packed or not, as blocks of whole lines of about 128 KB, from a place on.
 * A packed file is unpacked again up to that place. Memory: two blocks, or one line of at most 1 MB.
 * @throws IMPORTS_NOT_FOUND, IMPORTS_UNREADABLE, IMPORTS_BROKEN_ARCHIVE, IMPORTS_WRONG_ENCODING (UTF-16)
 */
export async function* readTextBlocks(
  path: string,
  from: ImportPosition,
): AsyncGenerator<TextBlock> {
  try {
    const head = await readHead(path)
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    const source = new Unpacked(path, isGzip, from.byte)
    const cutter = new BlockCutter(source, from)
    let skip = source.skip
    for await (const chunk of source.stream as AsyncIterable<Buffer>) {
      const skipped = Math.min(skip, chunk.length)
      skip -= skipped
      if (skipped === chunk.length) continue
      const bytes = chunk.subarray(skipped)
      if (from.byte === 0) refuseUtf16(path, bytes)
      yield* cutter.add(bytes)
    }
    yield* cutter.finish()
  } catch (error) {
    throw wrapReadError(path, error)
  }
}

/**
 * The unpacked bytes of a file, in pieces.
 * @param place how to name the file and how far it was read, when it turns out to be damaged
 * @throws IMPORTS_NOT_FOUND, IMPORTS_UNREADABLE, IMPORTS_BROKEN_ARCHIVE, IMPORTS_WRONG_ENCODING (UTF-16)
 */
export async function* readUnpacked(path: string, place: () => string): AsyncGenerator<Buffer> {
  try {
    const head = await readHead(path)
    refuseUtf16(path, head)
    const source = new Unpacked(path, head[0] === 0x1f && head[1] === 0x8b, 0)
    yield* source.stream as AsyncIterable<Buffer>
  } catch (error) {
    throw wrapReadError(path, error, place())
  }
}

function refuseUtf16(path: string, bytes: Buffer): void {
  const mark = bytes.length > 1 ? bytes.readUInt16BE(0) : 0
  if (mark !== 0xfffe && mark !== 0xfeff) return
  throw importErrors.IMPORTS_WRONG_ENCODING(`${path} is UTF-16 text, expected UTF-8.`)
}

/**
 * The first line of a text file without its end; undefined when the file is empty. Of a
 * line of more than 1 MB only the first character is told.
 */
export async function readFirstLine(
  path: string,
): Promise<{ readonly text: string; readonly tooLong: boolean } | undefined> {
  for await (const block of readTextBlocks(path, { part: 0, byte: 0, line: 1 })) {
    return { text: block.head ?? splitLines(block.text)[0] ?? '', tooLong: block.tooLong }
  }
  return undefined
}
