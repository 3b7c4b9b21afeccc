import { parse } from 'csv-parse/sync'
import type { RejectedRow } from './source.ts'
import { splitLines, type TextBlock } from './textBlocks.ts'

/** One row of a table, cut into fields. */
export interface Row {
  /** 1-based line on which it begins. */
  readonly line: number
  readonly fields: readonly string[]
}

/** The rows of one text block. */
export interface RowBlock {
  readonly rows: readonly Row[]
  readonly rejected: readonly RejectedRow[]
  /** Offset at which a line of this block begins. */
  byteOf(line: number): number
  readonly line: number
  /** Place after the last row; what comes after a row that goes on in the next block is not in it. */
  readonly endByte: number
  readonly endLine: number
  readonly bytesRead: number
}

/** How a table's lines become fields. */
export interface Dialect {
  readonly delimiter: string
  /** Are fields quoted as RFC 4180 says? Otherwise a quote is a plain character. */
  readonly quotes: boolean
}

/** A quoted field that is not closed after this many lines is taken for a broken quote of its first line. */
const MAX_RECORD_LINES = 100

/** Offset in a block's text at which its n-th line (from 0) begins. */
function textOffset(text: string, n: number): number {
  const ends = /\r\n|\n|\r/g
  for (let i = 0; i < n; i++) if (ends.exec(text) === null) return text.length
  return ends.lastIndex
}

function hasOddQuotes(line: string): boolean {
  let odd = false
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) odd = !odd
  return odd
}

/** The text of a row with quoted fields. Cutting all of a block at once is four times faster. */
interface QuotedRow {
  readonly line: number
  /** Its lines, joined by LF. */
  readonly text: string
}

/** Cuts the lines of one file into rows, block by block. */
export class RowCutter {
  readonly #file: string
  readonly #dialect: Dialect
  readonly #header: readonly string[]
  /** Lines of a row that goes on in the next block. */
  #carried: { text: string; byte: number; line: number } | undefined

  /** @param header names for the columns of rejected rows, where it is known */
  constructor(file: string, dialect: Dialect, header: readonly string[] = []) {
    this.#file = file
    this.#dialect = dialect
    this.#header = header
  }

  /** `isLast`: no block follows, so an open quote stays open. */
  cut(block: TextBlock, isLast: boolean): RowBlock {
    const carried = this.#carried
    this.#carried = undefined
    const text = (carried?.text ?? '') + block.text
    const line = carried?.line ?? block.line
    const byte = carried?.byte ?? block.byte
    const byteOf = (wanted: number): number =>
      byte + Buffer.byteLength(text.slice(0, textOffset(text, wanted - line)))
    const cutting = new BlockCutting(this.#file, this.#dialect, this.#header, line)
    if (block.tooLong) cutting.refuse(block.line, 'IMPORTS_LINE_TOO_LONG', LINE_TOO_LONG)
    const lines = splitLines(text)
    const open = cutting.cut(lines, isLast || block.tooLong, block.clean)
    const endLine = open === undefined ? line + lines.length + (block.tooLong ? 1 : 0) : line + open
    if (open !== undefined) {
      const offset = textOffset(text, open)
      this.#carried = { text: text.slice(offset), byte: byteOf(endLine), line: endLine }
    }
    const endByte = this.#carried?.byte ?? block.endByte
    const rows = cutting.rows()
    const rejected = cutting.rejected.sort((a, b) => a.line - b.line)
    return { rows, rejected, byteOf, line, endByte, endLine, bytesRead: block.bytesRead }
  }
}

const NOT_UTF8 = 'The line is not UTF-8.'
const LINE_TOO_LONG = 'The line is longer than 1 MB.'

class BlockCutting {
  readonly rejected: RejectedRow[] = []
  readonly #file: string
  readonly #dialect: Dialect
  readonly #header: readonly string[]
  readonly #firstLine: number
  readonly #cut: (Row | QuotedRow)[] = []

  constructor(file: string, dialect: Dialect, header: readonly string[], firstLine: number) {
    this.#file = file
    this.#dialect = dialect
    this.#header = header
    this.#firstLine = firstLine
  }

  refuse(line: number, code: string, reason: string, column?: number): void {
    const row = { file: this.#file, line, code, reason }
    if (column === undefined) this.rejected.push(row)
    else this.rejected.push({ ...row, column: columnWords(column, this.#header) })
  }

  /** @returns the place of the line whose row goes on after the last line, if there is one. */
  cut(lines: readonly string[], isLast: boolean, clean: boolean): number | undefined {
    const { delimiter, quotes } = this.#dialect
    for (let at = 0; at < lines.length; at++) {
      const text = lines[at] ?? ''
      const line = this.#firstLine + at
      if (text === '') continue
      if (!clean && text.includes('\uFFFD')) {
        this.refuse(line, 'IMPORTS_WRONG_ENCODING', NOT_UTF8, columnAt(text, this.#dialect))
      } else if (!quotes || !text.includes('"')) {
        this.#cut.push({ line, fields: text.split(delimiter) })
      } else {
        const end = endOfRecord(lines, at)
        if (end === 'open' && !isLast) return at
        if (typeof end === 'string') this.#refuseOpenQuote(text, line)
        else {
          this.#cut.push({ line, text: lines.slice(at, end).join('\n') })
          at = end - 1
        }
      }
    }
    return undefined
  }

  /** All rows cut so far, in order. */
  rows(): readonly Row[] {
    const quoted = this.#cut.flatMap((row) => ('text' in row ? [row.text] : []))
    if (quoted.length === 0) return this.#cut as readonly Row[]
    let records: readonly (readonly string[])[] = []
    try {
      records = cutRecords(quoted.join('\n'), this.#dialect.delimiter)
    } catch {
      // One of them is broken: they are cut one by one below.
    }
    if (records.length !== quoted.length) return this.#cut.flatMap((row) => this.#cutAlone(row))
    let next = 0
    return this.#cut.map((row) =>
      'text' in row ? { line: row.line, fields: records[next++] ?? [] } : row,
    )
  }

  #cutAlone(row: Row | QuotedRow): readonly Row[] {
    if (!('text' in row)) return [row]
    try {
      const [fields = []] = cutRecords(row.text, this.#dialect.delimiter)
      return [{ line: row.line, fields }]
    } catch (error) {
      const column = (error as { column?: unknown }).column
      this.refuse(row.line, BROKEN, MISPLACED, typeof column === 'number' ? column : undefined)
    }
    // Only the first line is given up: the others may be rows of their own.
    const [, ...others] = row.text.split('\n')
    if (others.length === 0) return []
    const again = new BlockCutting(this.#file, this.#dialect, this.#header, row.line + 1)
    again.cut(others, true, true)
    const rows = again.rows()
    this.rejected.push(...again.rejected)
    return rows
  }

  #refuseOpenQuote(text: string, line: number): void {
    const before = text.slice(0, text.lastIndexOf('"')).split(this.#dialect.delimiter)
    this.refuse(line, BROKEN, 'A quote is opened and never closed.', before.length - 1)
  }
}

const BROKEN = 'IMPORTS_BROKEN_QUOTES'
const MISPLACED = 'A quote stands inside an unquoted field, or text stands after a closing quote.'

/** Place of a column, from 0, as rejected rows tell it: counted from 1, with its name. */
export function columnWords(place: number, header: readonly string[]): string {
  const name = header[place] ?? ''
  return name === '' ? `${place + 1}` : `${place + 1} (${name})`
}

/** Column, from 0, of the first character of a line that was not UTF-8; delimiters inside quotes do not count. */
function columnAt(line: string, { delimiter, quotes }: Dialect): number {
  const before = line.slice(0, line.indexOf('\uFFFD'))
  const bare = quotes ? before.replaceAll(/"[^"]*(?:"|$)/g, '') : before
  return bare.split(delimiter).length - 1
}

/** Place after the last line of the row that begins at a line, or that it ends nowhere. */
function endOfRecord(lines: readonly string[], at: number): number | 'open' | 'endless' {
  let odd = false
  for (let end = at; end < lines.length; end++) {
    if (end - at >= MAX_RECORD_LINES) return 'endless'
    odd = odd !== hasOddQuotes(lines[end] ?? '')
    if (!odd) return end + 1
  }
  return 'open'
}

function cutRecords(text: string, delimiter: string): string[][] {
  return parse(text, { delimiter, relax_column_count: true, record_delimiter: ['\n'] })
}
