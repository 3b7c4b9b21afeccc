/** Bounds that a column has room for; at most `MOST_BINS` - 1 of them are used. */
export const BOUNDS = 256
/** Bins of a column besides the one for missing values, so that a bin's number fits a byte. */
const MOST_BINS = 255

/**
 * How values become the numbers of bins: a missing value (NaN) is in bin 0, any other in bin 1 + the number of its
 * column's bounds below it.
 */
export interface TreeBins {
  readonly columns: number
  /** 256 rising bounds a column, the unused ones +Infinity. */
  readonly bounds: Float32Array
  /** Bins of each column besides the one for missing values; 0 where every value was missing. */
  readonly counts: Int32Array
  /** The columns in which not all rows are in one bin. */
  readonly usable: Int32Array
}

/**
 * Bins from the values of some rows (row by row, `columns` each): a bin for each distinct value where 255 suffice,
 * else bins of about equally many rows, where a value that alone fills one has it to itself (as in LightGBM: Ke et
 * al., NeurIPS 2017). Bounds lie midway between neighbouring values. Cost: a sort of the rows for each column.
 */
export function findTreeBins(values: Float32Array, columns: number, rows: Int32Array): TreeBins {
  const bounds = new Float32Array(columns * BOUNDS).fill(Infinity)
  const counts = new Int32Array(columns)
  const sorted = new Float32Array(rows.length)
  const usable: number[] = []
  for (let c = 0; c < columns; c++) {
    let known = 0
    for (const row of rows) {
      const value = values[row * columns + c] as number
      if (value === value) sorted[known++] = value
    }
    const own = bounds.subarray(c * BOUNDS, (c + 1) * BOUNDS)
    counts[c] = known === 0 ? 0 : 1 + findBounds(sorted.subarray(0, known).sort(), own)
    if ((counts[c] as number) + Number(known < rows.length) > 1) usable.push(c)
  }
  return { columns, bounds, counts, usable: Int32Array.from(usable) }
}

/** Writes the bounds of sorted values and returns how many they are. */
function findBounds(sorted: Float32Array, bounds: Float32Array): number {
  const value = new Float32Array(sorted.length)
  const times = new Int32Array(sorted.length)
  let distinct = 0
  sorted.forEach((x, k) => {
    if (k === 0 || x !== sorted[k - 1]) value[distinct++] = x
    times[distinct - 1] = (times[distinct - 1] as number) + 1
  })
  const last = distinct - 1
  if (distinct <= MOST_BINS) {
    for (let k = 0; k < last; k++) bounds[k] = midway(value[k] as number, value[k + 1] as number)
    return last
  }
  return fillBins(value, times, distinct, sorted.length, bounds)
}

function fillBins(
  value: Float32Array,
  times: Int32Array,
  distinct: number,
  total: number,
  bounds: Float32Array,
): number {
  const large = total / MOST_BINS
  let bins = MOST_BINS
  let left = total
  for (let k = 0; k < distinct; k++) {
    if ((times[k] as number) < large) continue
    bins--
    left -= times[k] as number
  }
  let goal = left / bins
  let filled = 0
  let used = 0
  for (let k = 0; k < distinct - 1 && used < MOST_BINS - 1; k++) {
    const own = (times[k] as number) >= large
    const nextOwn = (times[k + 1] as number) >= large
    if (!own) left -= times[k] as number
    filled += times[k] as number
    if (!own && filled < goal && !(nextOwn && filled >= goal / 2)) continue
    bounds[used++] = midway(value[k] as number, value[k + 1] as number)
    filled = 0
    if (own) continue
    bins--
    goal = left / Math.max(1, bins)
  }
  return used
}

/** A bound b with low <= b < high, halfway where single precision has such a number. */
function midway(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2)
  return middle >= low && middle < high ? middle : low
}
