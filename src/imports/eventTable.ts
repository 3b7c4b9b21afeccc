import { stat } from 'node:fs/promises'
import { type EventRow, EventRowReader } from './eventRow.ts'
import { type BoundMapping } from './mapping.ts'
import { type Gathering, MessageAssembler } from './messageAssembler.ts'
import type { Spacing } from './messageText.ts'
import type { Row, RowBlock } from './row.ts'
import { readRows, type TableFile } from './rowSource.ts'
import type { ImportBatch, ImportPart, ImportPosition, RejectedRow } from './source.ts'

/** How the rows of a table become messages. */
export interface EventTableOptions {
  readonly fingerprint: string
  readonly mapping: BoundMapping
  readonly gathering: Gathering
  readonly spacing: Spacing
  /** Give people whose id is a placeholder elsewhere, such as 0, an id that is taken. */
  readonly keepAllIds?: boolean
  /** What a protocol knows beyond the columns: changes a row or refuses it. */
  readonly adjust?: (event: EventRow, row: Row) => EventRow | RejectedRow
}

type RowBlocks = AsyncIterable<RowBlock & { readonly isLast: boolean }>

/** A table of events as part of a source. */
export async function eventTable(
  table: TableFile,
  options: EventTableOptions,
): Promise<ImportPart> {
  const { size } = await stat(table.path)
  return {
    file: table.file,
    bytes: size,
    read: (from) => readEvents(table.file, readRows(table, from), options, from),
  }
}

/** Batches of messages from blocks of rows, wherever those come from. */
export async function* readEvents(
  file: string,
  blocks: RowBlocks,
  options: EventTableOptions,
  from: ImportPosition,
): AsyncGenerator<ImportBatch> {
  const { fingerprint, gathering, spacing, adjust } = options
  const reader = new EventRowReader(file, options.mapping, options.keepAllIds ?? false)
  const assembler = new MessageAssembler(fingerprint, gathering, spacing)
  let position = from
  let held: Told = { rejected: [], rows: [] }
  for await (const block of blocks) {
    const rejected = [...held.rejected, ...block.rejected]
    for (const row of block.rows) {
      let event = reader.read(row)
      if (!('code' in event) && adjust !== undefined) event = adjust(event, row)
      if ('code' in event) rejected.push(event)
      else assembler.add(event)
    }
    if (block.isLast) assembler.finish()
    position = positionAfter(block, assembler.pendingLine, position)
    const { messages, lines } = assembler.take()
    const read = [...block.rows, ...block.rejected].map(({ line }) => line)
    const told = tellUpTo(position.line, { rejected, rows: held.rows.concat(read) })
    held = told.later
    yield {
      messages,
      messageLines: lines,
      items: [],
      itemLines: [],
      rejected: told.now.rejected,
      file,
      rows: told.now.rows.length,
      position,
      bytesDone: block.bytesRead,
    }
  }
}

/** Rejected rows, and the lines of all rows, that a batch reports. */
interface Told {
  readonly rejected: readonly RejectedRow[]
  readonly rows: readonly number[]
}

/** What lies after the place where reading would go on is told later, so that a second run does not tell it twice. */
function tellUpTo(line: number, all: Told): { now: Told; later: Told } {
  const before = (row: { readonly line: number }): boolean => row.line < line
  const rejected = all.rejected.toSorted((a, b) => a.line - b.line)
  return {
    now: { rejected: rejected.filter(before), rows: all.rows.filter((row) => row < line) },
    later: {
      rejected: rejected.filter((row) => !before(row)),
      rows: all.rows.filter((row) => row >= line),
    },
  }
}

/** Reading goes on at the first row that waits for others, else after the block. */
function positionAfter(
  block: RowBlock,
  pending: number | undefined,
  before: ImportPosition,
): ImportPosition {
  if (pending === undefined) return { part: 0, byte: block.endByte, line: block.endLine }
  if (pending < block.line) return before
  return { part: 0, byte: block.byteOf(pending), line: pending }
}
