import { importErrors } from './errors.ts'
import { type Dialect, RowCutter, type RowBlock } from './row.ts'
import type { ImportPosition } from './source.ts'
import { readFirstLine, readTextBlocks, type TextBlock } from './textBlocks.ts'

/** A table whose header is known. */
export interface TableFile {
  readonly path: string
  /** File name without its folder. */
  readonly file: string
  readonly dialect: Dialect
  readonly header: readonly string[]
}

const CANDIDATES = [',', ';', '\t', '|'] as const

/** The delimiter that cuts the header into most fields; a comma when none does. */
function guessDelimiter(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string): number => bare.split(delimiter).length
  return CANDIDATES.reduce((best, next) => (count(next) > count(best) ? next : best))
}

/**
 * Reads the header line of a text table.
 * @throws IMPORTS_EMPTY_FILE, IMPORTS_WRONG_ENCODING, IMPORTS_BROKEN_QUOTES when the header cannot be cut
 */
export async function openTable(path: string, file: string, quotes: boolean): Promise<TableFile> {
  const line = await readFirstLine(path)
  if (line?.tooLong === true) {
    throw importErrors.IMPORTS_LINE_TOO_LONG(`${file} line 1, the header, is longer than 1 MB.`)
  }
  const first = line?.text
  if (first === undefined || first.trim() === '') {
    throw importErrors.IMPORTS_EMPTY_FILE(
      first === undefined
        ? `${file} has no bytes.`
        : `${file} line 1 is empty, expected the header.`,
    )
  }
  if (first.includes('\uFFFD')) {
    throw importErrors.IMPORTS_WRONG_ENCODING(`${file} line 1, the header, is not UTF-8.`)
  }
  const dialect = { delimiter: quotes ? guessDelimiter(first) : '\t', quotes }
  const block = { text: first, byte: 0, line: 1, endByte: 0, bytesRead: 0 }
  const cut = new RowCutter(file, dialect).cut({ ...block, clean: true, tooLong: false }, true)
  const fields = cut.rows[0]?.fields
  if (fields === undefined) {
    throw importErrors.IMPORTS_BROKEN_QUOTES(
      `${file} line 1, the header: ${cut.rejected[0]?.reason}`,
    )
  }
  return { path, file, dialect, header: fields.map((name) => name.trim()) }
}

/** Blocks, each with the word whether it is the last. */
async function* withLast(
  blocks: AsyncIterable<TextBlock>,
): AsyncGenerator<{ block: TextBlock; isLast: boolean }> {
  let waiting: TextBlock | undefined
  for await (const block of blocks) {
    if (waiting !== undefined) yield { block: waiting, isLast: false }
    waiting = block
  }
  if (waiting !== undefined) yield { block: waiting, isLast: true }
}

/** Streams the rows of a table after its header, from a place on. */
export async function* readRows(
  table: TableFile,
  from: ImportPosition,
): AsyncGenerator<RowBlock & { readonly isLast: boolean }> {
  const cutter = new RowCutter(table.file, table.dialect, table.header)
  let isHeader = from.byte === 0
  for await (const { block, isLast } of withLast(readTextBlocks(table.path, from))) {
    const cut = cutter.cut(block, isLast)
    yield { ...cut, rows: isHeader ? cut.rows.slice(1) : cut.rows, isLast }
    isHeader = false
  }
}
