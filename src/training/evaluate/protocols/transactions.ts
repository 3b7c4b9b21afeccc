import { DAY } from '../../../base/index.ts'
import { IdColumn, IdDictionary, NumberColumn } from '../../../imports/index.ts'
import {
  type Histories,
  historyOf,
  type Questions,
  type TrainingData,
} from '../../../models/index.ts'
import { trainingErrors } from '../../errors.ts'
import { attributesOf, type Catalogue, readItems } from '../catalogue.ts'
import { candidatesHad, ListBuilder, withoutEvents } from '../cutting.ts'
import { type DatasetTables, daysOf } from '../datasetTables.ts'
import { groupEvents } from '../eventRows.ts'
import { idOrder } from '../idOrder.ts'
import type { Cut, TaskQuestions } from '../sealedTest.ts'
import { traitsOf } from '../traits.ts'
import type { ProtocolReader } from './reading.ts'

/** Share of the time of the training part that a cut hides. */
const HIDDEN = 0.2

/**
 * What customers buy after a point in time, out of the items bought before it: all of it, or only what is new to them.
 * The point is the first time that `rules` names in ISO 8601; without one, 80 % of the purchase lines lie before it.
 */
export const transactions: ProtocolReader = async (tables, options) => {
  const { read, countries } = await readLines(tables)
  const split = splitTime(tables.dataset.rules, read.time)
  const { lines, people } = ofEarlyCustomers(tables, read, split)
  const table = await readItems(tables)
  const { catalogue, numberOf } = boughtBefore(tables, lines, split)
  if (catalogue.items === 0) {
    throw trainingErrors.TRAINING_EMPTY_DATA('No purchase line lies before the split.')
  }
  const { histories: grouped, row } = groupEvents(
    {
      person: lines.person,
      item: lines.item.map((code) => numberOf[code] as number),
      order: lines.order,
      basket: Int32Array.from(lines.order),
      time: lines.time,
    },
    people,
    catalogue.items,
  )
  const { person, country } = lines
  const traits =
    options.attributes && country.length > 0
      ? traitsOf(people, [{ name: 'country', person, codes: country, dictionary: countries }])
      : undefined
  const all = { ...grouped, ...(traits && { traits }) }
  const gain = Float64Array.from(row, (r) => lines.revenue[r] as number)
  const { before, tasks } = splitAt({ histories: all, gain }, split)
  const attributes = table && options.attributes ? attributesOf(table, catalogue) : undefined
  const known = lines.item.map((code, r) =>
    (lines.time[r] as number) < split ? (numberOf[code] as number) : -1,
  )
  const prices = meanPrices(known, lines.price, catalogue.items)
  const data: TrainingData = {
    histories: before.histories,
    ...(attributes && { attributes }),
    ...(options.attributes && { numbers: { names: ['price'], values: prices } }),
  }
  return {
    training: {
      data,
      tasks: ['all', 'new'],
      // The same at an earlier time; nothing of it depends on chance.
      cut: () => earlierCut(data, before),
    },
    readTest: () => Promise.resolve(tasks),
  }
}

/** Purchase lines, in the order of the file. */
interface PurchaseLines {
  readonly person: Int32Array
  readonly item: Int32Array
  /** Place of the line's invoice among all invoices by time. */
  readonly order: Float64Array
  /** Days. */
  readonly time: Float64Array
  readonly revenue: Float64Array
  /** Of one piece. */
  readonly price: Float64Array
  /** Of the customer, by dictionary number; empty when the table has no such column. */
  readonly country: Int32Array
}

/**
 * Lines with a customer, a quantity and a price above 0 and an invoice that is no cancellation (C and digits). Where
 * `rules` says so, items must begin with five digits.
 */
async function readLines(
  tables: DatasetTables,
): Promise<{ readonly read: PurchaseLines; readonly countries: IdDictionary }> {
  const invoice = new IdColumn()
  const customer = new IdColumn(tables.people, { empty: true })
  const item = new IdColumn(tables.items, { empty: true })
  const quantity = new NumberColumn()
  const price = new NumberColumn()
  const time = new IdColumn()
  const country = new IdColumn(new IdDictionary(), { optional: true, empty: true })
  await tables.read('transactions', {
    invoice,
    item,
    quantity,
    time,
    unit_price: price,
    customer,
    country,
  })
  const days = daysOf(time, tables.dataset.files.get('transactions') ?? '')
  const cancelled = matching(invoice.dictionary, /^C\d/)
  const someone = matching(tables.people, /./)
  const digits = /beginning with five digits/.test(tables.dataset.rules)
  const goods = matching(tables.items, digits ? /^\d{5}/ : /./)
  // Taken once: every reading of a column makes a view.
  const invoices = invoice.codes
  const customers = customer.codes
  const goodsOf = item.codes
  const quantities = quantity.values
  const prices = price.values
  const kept = Uint32Array.from(invoices, (_, r) => r).filter(
    (r) =>
      someone[customers[r] as number] === 1 &&
      goods[goodsOf[r] as number] === 1 &&
      cancelled[invoices[r] as number] === 0 &&
      (quantities[r] as number) > 0 &&
      (prices[r] as number) > 0,
  )
  const order = invoiceOrder(invoice, days)
  const countryOf = country.codes
  const read = {
    person: Int32Array.from(kept, (r) => customers[r] as number),
    item: Int32Array.from(kept, (r) => goodsOf[r] as number),
    order: Float64Array.from(kept, (r) => order[invoices[r] as number] as number),
    time: Float64Array.from(kept, (r) => days[r] as number),
    revenue: Float64Array.from(kept, (r) => (quantities[r] as number) * (prices[r] as number)),
    price: Float64Array.from(kept, (r) => prices[r] as number),
    country:
      countryOf.length === 0 ? countryOf : Int32Array.from(kept, (r) => countryOf[r] as number),
  }
  return { read, countries: country.dictionary }
}

/** Mean price of each item over its lines; NaN without any. An item below 0 does not count. */
function meanPrices(item: Int32Array, price: Float64Array, items: number): Float32Array {
  const sum = new Float64Array(items)
  const lines = new Uint32Array(items)
  item.forEach((i, r) => {
    if (i < 0) return
    sum[i] = (sum[i] as number) + (price[r] as number)
    lines[i] = (lines[i] as number) + 1
  })
  return Float32Array.from(sum, (total, i) => total / (lines[i] as number))
}

/** 1 for each id of a dictionary that matches. */
function matching(dictionary: IdDictionary, pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: dictionary.size }, (_, code) =>
    pattern.test(dictionary.name(code)) ? 1 : 0,
  )
}

/** Place of each invoice by the time of its first line; equal times by first appearance. */
function invoiceOrder({ codes, dictionary }: IdColumn, days: Float64Array): Int32Array {
  const first = new Float64Array(dictionary.size).fill(Number.POSITIVE_INFINITY)
  codes.forEach((code, r) => {
    first[code] = Math.min(first[code] as number, days[r] as number)
  })
  const byTime = Int32Array.from(first, (_, code) => code).sort(
    (a, b) => (first[a] as number) - (first[b] as number) || a - b,
  )
  const placeOf = new Int32Array(byTime.length)
  byTime.forEach((code, place) => (placeOf[code] = place))
  return placeOf
}

function splitTime(rules: string, time: Float64Array): number {
  const told = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(rules)?.[0]
  if (told !== undefined) return Date.parse(`${told}Z`) / DAY
  return time.slice().sort()[Math.floor((1 - HIDDEN) * time.length)] ?? 0
}

/** The lines of the customers who bought before the split, who are numbered in the order of their ids. */
function ofEarlyCustomers(
  tables: DatasetTables,
  { person, item, order, time, revenue, price, country }: PurchaseLines,
  split: number,
): { readonly lines: PurchaseLines; readonly people: number } {
  const early = new Uint8Array(tables.people.size)
  person.forEach((code, r) => {
    if ((time[r] as number) < split) early[code] = 1
  })
  const customers = idOrder(tables.people).codes.filter((code) => early[code] === 1)
  const numberOf = new Int32Array(tables.people.size)
  customers.forEach((code, number) => (numberOf[code] = number))
  const kept = Uint32Array.from(person, (_, r) => r).filter((r) => early[person[r] as number] === 1)
  return {
    people: customers.length,
    lines: {
      person: Int32Array.from(kept, (r) => numberOf[person[r] as number] as number),
      item: Int32Array.from(kept, (r) => item[r] as number),
      order: Float64Array.from(kept, (r) => order[r] as number),
      time: Float64Array.from(kept, (r) => time[r] as number),
      revenue: Float64Array.from(kept, (r) => revenue[r] as number),
      price: Float64Array.from(kept, (r) => price[r] as number),
      country: country.length === 0 ? country : Int32Array.from(kept, (r) => country[r] as number),
    },
  }
}

/**
 * Numbers the items bought before the split from 0 on, by text, and those bought only later behind them, so that they
 * can be right and not be recommended.
 */
function boughtBefore(
  { items }: DatasetTables,
  { item, time }: PurchaseLines,
  split: number,
): { readonly catalogue: Catalogue; readonly numberOf: Int32Array } {
  const before = new Uint8Array(items.size)
  item.forEach((code, r) => {
    if ((time[r] as number) < split) before[code] = 1
  })
  const { codes } = idOrder(items, true)
  const early = codes.filter((code) => before[code] === 1)
  const late = codes.filter((code) => before[code] === 0)
  const numberOf = new Int32Array(items.size)
  early.forEach((code, number) => (numberOf[code] = number))
  late.forEach((code, number) => (numberOf[code] = early.length + number))
  const known = numberOf.map((number) => (number < early.length ? number : -1))
  return { catalogue: { items: early.length, codes: early, numberOf: known }, numberOf }
}

/** Histories with times, and the revenue of each event. */
interface Sales {
  readonly histories: Histories
  readonly gain: Float64Array
}

/** Day at which the last fifth of the time of these histories begins. */
function innerSplit({ time = new Float64Array(0) }: Histories): number {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const t of time) {
    first = Math.min(first, t)
    last = Math.max(last, t)
  }
  return last - HIDDEN * (last - first)
}

/** Cuts off the last fifth of the time of these sales. */
function earlierCut(data: TrainingData, sales: Sales): Cut {
  const { before, tasks } = splitAt(sales, innerSplit(sales.histories))
  const rest = { ...data, histories: before.histories }
  return { data: rest, tasks, again: () => earlierCut(rest, before) }
}

/** What was sold before a day, and both tasks about the customers who bought before it and from it on. */
function splitAt(
  { histories, gain }: Sales,
  split: number,
): { readonly before: Sales; readonly tasks: readonly TaskQuestions[] } {
  const hidden = Uint8Array.from(histories.time ?? [], (t) => (t < split ? 0 : 1))
  const shown = withoutEvents(histories, hidden)
  const before = { histories: shown, gain: gain.filter((_, e) => hidden[e] === 0) }
  const later = Array.from({ length: histories.people }, (_, p) =>
    boughtLater({ histories, gain }, p, hidden),
  )
  return {
    before,
    tasks: [
      { task: 'all', questions: salesQuestions(shown, later, split, false) },
      { task: 'new', questions: salesQuestions(shown, later, split, true) },
    ],
  }
}

/** Revenue by item that a customer bought from the split on. */
function boughtLater({ histories, gain }: Sales, person: number, hidden: Uint8Array) {
  const bought = new Map<number, number>()
  const to = histories.start[person + 1] as number
  for (let e = histories.start[person] as number; e < to; e++) {
    if (hidden[e] === 0) continue
    const item = histories.item[e] as number
    bought.set(item, (bought.get(item) ?? 0) + (gain[e] as number))
  }
  return bought
}

function salesQuestions(
  shown: Histories,
  later: readonly ReadonlyMap<number, number>[],
  split: number,
  onlyNew: boolean,
): Questions {
  const had = candidatesHad(shown)
  const from: number[] = []
  const to: number[] = []
  const who: number[] = []
  const right = new ListBuilder()
  const gains: number[] = []
  later.forEach((bought, p) => {
    const own = new Set(historyOf(shown, p).item)
    const relevant = [...bought].filter(([item]) => !onlyNew || !own.has(item))
    if (own.size === 0 || relevant.length === 0) return
    from.push(shown.start[p] as number)
    to.push(shown.start[p + 1] as number)
    who.push(p)
    right.add(relevant.map(([item]) => (had.candidateOf ? (had.candidateOf[item] ?? -1) : item)))
    for (const [, gain] of relevant) gains.push(gain)
  })
  return {
    count: from.length,
    events: shown,
    from: Uint32Array.from(from),
    to: Uint32Array.from(to),
    relevant: { ...right.lists(), gain: Float64Array.from(gains) },
    one: false,
    ...had,
    masked: onlyNew,
    who: Int32Array.from(who),
    now: new Float64Array(from.length).fill(split),
  }
}
