import type { RecentEvent } from './profile.ts'
import type { RowReader, RowWriter } from './rowBytes.ts'

const EVENTS_KEPT = 30
const LONGEST_NAME = 80

/** Names that cost one byte in a row. Part of the stored format: append only, at most 254. */
const KNOWN_NAMES = [
  'identify',
  'group',
  'alias',
  'Page Viewed',
  'Screen Viewed',
  'Products Searched',
  'Product List Viewed',
  'Product List Filtered',
  'Promotion Viewed',
  'Promotion Clicked',
  'Product Clicked',
  'Product Viewed',
  'Product Added',
  'Product Removed',
  'Cart Viewed',
  'Checkout Started',
  'Checkout Step Viewed',
  'Checkout Step Completed',
  'Payment Info Entered',
  'Order Updated',
  'Order Completed',
  'Order Refunded',
  'Order Cancelled',
  'Coupon Entered',
  'Coupon Applied',
  'Coupon Denied',
  'Coupon Removed',
  'Product Added to Wishlist',
  'Product Removed from Wishlist',
  'Wishlist Product Added to Cart',
  'Product Shared',
  'Cart Shared',
  'Product Reviewed',
  'Item Rated',
  'Item Skipped',
  'Video Playback Started',
  'Video Playback Completed',
  'Video Content Started',
  'Video Content Completed',
  'Signed Up',
  'Signed In',
  'Signed Out',
] as const
const NAME_CODES: ReadonlyMap<string, number> = new Map(KNOWN_NAMES.map((name, i) => [name, i + 1]))

/** A new list with the event in place by time, newest last. */
export function withRecent(
  recent: readonly RecentEvent[],
  name: string,
  time: number,
  item: number | undefined,
): readonly RecentEvent[] {
  const list = recent.slice(recent.length >= EVENTS_KEPT ? 1 : 0)
  const oldest = recent.length >= EVENTS_KEPT ? recent[0] : undefined
  if (oldest !== undefined && oldest.time > time) return recent
  const event = { name: keptName(name), time, item }
  let at = list.length
  while (at > 0 && (list[at - 1] as RecentEvent).time > time) at--
  if (at === list.length) list.push(event)
  else list.splice(at, 0, event)
  return list
}

export function mergeRecent(
  survivor: readonly RecentEvent[],
  other: readonly RecentEvent[],
): readonly RecentEvent[] {
  return [...survivor, ...other].sort((a, b) => a.time - b.time).slice(-EVENTS_KEPT)
}

function keptName(name: string): string {
  return NAME_CODES.has(name) ? name : name.slice(0, LONGEST_NAME).toWellFormed()
}

export function encodeRecent(recent: readonly RecentEvent[], writer: RowWriter): void {
  writer.varint(recent.length)
  let previous = 0
  for (let i = 0; i < recent.length; i++) {
    const { name, time, item } = recent[i] as RecentEvent
    const code = NAME_CODES.get(name) ?? 0
    writer.byte(code)
    if (code === 0) writer.text(name)
    if (i === 0) writer.signed(time)
    else writer.varint(time - previous)
    writer.varint(item === undefined ? 0 : item + 1)
    previous = time
  }
}

export function decodeRecent(reader: RowReader): readonly RecentEvent[] {
  const count = reader.varint()
  const recent: RecentEvent[] = []
  let time = 0
  for (let i = 0; i < count; i++) {
    const code = reader.byte()
    const name = code === 0 ? reader.text() : (KNOWN_NAMES[code - 1] as string)
    time = i === 0 ? reader.signed() : time + reader.varint()
    const item = reader.varint()
    recent.push({ name, time, item: item === 0 ? undefined : item - 1 })
  }
  return recent
}
