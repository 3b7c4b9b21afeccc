import type { Item } from './item.ts'

/** What the state keeps of an item, as JSON: its number, when it was first described, and its content. */
export interface ItemRow {
  /** Dense number. */
  readonly n: number
  /** First upsert, milliseconds; absent for items seen in events alone. */
  readonly at?: number
  readonly item?: Item
  /** The item was removed; its number stays taken. */
  readonly removed?: true
}

const utf8 = new TextEncoder()
const text = new TextDecoder()

export function encodeItemRow(row: ItemRow): Uint8Array {
  return utf8.encode(JSON.stringify(row))
}

export function decodeItemRow(bytes: Uint8Array): ItemRow {
  return JSON.parse(text.decode(bytes)) as ItemRow
}
