import { join } from 'node:path'
import { type Dataset, readDataset } from './dataset.ts'
import { importErrors } from './errors.ts'
import { eventTable } from './eventTable.ts'
import { fileSignature, fingerprintOf } from './fingerprint.ts'
import { itemTable } from './itemTable.ts'
import { bindMapping, parseMapping } from './mapping.ts'
import { PROTOCOL_RULES, type ProtocolRules } from './protocol.ts'
import { openTable, type TableFile } from './rowSource.ts'
import { soldItems } from './soldItems.ts'
import { type ImportPart, type ImportSource, readParts } from './source.ts'
import { userTable } from './userTable.ts'

/**
 * Opens a folder with a dataset.json: items first, then people, then what they did. Columns are found by name;
 * nothing depends on which data set it is.
 * @throws IMPORTS_WRONG_FOLDER, IMPORTS_NOT_FOUND, IMPORTS_MISSING_COLUMN, IMPORTS_EMPTY_FILE
 */
export async function openFolder(folder: string): Promise<ImportSource> {
  const dataset = await readDataset(folder)
  const rules = PROTOCOL_RULES[dataset.protocol]
  const main = await openRole(dataset, rules.role)
  const side = await openSideTables(dataset)
  const tables = [main, side.items, side.users].filter((table) => table !== undefined)
  const signatures = await Promise.all(tables.map(({ path }) => fileSignature(path)))
  const fingerprint = fingerprintOf(signatures, [dataset.protocol])
  const parts: ImportPart[] = []
  if (side.items !== undefined) parts.push(await itemPart(side.items))
  else if (dataset.protocol === 'transactions') parts.push(await soldItems(main))
  if (side.users !== undefined) parts.push(await userPart(side.users, `${fingerprint}.u`))
  parts.push(await mainPart(main, rules, `${fingerprint}.e`))
  const hasItems = side.items !== undefined || dataset.protocol === 'transactions'
  return {
    title: dataset.title,
    format: 'folder',
    kind: hasItems ? 'events and items' : 'events',
    totalBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    fingerprint,
    notes: rules.notes,
    read: (from) => readParts(parts, from),
  }
}

async function openRole(dataset: Dataset, role: string): Promise<TableFile> {
  const file = dataset.files.get(role)
  if (file === undefined) {
    throw importErrors.IMPORTS_WRONG_FOLDER(
      `dataset.json: the protocol ${dataset.protocol} needs files.${role}.`,
    )
  }
  return openTable(join(dataset.folder, file), file, false)
}

async function openSideTables(
  dataset: Dataset,
): Promise<{ items: TableFile | undefined; users: TableFile | undefined }> {
  const open = async (role: string): Promise<TableFile | undefined> =>
    dataset.files.has(role) ? openRole(dataset, role) : undefined
  return { items: await open('items'), users: await open('users') }
}

async function itemPart(table: TableFile): Promise<ImportPart> {
  const mapping = parseMapping('id=item', 'items')
  return itemTable(table, bindMapping(mapping, table.header, 'items', table.file))
}

async function userPart(table: TableFile, fingerprint: string): Promise<ImportPart> {
  const column = table.header.indexOf('user')
  if (column < 0) {
    throw importErrors.IMPORTS_MISSING_COLUMN(
      `${table.file} line 1 has no column "user"; it has ${table.header.join(', ')}.`,
    )
  }
  return userTable(table, column, fingerprint)
}

async function mainPart(
  table: TableFile,
  rules: ProtocolRules,
  fingerprint: string,
): Promise<ImportPart> {
  const optional = ['time', 'country'].filter((name) => table.header.includes(name))
  const map = [rules.map, ...optional.map((name) => `${name}=${name}`)].join(',')
  // Nothing is guessed: the column order of a protocol is a place in time, not an order in a shop.
  const mapping = bindMapping(parseMapping(map), table.header, 'events', table.file, false)
  const sequence = rules.sequence === undefined ? -1 : table.header.indexOf(rules.sequence)
  const { adjust } = rules
  return eventTable(table, {
    fingerprint,
    mapping,
    gathering: rules.gathering,
    spacing: rules.spacing,
    keepAllIds: true,
    adjust: (event, row) => {
      const placed = sequence < 0 ? event : { ...event, sequence: Number(row.fields[sequence]) }
      return adjust === undefined ? placed : adjust(placed, row, table.file)
    },
  })
}
