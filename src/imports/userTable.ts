import { stat } from 'node:fs/promises'
import type { Json } from '../base/index.ts'
import { identifyText } from './messageText.ts'
import { personId } from './protocol.ts'
import type { Row } from './row.ts'
import { readRows, type TableFile } from './rowSource.ts'
import type { ImportBatch, ImportPart, ImportPosition, RejectedRow } from './source.ts'

/** A table of people, one a row: each becomes an identify message with the other columns as traits. */
export async function userTable(
  table: TableFile,
  userColumn: number,
  fingerprint: string,
): Promise<ImportPart> {
  const { size } = await stat(table.path)
  return {
    file: table.file,
    bytes: size,
    read: (from) => readUsers(table, userColumn, fingerprint, from),
  }
}

async function* readUsers(
  table: TableFile,
  userColumn: number,
  fingerprint: string,
  from: ImportPosition,
): AsyncGenerator<ImportBatch> {
  for await (const block of readRows(table, from)) {
    const messages: string[] = []
    const messageLines: number[] = []
    const rejected: RejectedRow[] = [...block.rejected]
    for (const row of block.rows) {
      const user = personId(row.fields[userColumn] ?? '')
      if (user === '' || row.fields.length !== table.header.length) {
        rejected.push(brokenUser(table, row, user))
        continue
      }
      const traits = traitsOf(table.header, row, userColumn)
      messages.push(identifyText(user, traits, `${fingerprint}-${row.line}`))
      messageLines.push(row.line)
    }
    yield {
      messages,
      messageLines,
      items: [],
      itemLines: [],
      rejected,
      file: table.file,
      rows: block.rows.length + block.rejected.length,
      position: { part: 0, byte: block.endByte, line: block.endLine },
      bytesDone: block.bytesRead,
    }
  }
}

function brokenUser(table: TableFile, row: Row, user: string): RejectedRow {
  const at = { file: table.file, line: row.line }
  if (user === '') return { ...at, code: 'IMPORTS_NO_PERSON', reason: 'The row names nobody.' }
  const reason = `The row has ${row.fields.length} fields, the header has ${table.header.length}.`
  return { ...at, code: 'IMPORTS_RAGGED_ROW', reason }
}

function traitsOf(header: readonly string[], row: Row, userColumn: number): Record<string, Json> {
  const traits: [string, Json][] = []
  for (const [place, name] of header.entries()) {
    const text = (row.fields[place] ?? '').trim()
    if (place === userColumn || text === '' || name === '__proto__') continue
    traits.push([name, String(Number(text)) === text ? Number(text) : text])
  }
  return Object.fromEntries(traits)
}
