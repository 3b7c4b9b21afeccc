import type { Protocol } from './dataset.ts'
import type { EventRow } from './eventRow.ts'
import { keptId, ORDER_COMPLETED, ORDER_REFUNDED } from './eventRow.ts'
import type { Gathering } from './messageAssembler.ts'
import type { Spacing } from './messageText.ts'
import type { Row } from './row.ts'
import type { RejectedRow } from './source.ts'

/** How the main table of a protocol is read. */
export interface ProtocolRules {
  /** Role of the table that holds what people did. */
  readonly role: string
  /** Column mapping in the notation of parseMapping. */
  readonly map: string
  readonly gathering: Gathering
  readonly spacing: Spacing
  /** Column that gives the order of a person's rows, where the table has it. */
  readonly sequence: string | undefined
  /** What a person should know about the reading. */
  readonly notes: readonly string[]
  readonly adjust?: (event: EventRow, row: Row, file: string) => EventRow | RejectedRow
}

const NO_CLOCK =
  'The table has no clock: times begin at 2020-01-01 and only keep the order of each person.'
const TEST_LEFT_OUT = 'The test table is not imported.'

const VIEWS = {
  map: 'user=user,item=item,event="Product Viewed"',
  gathering: 'person',
  spacing: 'place',
} as const

const NO_ORDER =
  'The table has neither clock nor order: all times are 2020-01-01, and nothing is learnt from the order of its lines.'

/** Protocol → how its table becomes events. */
export const PROTOCOL_RULES: Readonly<Record<Protocol, ProtocolRules>> = {
  ranking: {
    ...VIEWS,
    role: 'train',
    spacing: 'none',
    sequence: undefined,
    notes: [TEST_LEFT_OUT, NO_ORDER],
  },
  'sampled-leave-one-out': {
    ...VIEWS,
    role: 'train',
    sequence: 'order',
    notes: ['The test table and the negatives are not imported.', NO_CLOCK],
  },
  'next-item': {
    ...VIEWS,
    role: 'sequences',
    sequence: 'position',
    notes: [
      'The table holds the test item of each person, the last one, and is imported whole.',
      NO_CLOCK,
    ],
  },
  session: {
    role: 'train',
    map: 'anonymous=session,item=item,event="Product Viewed"',
    gathering: 'none',
    spacing: 'line',
    sequence: undefined,
    notes: [
      TEST_LEFT_OUT,
      'Each session is an anonymous visitor.',
      'The table has no clock: times begin at 2020-01-01 and only keep the order of the lines.',
    ],
    adjust: (event) => ({ ...event, anonymous: `session-${event.anonymous}` }),
  },
  'next-basket': {
    role: 'history',
    map: `user=user,item=item,order=basket,event="${ORDER_COMPLETED}"`,
    gathering: 'person',
    spacing: 'basket',
    sequence: 'basket',
    notes: [TEST_LEFT_OUT, 'Each basket is an order.', NO_CLOCK],
    adjust: (event) => ({ ...event, order: `basket-${event.user}-${event.order}` }),
  },
  transactions: {
    role: 'transactions',
    map: `user=customer,item=item,order=invoice,price=unit_price,quantity=quantity,event="${ORDER_COMPLETED}"`,
    gathering: 'order',
    spacing: 'line',
    sequence: undefined,
    notes: [
      'Each invoice is an order; lines with a negative quantity and invoices that begin with C are refunds.',
      'An invoice without customer belongs to an anonymous visitor of its own.',
      'Item titles are the most frequent descriptions, prices the medians over the purchases.',
    ],
    adjust: adjustTransaction,
  },
  ratings: {
    role: 'ratings',
    map: 'user=user,item=item,rating=rating,event="Item Rated"',
    gathering: 'person',
    spacing: 'place',
    sequence: 'order',
    notes: [
      'Without a column of times they begin at 2020-01-01 and only keep the order of each person.',
    ],
  },
}

/** Invoice numbers of cancellations: a C before the digits. */
export function isCancellation(invoice: string): boolean {
  return /^C\d/.test(invoice)
}

function adjustTransaction(event: EventRow, _row: Row, file: string): EventRow | RejectedRow {
  if (event.user === '' && !(event.price > 0)) {
    const code = 'IMPORTS_NOT_A_PURCHASE'
    return { file, line: event.line, code, reason: 'The line has neither a customer nor a price.' }
  }
  if (!isCancellation(event.order)) return event
  return { ...event, event: ORDER_REFUNDED, quantity: Math.abs(event.quantity) }
}

/** Person of a side table, under the id that the events give. */
export function personId(id: string): string {
  return keptId(id.trim())
}
