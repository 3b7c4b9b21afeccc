import { COUNT_BITS } from './treeHistogram'

const COUNT_MASK: i64 = (1 << COUNT_BITS) - 1

/**
 * What a search for a split is told, as 64-bit floats. SETTINGS: the unit of the gradient sums, the unit of the
 * hessian sums, l2, fewest rows of a leaf, least hessian of a leaf, 1 where outputs are bounded by monotone columns, least gain.
 * LEAF: sum of gradients, of hessians (both in units), rows, lowest and highest output, 1 if it may be split.
 * FOUND: gain (0: none), bin, 1 if missing values go left, and gradients, hessians and rows of the left side.
 */
export const RECORD: usize = 64

/** Loss that an output bounded to [lower, upper] takes away from a leaf. */
function boundedGain(g: f64, h: f64, lower: f64, upper: f64): f64 {
  const output = min(max(-g / h, lower), upper)
  return -(2 * g * output + h * output * output)
}

/** Gain where outputs are bounded; below 0 where the two sides are against the column's direction. */
function boundedSplit(
  gl: f64,
  hl: f64,
  gr: f64,
  hr: f64,
  direction: i32,
  lower: f64,
  upper: f64,
): f64 {
  if (direction !== 0) {
    const left = min(max(-gl / hl, lower), upper)
    const right = min(max(-gr / hr, lower), upper)
    if (direction > 0 ? left > right : left < right) return -1
  }
  return boundedGain(gl, hl, lower, upper) + boundedGain(gr, hr, lower, upper)
}

/**
 * The best split of a leaf by one column into `found`. Bin 0 holds missing values, bins 1 .. `bins` the others in
 * rising order; bin <= threshold goes left. Of equal splits the first counts: missing values right before left,
 * then the lower bin. Where no value is missing, later missing ones go where most rows go. A split of all values from
 * the missing ones has the last bin, whatever bins the leaf has, and is free of the column's direction.
 */
export function bestSplit(
  histogram: usize,
  bins: i32,
  direction: i32,
  leaf: usize,
  settings: usize,
  found: usize,
): void {
  memory.fill(found, 0, RECORD)
  if (load<f64>(leaf, 40) === 0) return
  const l2 = load<f64>(settings, 16)
  const g = load<f64>(leaf) * load<f64>(settings)
  const h = load<f64>(leaf, 8) * load<f64>(settings, 8) + l2
  const bounded = load<f64>(settings, 40) !== 0
  const before = bounded ? boundedGain(g, h, load<f64>(leaf, 24), load<f64>(leaf, 32)) : (g * g) / h
  const missing = load<i64>(histogram, 8) & COUNT_MASK
  store<f64>(found, load<f64>(settings, 48) + before)
  const known = <i64>load<f64>(leaf, 16) - missing
  searchDirection(histogram, bins, direction, leaf, settings, found, false, bounded, known)
  if (missing !== 0) {
    searchDirection(histogram, bins, direction, leaf, settings, found, true, bounded, -1)
  } else {
    store<f64>(found, 2 * load<f64>(found, 40) >= load<f64>(leaf, 16) ? 1 : 0, 16)
  }
  store<f64>(found, load<f64>(found, 8) === 0 ? 0 : load<f64>(found) - before)
}

function searchDirection(
  histogram: usize,
  bins: i32,
  direction: i32,
  leaf: usize,
  settings: usize,
  found: usize,
  missingLeft: bool,
  bounded: bool,
  known: i64,
): void {
  const gUnit = load<f64>(settings)
  const hUnit = load<f64>(settings, 8)
  const l2 = load<f64>(settings, 16)
  const fewest = <i64>load<f64>(settings, 24)
  const least = load<f64>(settings, 32)
  const gAll = <i64>load<f64>(leaf)
  const hAll = <i64>load<f64>(leaf, 8)
  const rows = <i64>load<f64>(leaf, 16)
  const lower = load<f64>(leaf, 24)
  const upper = load<f64>(leaf, 32)
  let best = load<f64>(found)
  let gSum: i64 = missingLeft ? load<i64>(histogram) : 0
  let rest: i64 = missingLeft ? load<i64>(histogram, 8) : 0
  for (let bin = 1; bin <= bins; bin++) {
    const entry = histogram + ((<usize>bin) << 4)
    const added = load<i64>(entry, 8)
    if (added === 0) continue
    gSum += load<i64>(entry)
    rest += added
    const count = rest & COUNT_MASK
    if (count < fewest) continue
    if (rows - count < fewest) break
    const hSum = rest >> COUNT_BITS
    const hl = <f64>hSum * hUnit
    const hr = <f64>(hAll - hSum) * hUnit
    if (hl < least) continue
    if (hr < least) break
    const gl = <f64>gSum * gUnit
    const gr = <f64>(gAll - gSum) * gUnit
    const a = hl + l2
    const b = hr + l2
    const gain = bounded
      ? boundedSplit(gl, a, gr, b, count === known ? 0 : direction, lower, upper)
      : (gl * gl * b + gr * gr * a) / (a * b)
    if (gain > best) {
      best = gain
      store<f64>(found, <f64>(count === known ? bins : bin), 8)
      store<f64>(found, missingLeft ? 1 : 0, 16)
      store<f64>(found, <f64>gSum, 24)
      store<f64>(found, <f64>hSum, 32)
      store<f64>(found, <f64>count, 40)
    }
  }
  store<f64>(found, best)
}
