import { stat } from 'node:fs/promises'
import type { JsonObject } from '../base/index.ts'
import { isCancellation } from './protocol.ts'
import type { Row } from './row.ts'
import { readRows, type TableFile } from './rowSource.ts'
import { type ImportBatch, type ImportPart, START } from './source.ts'

/** What the purchase lines say about one item. */
interface Sold {
  readonly titles: Map<string, number>
  readonly prices: Map<number, number>
  readonly line: number
}

/** Shares of item codes without any digit up to which such codes are fees (POST, BANK CHARGES). */
const MOST_FEES = 0.05

/**
 * The catalogue that a table of transactions implies: per item the most frequent description as title and
 * the median price of its purchase lines. Codes without a digit, where nearly all have one, are fees and not
 * products: they are switched off. Reads the whole table before the first item; memory by distinct
 * descriptions and prices.
 */
export async function soldItems(table: TableFile): Promise<ImportPart> {
  const { size } = await stat(table.path)
  return { file: table.file, bytes: size, read: () => readSold(table) }
}

async function* readSold(table: TableFile): AsyncGenerator<ImportBatch> {
  const sold = new Map<string, Sold>()
  const count = counter(table.header, sold)
  const nothing = { messages: [], messageLines: [], rejected: [], file: table.file, rows: 0 }
  for await (const block of readRows(table, START)) {
    for (const row of block.rows) count(row)
    const items = block.isLast ? itemsOf(sold) : []
    const itemLines = block.isLast ? [...sold.values()].map(({ line }) => line) : []
    // Counts cannot be taken up in the middle, so reading begins again until they are complete.
    const position = block.isLast ? { part: 0, byte: block.endByte, line: block.endLine } : START
    yield { ...nothing, items, itemLines, position, bytesDone: block.bytesRead }
  }
}

function counter(header: readonly string[], sold: Map<string, Sold>): (row: Row) => void {
  const place = (name: string): number => header.indexOf(name)
  const [invoice, item, description] = [place('invoice'), place('item'), place('description')]
  const [quantity, price] = [place('quantity'), place('unit_price')]
  return ({ fields, line }) => {
    const paid = Number(fields[price])
    const isPurchase = Number(fields[quantity]) > 0 && !isCancellation(fields[invoice] ?? '')
    const id = (fields[item] ?? '').trim()
    if (!isPurchase || !(paid > 0) || id === '') return
    let entry = sold.get(id)
    if (entry === undefined) sold.set(id, (entry = { titles: new Map(), prices: new Map(), line }))
    const title = (fields[description] ?? '').trim()
    if (title !== '') entry.titles.set(title, (entry.titles.get(title) ?? 0) + 1)
    entry.prices.set(paid, (entry.prices.get(paid) ?? 0) + 1)
  }
}

function itemsOf(sold: ReadonlyMap<string, Sold>): JsonObject[] {
  const odd = [...sold.keys()].filter((id) => !/\d/.test(id))
  const fees = new Set(odd.length <= MOST_FEES * sold.size ? odd : [])
  return Array.from(sold, ([id, { titles, prices }]) => {
    const title = mostFrequent(titles)
    return {
      id,
      ...(title === undefined ? {} : { title }),
      price: median(prices),
      ...(fees.has(id) ? { enabled: false } : {}),
    }
  })
}

/** The first met of the most frequent. */
function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined
  let most = 0
  for (const [text, count] of counts) {
    if (count <= most) continue
    best = text
    most = count
  }
  return best
}

/** Lower median of values with counts. */
function median(counts: ReadonlyMap<number, number>): number {
  const sorted = [...counts].sort(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  let rest = (total + 1) / 2
  for (const [value, count] of sorted) {
    rest -= count
    if (rest <= 0) return value
  }
  return 0
}
