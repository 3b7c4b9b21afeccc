import type { Json } from '../base/index.ts'
import { isRefusedId, parseTime } from '../events/index.ts'
import type { BoundMapping } from './mapping.ts'
import { columnWords, type Row } from './row.ts'
import type { RejectedRow } from './source.ts'

/** One row of a table, understood as something that a person did. */
export interface EventRow {
  readonly line: number
  /** Empty when not known; one of user and anonymous is not. */
  readonly user: string
  readonly anonymous: string
  readonly event: string
  /** Empty for events without one. */
  readonly item: string
  /** Milliseconds; NaN: no clock, `sequence` gives the order. */
  readonly time: number
  /** Place in the order of the person's rows; NaN when only the order of the lines is known. */
  readonly sequence: number
  /** NaN when not known, as with quantity and rating. */
  readonly price: number
  readonly quantity: number
  readonly rating: number
  readonly position: number
  readonly order: string
  readonly currency: string
  readonly country: string
  readonly properties: readonly (readonly [string, Json])[]
}

/** What other systems call the events that we know, in lower case without spaces and underscores. */
const EVENT_NAMES: Readonly<Record<string, string>> = {
  view: 'Product Viewed',
  pageview: 'Product Viewed',
  detail: 'Product Viewed',
  click: 'Product Clicked',
  cart: 'Product Added',
  addtocart: 'Product Added',
  atc: 'Product Added',
  removefromcart: 'Product Removed',
  wishlist: 'Product Added to Wishlist',
  addtowishlist: 'Product Added to Wishlist',
  purchase: 'Order Completed',
  buy: 'Order Completed',
  order: 'Order Completed',
  transaction: 'Order Completed',
  rating: 'Item Rated',
  rate: 'Item Rated',
  skip: 'Item Skipped',
}

/** Events that say nothing without an item. */
const NEED_ITEM = /^(product|item|order) /i
export const ORDER_COMPLETED = 'Order Completed'
export const ORDER_REFUNDED = 'Order Refunded'

const NOTHING: EventRow['properties'] = []

function readValue(text: string): Json {
  if (text === 'true') return true
  if (text === 'false') return false
  return text !== '' && String(Number(text)) === text ? Number(text) : text
}

/** Also seconds with a fraction, which spreadsheets and data frames write: 1700000000.0. */
function readTime(text: string): number | undefined {
  return parseTime(/^\d{9,13}\.\d+$/.test(text) ? Number(text) : text)
}

/** Reads rows as events, by a mapping. */
export class EventRowReader {
  readonly #file: string
  readonly #mapping: BoundMapping
  readonly #keepAllIds: boolean
  readonly #defaultEvent: string

  /** `keepAllIds`: a user whose id is refused elsewhere, such as 0, becomes `id-0`. */
  constructor(file: string, mapping: BoundMapping, keepAllIds: boolean) {
    this.#file = file
    this.#mapping = mapping
    this.#keepAllIds = keepAllIds
    const bought = mapping.has('order') || mapping.has('price') || mapping.has('quantity')
    this.#defaultEvent = mapping.has('rating')
      ? 'Item Rated'
      : bought
        ? ORDER_COMPLETED
        : 'Product Viewed'
  }

  /** An event, or why the row is none. */
  read(row: Row): EventRow | RejectedRow {
    const { fields } = row
    const width = this.#mapping.header.length
    if (fields.length !== width) {
      return this.#reject(
        row,
        'IMPORTS_RAGGED_ROW',
        `The row has ${fields.length} fields, the header has ${width}.`,
        fields.length < width ? fields.length : width,
      )
    }
    const named = this.#text(fields, 'user')
    const user = this.#keepAllIds ? keptId(named) : named
    const order = this.#text(fields, 'order')
    const anonymous = this.#text(fields, 'anonymous') || (user === '' ? byOrder(order) : '')
    if (isRefusedId(user) && isRefusedId(anonymous)) {
      return this.#rejectField(row, 'IMPORTS_NO_PERSON', 'user', 'The row names nobody')
    }
    return this.#readEvent(row, { user, anonymous, order })
  }

  #readEvent(
    row: Row,
    who: Pick<EventRow, 'user' | 'anonymous' | 'order'>,
  ): EventRow | RejectedRow {
    const { fields } = row
    const item = this.#text(fields, 'item')
    const named = this.#text(fields, 'event')
    let event = EVENT_NAMES[named.toLowerCase().replaceAll(/[\s_-]/g, '')] ?? named
    if (event === '') event = this.#defaultEvent
    if (item === '' && NEED_ITEM.test(event) && (named === '' || this.#mapping.has('item'))) {
      return this.#rejectField(row, 'IMPORTS_NO_ITEM', 'item', `${event} needs an item`)
    }
    const stamp = this.#text(fields, 'time')
    const time = stamp === '' ? Number.NaN : (readTime(stamp) ?? Number.POSITIVE_INFINITY)
    if (time === Infinity || (stamp === '' && this.#mapping.has('time'))) {
      return this.#rejectField(row, 'IMPORTS_BAD_TIME', 'time', 'The time cannot be read')
    }
    const numbers = this.#numbers(row)
    if ('code' in numbers) return numbers
    const refund = numbers.quantity < 0 && event === ORDER_COMPLETED
    return {
      line: row.line,
      ...who,
      event: refund ? ORDER_REFUNDED : event,
      item,
      time,
      sequence: Number.NaN,
      ...numbers,
      quantity: refund ? -numbers.quantity : numbers.quantity,
      currency: this.#text(fields, 'currency'),
      country: this.#text(fields, 'country'),
      properties: this.#properties(fields),
    }
  }

  #numbers(row: Row): Pick<EventRow, 'price' | 'quantity' | 'rating' | 'position'> | RejectedRow {
    const price = this.#number(row.fields, 'price')
    const quantity = this.#number(row.fields, 'quantity')
    const rating = this.#number(row.fields, 'rating')
    const position = this.#number(row.fields, 'position')
    const broken = [price, quantity, rating, position].indexOf(Infinity)
    if (broken >= 0) {
      const field = ['price', 'quantity', 'rating', 'position'][broken] ?? ''
      return this.#rejectField(row, 'IMPORTS_BAD_NUMBER', field, `The ${field} is no number`)
    }
    if (price < 0) {
      return this.#rejectField(row, 'IMPORTS_BAD_NUMBER', 'price', 'The price is below 0')
    }
    return { price, quantity, rating, position }
  }

  #properties(fields: readonly string[]): EventRow['properties'] {
    const { open } = this.#mapping
    if (open.length === 0) return NOTHING
    return open.flatMap(({ name, column }) => {
      const text = fields[column] ?? ''
      return text === '' ? [] : [[name, readValue(text)] as const]
    })
  }

  #text(fields: readonly string[], field: string): string {
    const place = this.#mapping.column(field)
    if (place >= 0) return (fields[place] ?? '').trim()
    return this.#mapping.literal(field) ?? ''
  }

  /** NaN when empty, Infinity when it is no number. */
  #number(fields: readonly string[], field: string): number {
    const text = this.#text(fields, field)
    if (text === '') return Number.NaN
    const value = Number(text)
    return Number.isFinite(value) && /^[-+.\d]/.test(text) ? value : Infinity
  }

  #rejectField(row: Row, code: string, field: string, what: string): RejectedRow {
    const place = this.#mapping.column(field)
    const text = this.#text(row.fields, field)
    const got = text === '' ? 'the field is empty' : `got ${JSON.stringify(text.slice(0, 40))}`
    const personal = field === 'user'
    const reason = personal ? `${what}: the field is empty or a placeholder.` : `${what}: ${got}.`
    return this.#reject(row, code, reason, place < 0 ? undefined : place)
  }

  #reject(row: Row, code: string, reason: string, place?: number): RejectedRow {
    const rejected = { file: this.#file, line: row.line, code, reason }
    if (place === undefined) return rejected
    return { ...rejected, column: columnWords(place, this.#mapping.header) }
  }
}

/** An id that no one refuses: placeholders such as 0 get a prefix. Empty stays empty. */
export function keptId(id: string): string {
  return id !== '' && isRefusedId(id) ? `id-${id}` : id
}

/** Who buys without a name is one anonymous visitor per order. */
function byOrder(order: string): string {
  return order === '' ? '' : `order-${order}`
}
