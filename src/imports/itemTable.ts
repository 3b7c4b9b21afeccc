import { stat } from 'node:fs/promises'
import type { JsonObject } from '../base/index.ts'
import { ItemRowReader } from './itemRow.ts'
import type { BoundMapping } from './mapping.ts'
import type { RowBlock } from './row.ts'
import { readRows, type TableFile } from './rowSource.ts'
import type { ImportBatch, ImportPart } from './source.ts'

/** A table of items as part of a source. */
export async function itemTable(table: TableFile, mapping: BoundMapping): Promise<ImportPart> {
  const { size } = await stat(table.path)
  return {
    file: table.file,
    bytes: size,
    read: (from) => readItems(table.file, readRows(table, from), mapping),
  }
}

/** Batches of item documents from blocks of rows. */
export async function* readItems(
  file: string,
  blocks: AsyncIterable<RowBlock>,
  mapping: BoundMapping,
): AsyncGenerator<ImportBatch> {
  const reader = new ItemRowReader(file, mapping)
  for await (const block of blocks) {
    const rejected = [...block.rejected]
    const items: JsonObject[] = []
    const itemLines: number[] = []
    for (const row of block.rows) {
      const read = reader.read(row)
      if ('code' in read) rejected.push(read)
      else {
        items.push(read.item)
        itemLines.push(row.line)
      }
    }
    yield {
      messages: [],
      messageLines: [],
      items,
      itemLines,
      rejected,
      file,
      rows: block.rows.length + block.rejected.length,
      position: { part: 0, byte: block.endByte, line: block.endLine },
      bytesDone: block.bytesRead,
    }
  }
}
