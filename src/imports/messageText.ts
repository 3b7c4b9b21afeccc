import { HOUR, type JsonObject, MINUTE, SECOND } from '../base/index.ts'
import { isRefusedId } from '../events/index.ts'
import type { EventRow } from './eventRow.ts'

/**
 * Where time begins for rows without a clock: 2020-01-01T00:00Z. A fixed moment, so that a second import says
 * the same as the first.
 */
export const CLOCKLESS_START = 1_577_836_800_000

/**
 * How rows without a clock are spaced: by line, by place in the person's rows, by basket, or not at all: their order means
 * nothing.
 */
export type Spacing = 'line' | 'place' | 'basket' | 'none'
const STEP: Readonly<Record<Spacing, number>> = {
  line: SECOND,
  place: MINUTE,
  basket: HOUR,
  none: 0,
}

/** The made-up time of a row without a clock; keeps the order and says nothing else. */
export function clocklessTime(row: EventRow, spacing: Spacing): number {
  const place = spacing === 'line' || Number.isNaN(row.sequence) ? row.line : row.sequence
  return CLOCKLESS_START + place * STEP[spacing]
}

function personText(row: EventRow): string {
  const user = isRefusedId(row.user) ? '' : `"userId":${JSON.stringify(row.user)},`
  const anonymous = isRefusedId(row.anonymous)
    ? ''
    : `"anonymousId":${JSON.stringify(row.anonymous)},`
  return user + anonymous
}

function productText(row: EventRow): string {
  let text = `"product_id":${JSON.stringify(row.item)}`
  if (!Number.isNaN(row.price)) text += `,"price":${row.price}`
  if (!Number.isNaN(row.quantity)) text += `,"quantity":${row.quantity}`
  if (!Number.isNaN(row.position)) text += `,"position":${row.position}`
  return text
}

function extraText(row: EventRow): string {
  let text = ''
  if (row.currency !== '') text += `,"currency":${JSON.stringify(row.currency)}`
  for (const [name, value] of row.properties) {
    text += `,${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  return text
}

function singleProperties(row: EventRow): string {
  const order = row.order === '' ? '' : `,"order_id":${JSON.stringify(row.order)}`
  const rating = Number.isNaN(row.rating) ? '' : `,"rating":${row.rating}`
  const product = row.item === '' ? '' : productText(row)
  return (product + order + rating + extraText(row)).replace(/^,/, '')
}

function orderProperties(rows: readonly EventRow[]): string {
  const [first] = rows as [EventRow]
  const products = rows.map((row) => `{${productText(row)}}`).join(',')
  const order = first.order === '' ? '' : `"order_id":${JSON.stringify(first.order)},`
  const priced = rows.every(({ price }) => !Number.isNaN(price))
  const total = rows.reduce(
    (sum, { price, quantity }) => sum + price * (Number.isNaN(quantity) ? 1 : quantity),
    0,
  )
  const sum = priced ? `"total":${Number(total.toFixed(2))},` : ''
  return `${order}${sum}"products":[${products}]${extraText(first)}`
}

/**
 * The JSON text of a Segment track message for rows of one order, or for one row of anything else.
 * @param time Milliseconds.
 */
export function messageText(rows: readonly EventRow[], messageId: string, time: number): string {
  const [first] = rows as [EventRow]
  const isOrder = first.event.startsWith('Order ')
  const properties = isOrder ? orderProperties(rows) : singleProperties(first)
  const country =
    first.country === ''
      ? ''
      : `,"context":{"location":{"country":${JSON.stringify(first.country)}}}`
  return `{"messageId":"${messageId}","type":"track","event":${JSON.stringify(first.event)},${personText(first)}"timestamp":"${new Date(time).toISOString()}","properties":{${properties}}${country}}`
}

/** The JSON text of an identify message. */
export function identifyText(user: string, traits: JsonObject, messageId: string): string {
  const timestamp = new Date(CLOCKLESS_START).toISOString()
  return JSON.stringify({ messageId, type: 'identify', userId: user, timestamp, traits })
}
