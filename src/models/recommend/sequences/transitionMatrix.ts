import type { CsrMatrix } from '../../../math/index.ts'
import type { Histories } from '../histories.ts'
import { RowBuilder } from './rowBuilder.ts'

export interface TransitionOptions {
  /** Largest distance, in events, at which one item still leads to another; 1 to 255. */
  readonly window: number
  /** A pair at distance g counts decay^(g − 1). */
  readonly decay: number
  /** Each entry is divided by (its row's sum)^rowPower · (its column's sum)^columnPower, sums of at least 1. */
  readonly rowPower: number
  readonly columnPower: number
  /** Largest entries that are kept per row; 0: all. */
  readonly keep: number
  /** Counts the events before an item like those after it. Absent: only those after it. */
  readonly bothWays?: boolean
}

/**
 * Which item follows which: T[a, b] sums decay^(gap − 1), times the weight of the later event, over all pairs
 * of events (a first, b later) of one person that are at most `window` events apart; then normalised.
 *
 * Row by row: for each place of item a in the histories, the events behind it are added into one dense
 * row. No pair is ever stored, so the cost is events × window additions (1 M events, window 10: 0.1 s) and the
 * memory that of the result.
 */
export function transitionMatrix(histories: Histories, options: TransitionOptions): CsrMatrix {
  const { items, item, weight } = histories
  const { window, columnPower, rowPower } = options
  const { places, first } = placesOf(item, items)
  const reach = reachOf(histories, window)
  const back = options.bothWays === true ? backOf(histories, window) : new Uint8Array(item.length)
  const gaps = Float64Array.from({ length: window + 1 }, (_, gap) => options.decay ** (gap - 1))
  const columnFactor = columnSums(histories, reach, back, gaps).map(
    (sum) => Math.max(1, sum) ** -columnPower,
  )
  const rows = new RowBuilder(items, items, options.keep)
  for (let a = 0; a < items; a++) {
    let sum = 0
    const last = first[a + 1] as number
    for (let k = first[a] as number; k < last; k++) {
      const e = places[k] as number
      const to = e + (reach[e] as number)
      for (let f = e - (back[e] as number); f <= to; f++) {
        if (f === e) continue
        const b = item[f] as number
        let count = gaps[f > e ? f - e : e - f] as number
        if (weight !== undefined) count *= weight[f] as number
        sum += count
        rows.add(b, count * (columnFactor[b] as number))
      }
    }
    rows.endRow(Math.max(1, sum) ** -rowPower)
  }
  return rows.matrix()
}

/** The places of every item in the histories: those of item a are places[first[a]] .. places[first[a+1]-1]. */
export function placesOf(
  item: Int32Array,
  items: number,
): { readonly places: Uint32Array; readonly first: Uint32Array } {
  const first = new Uint32Array(items + 2)
  for (let e = 0; e < item.length; e++) {
    const at = (item[e] as number) + 2
    first[at] = (first[at] as number) + 1
  }
  for (let i = 2; i < items + 2; i++) first[i] = (first[i] as number) + (first[i - 1] as number)
  const places = new Uint32Array(item.length)
  for (let e = 0; e < item.length; e++) {
    const at = (item[e] as number) + 1
    const place = first[at] as number
    places[place] = e
    first[at] = place + 1
  }
  return { places, first: first.subarray(0, items + 1) }
}

/** For each event, how many later events of the same person lie within the window. */
function reachOf({ people, start, item }: Histories, window: number): Uint8Array {
  const reach = new Uint8Array(item.length)
  for (let p = 0; p < people; p++) {
    const to = start[p + 1] as number
    for (let e = start[p] as number; e < to; e++) reach[e] = Math.min(window, to - e - 1)
  }
  return reach
}

/** For each event, how many earlier ones do. */
function backOf({ people, start, item }: Histories, window: number): Uint8Array {
  const back = new Uint8Array(item.length)
  for (let p = 0; p < people; p++) {
    const from = start[p] as number
    for (let e = from; e < (start[p + 1] as number); e++) back[e] = Math.min(window, e - from)
  }
  return back
}

function columnSums(
  { items, item, weight }: Histories,
  reach: Uint8Array,
  back: Uint8Array,
  gaps: Float64Array,
): Float64Array {
  const sums = new Float64Array(items)
  for (let e = 0; e < item.length; e++) {
    const to = e + (reach[e] as number)
    for (let f = e - (back[e] as number); f <= to; f++) {
      if (f === e) continue
      const b = item[f] as number
      const count = gaps[f > e ? f - e : e - f] as number
      sums[b] = (sums[b] as number) + (weight === undefined ? count : count * (weight[f] as number))
    }
  }
  return sums
}
