import type { CsrMatrix } from '../../../math/index.ts'
import type { Histories } from '../histories.ts'
import { placesOf } from '../sequences/transitionMatrix.ts'
import { RowBuilder } from '../sequences/rowBuilder.ts'

export interface BasketTransitionOptions {
  /** Baskets after the one with an item that it still leads to. */
  readonly window: number
  /** An item n baskets later counts decay^(n − 1). */
  readonly decay: number
  readonly rowPower: number
  readonly columnPower: number
  /** Largest entries that are kept per row; 0: all. */
  readonly keep: number
}

/** T[a, b]: how often b was in one of the baskets after one with a; normalised as `transitionMatrix` is. */
export function basketTransitions(
  histories: Histories,
  options: BasketTransitionOptions,
): CsrMatrix {
  const { items, item } = histories
  const { basketOf, bounds, last } = basketsOf(histories)
  const { places, first } = placesOf(item, items)
  const weights = Float64Array.from(
    { length: options.window + 1 },
    (_, n) => options.decay ** (n - 1),
  )
  const leads = (e: number, visit: (b: number, count: number) => void): void => {
    const basket = basketOf[e] as number
    const end = Math.min(last[basket] as number, basket + options.window)
    for (let next = basket + 1; next <= end; next++) {
      const to = bounds[next + 1] as number
      for (let f = bounds[next] as number; f < to; f++) {
        visit(item[f] as number, weights[next - basket] as number)
      }
    }
  }
  const column = new Float64Array(items)
  for (let e = 0; e < item.length; e++) {
    leads(e, (b, count) => {
      column[b] = (column[b] as number) + count
    })
  }
  const factor = column.map((sum) => Math.max(1, sum) ** -options.columnPower)
  const rows = new RowBuilder(items, items, options.keep)
  for (let a = 0; a < items; a++) {
    let sum = 0
    for (let k = first[a] as number; k < (first[a + 1] as number); k++) {
      leads(places[k] as number, (b, count) => {
        sum += count
        rows.add(b, count * (factor[b] as number))
      })
    }
    rows.endRow(Math.max(1, sum) ** -options.rowPower)
  }
  return rows.matrix()
}

/** Baskets numbered through all people: that of each event, the first event of each, the person's last one. */
function basketsOf(histories: Histories): {
  readonly basketOf: Uint32Array
  readonly bounds: Uint32Array
  readonly last: Uint32Array
} {
  const { people, item, basket, start } = histories
  const basketOf = new Uint32Array(item.length)
  const bounds = new Uint32Array(item.length + 1)
  const last = new Uint32Array(item.length)
  let count = 0
  for (let p = 0; p < people; p++) {
    const before = count
    const from = start[p] as number
    for (let e = from; e < (start[p + 1] as number); e++) {
      if (e === from || basket === undefined || basket[e] !== basket[e - 1]) bounds[count++] = e
      basketOf[e] = count - 1
    }
    last.fill(count - 1, before, count)
  }
  bounds[count] = item.length
  return { basketOf, bounds, last }
}
