import type { CsrMatrix } from '../../../math/index.ts'
import type { Histories, History } from '../histories.ts'
import { historyOf } from '../histories.ts'
import { RowBuilder } from '../sequences/rowBuilder.ts'

/** How much a basket counts: `back` is the number of later baskets, `baskets` that of all of the person. */
export type BasketWeight = (back: number, baskets: number) => number

/**
 * Visits every different item of every basket of one person, newest basket first, with the number of later
 * baskets and of all. Without basket numbers every event is a basket of its own.
 */
export function forEachInBaskets(
  history: History,
  visit: (item: number, back: number, baskets: number) => void,
): void {
  const { item, basket } = history
  const baskets = countBaskets(history)
  let back = 0
  let to = item.length
  while (to > 0) {
    let from = to - 1
    if (basket !== undefined) while (from > 0 && basket[from - 1] === basket[from]) from--
    const seen = to - from > SHORT_BASKET ? new Set<number>() : undefined
    for (let e = from; e < to; e++) {
      const i = item[e] as number
      if (seen === undefined ? !firstIn(item, from, e) : seen.has(i)) continue
      seen?.add(i)
      visit(i, back, baskets)
    }
    to = from
    back++
  }
}

/** Up to this many events, comparing with all earlier ones is faster than a set. */
const SHORT_BASKET = 32

/** True when no event from `from` on before e has the item of e. */
function firstIn(item: Int32Array, from: number, e: number): boolean {
  for (let f = from; f < e; f++) if (item[f] === item[e]) return false
  return true
}

export function countBaskets({ item, basket }: History): number {
  if (basket === undefined) return item.length
  let count = 0
  for (let e = 0; e < item.length; e++) if (e === 0 || basket[e] !== basket[e - 1]) count++
  return count
}

/** Person × item: the sum of the weights of the person's baskets with the item. */
export function basketCounts(histories: Histories, weightOf: BasketWeight): CsrMatrix {
  const rows = new RowBuilder(histories.people, histories.items, 0)
  for (let p = 0; p < histories.people; p++) {
    forEachInBaskets(historyOf(histories, p), (item, back, baskets) => {
      const weight = weightOf(back, baskets)
      if (weight > 0) rows.add(item, weight)
    })
    rows.endRow(1)
  }
  return rows.matrix()
}

/** Number of baskets with each item. */
export function basketPopularity(histories: Histories): Float32Array {
  return popularityOf(histories, () => true)
}

/** Number of people whose last basket has the item. */
export function lastBasketPopularity(histories: Histories): Float32Array {
  return popularityOf(histories, (back) => back === 0)
}

function popularityOf(histories: Histories, counts: (back: number) => boolean): Float32Array {
  const popularity = new Float32Array(histories.items)
  for (let p = 0; p < histories.people; p++) {
    forEachInBaskets(historyOf(histories, p), (item, back) => {
      if (counts(back)) popularity[item] = (popularity[item] as number) + 1
    })
  }
  return popularity
}

/** For each item the share of items that have a smaller value: from 0 to below 1, equal values alike. */
export function rankShares(values: Float32Array): Float32Array {
  const sorted = values.slice().sort()
  const below = new Map<number, number>()
  sorted.forEach((value, k) => {
    if (!below.has(value)) below.set(value, k)
  })
  return values.map((value) => (below.get(value) ?? 0) / values.length)
}
