import type { Item } from './item.ts'

/**
 * What the state keeps of an item: its number, when it was first described, and its content.
 *
 * Bytes: length of the head (4 bytes, little endian), head, tail; both JSON. The tail holds the long texts that no
 * column needs (description, image, url), so that opening a catalogue never parses them.
 */
export interface ItemRow {
  /** Dense number. */
  readonly n: number
  /** First upsert, milliseconds; absent for items seen in events alone. */
  readonly at?: number
  readonly item?: Item
  /** The item was removed; its number stays taken. */
  readonly removed?: true
}

const LENGTH_BYTES = 4

export function encodeItemRow(row: ItemRow): Uint8Array {
  if (row.item === undefined) return packed(JSON.stringify(row), '')
  const { description, image, url, ...columns } = row.item
  const tail = description ?? image ?? url
  return packed(
    JSON.stringify({ ...row, item: columns }),
    tail === undefined ? '' : JSON.stringify({ description, image, url }),
  )
}

/** The row without description, image and url. */
export function decodeItemHead(bytes: Uint8Array): ItemRow {
  const row = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = LENGTH_BYTES + row.readUInt32LE(0)
  return JSON.parse(row.toString('utf8', LENGTH_BYTES, end)) as ItemRow
}

export function decodeItemRow(bytes: Uint8Array): ItemRow {
  const head = decodeItemHead(bytes)
  const row = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tail = row.toString('utf8', LENGTH_BYTES + row.readUInt32LE(0))
  if (head.item === undefined || tail === '') return head
  return { ...head, item: { ...head.item, ...(JSON.parse(tail) as Partial<Item>) } }
}

function packed(head: string, tail: string): Uint8Array {
  const headBytes = Buffer.byteLength(head)
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + headBytes + Buffer.byteLength(tail))
  bytes.writeUInt32LE(headBytes, 0)
  bytes.write(head, LENGTH_BYTES)
  bytes.write(tail, LENGTH_BYTES + headBytes)
  return bytes
}
