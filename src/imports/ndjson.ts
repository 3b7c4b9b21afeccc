import { stat } from 'node:fs/promises'
import { isJsonObject, type JsonObject } from '../base/index.ts'
import type { ImportBatch, ImportPart, ImportPosition, RejectedRow } from './source.ts'
import { readTextBlocks, splitLines } from './textBlocks.ts'

/** Lines of one JSON object each, as messages or items. */
export interface NdjsonOptions {
  readonly file: string
  readonly as: 'events' | 'items'
  readonly fingerprint: string
}

/** A file of JSON lines as part of a source. */
export async function ndjsonFile(path: string, options: NdjsonOptions): Promise<ImportPart> {
  const { size } = await stat(path)
  return { file: options.file, bytes: size, read: (from) => readLines(path, options, from) }
}

async function* readLines(
  path: string,
  options: NdjsonOptions,
  from: ImportPosition,
): AsyncGenerator<ImportBatch> {
  for await (const block of readTextBlocks(path, from)) {
    const reading = new NdjsonReading(options)
    if (block.tooLong) {
      reading.refuse(block.line, 'IMPORTS_LINE_TOO_LONG', 'The line is longer than 1 MB.')
    }
    const lines = splitLines(block.text)
    for (const [place, text] of lines.entries()) reading.add(text, block.line + place, block.clean)
    const line = block.line + lines.length + (block.tooLong ? 1 : 0)
    yield reading.batch({ part: 0, byte: block.endByte, line }, block.bytesRead)
  }
}

/** Collects the messages or items of some JSON texts. */
export class NdjsonReading {
  readonly #options: NdjsonOptions
  readonly #messages: string[] = []
  readonly #messageLines: number[] = []
  readonly #items: JsonObject[] = []
  readonly #itemLines: number[] = []
  readonly #rejected: RejectedRow[] = []

  constructor(options: NdjsonOptions) {
    this.#options = options
  }

  refuse(line: number, code: string, reason: string): void {
    this.#rejected.push({ file: this.#options.file, line, code, reason })
  }

  /** `clean`: the text is known to be well-formed UTF-8. */
  add(raw: string, line: number, clean: boolean): void {
    const text = raw.trim()
    if (text === '') return
    if (!clean && text.includes('\uFFFD')) {
      const place = text.indexOf('\uFFFD') + 1
      const reason = `The line is not UTF-8 from character ${place} on.`
      this.refuse(line, 'IMPORTS_WRONG_ENCODING', reason)
      return
    }
    const parsed = parseObject(text)
    if (typeof parsed === 'string') this.refuse(line, 'IMPORTS_BROKEN_JSON', parsed)
    else if (this.#options.as === 'items') {
      this.#items.push(parsed)
      this.#itemLines.push(line)
    } else {
      this.#messages.push(this.#withMessageId(text, parsed, line))
      this.#messageLines.push(line)
    }
  }

  batch(position: ImportPosition, bytesDone: number): ImportBatch {
    return {
      messages: this.#messages,
      messageLines: this.#messageLines,
      items: this.#items,
      itemLines: this.#itemLines,
      rejected: this.#rejected,
      file: this.#options.file,
      rows: this.#messages.length + this.#items.length + this.#rejected.length,
      position,
      bytesDone,
    }
  }

  /** The text as it stands when it has an id of its own; otherwise the line gives it one. */
  #withMessageId(text: string, parsed: JsonObject, line: number): string {
    const id = parsed['messageId']
    if (typeof id === 'string' ? id !== '' : typeof id === 'number') return text
    const given = `"messageId":"${this.#options.fingerprint}-${line}"`
    // The last of two equal keys counts, so the given one stands at the end.
    const body = text.slice(0, -1).trimEnd()
    return body === '{' ? `{${given}}` : `${body},${given}}`
  }
}

/** The object of a line, or what is wrong with it. */
function parseObject(text: string): JsonObject | string {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isJsonObject(parsed)) return parsed
    return `Expected one JSON object, got ${Array.isArray(parsed) ? 'a list' : typeof parsed}.`
  } catch (error) {
    const place = /position (\d+)/.exec((error as Error).message)?.[1]
    return place === undefined
      ? 'The line is no valid JSON: it ends too early.'
      : `The line is no valid JSON from character ${Number(place) + 1} on.`
  }
}
