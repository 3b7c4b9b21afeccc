import {
  addEight,
  addFour,
  addSlot,
  BLOCK,
  gatherRows,
  SLOT,
  subtractSlot,
} from './shared/treeHistogram'
import { bestSplit, RECORD } from './shared/treeSplit'

/** Entries of a table of bounds. */
const BOUNDS: i32 = 256

/**
 * Bins a block of rows (row by row, `columns` floats each): 0 for NaN, else 1 + the number of the column's bounds
 * that lie below the value. Each column has 256 rising bounds, the unused ones +Infinity. Row k of the block is row
 * `first` + k of the bins, which are written by rows of `stride` bytes and again by columns.
 */
export function binRows(
  values: usize,
  count: i32,
  columns: i32,
  bounds: usize,
  first: i32,
  rows: i32,
  stride: i32,
  byRow: usize,
  byColumn: usize,
): void {
  for (let c = 0; c < columns; c++) {
    const table = bounds + ((<usize>(c * BOUNDS)) << 2)
    const column = byColumn + <usize>c * <usize>rows + first
    for (let k = 0; k < count; k++) {
      const x = load<f32>(values + ((<usize>(k * columns + c)) << 2))
      let at: usize = table
      for (let step: usize = 512; step >= 4; step >>= 1) {
        at += load<f32>(at + step - 4) < x ? step : 0
      }
      const bin = x !== x ? 0 : <u32>((at - table) >> 2) + 1
      store<u8>(column + k, <u8>bin)
      store<u8>(byRow + <usize>(first + k) * stride + c, <u8>bin)
    }
  }
}

/** e^x of four numbers, to 2e-7 of the value; x is kept within ±87. Taylor to the sixth power within ±ln 2 / 2. */
function exponentials(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(87))
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504)))
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)))
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)))
  let p = f32x4.splat(1.0 / 720)
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return f32x4.mul(p, power)
}

/**
 * Gradient and hessian of the loss by the score, in turn, as floats into `gradients`: log-loss with `logistic`
 * (label from 0 to 1), else half the squared error. `rows` is a multiple of 4. `sums` gets, as floats of 64 bits,
 * sum and largest of the absolute gradients, then of the hessians.
 */
export function gradients(
  logistic: i32,
  rows: i32,
  scores: usize,
  labels: usize,
  weights: usize,
  out: usize,
  sums: usize,
): void {
  const one = f32x4.splat(1)
  let gSum = f64x2.splat(0)
  let hSum = f64x2.splat(0)
  let gMost = f32x4.splat(0)
  let hMost = f32x4.splat(0)
  for (let k: usize = 0; k < (<usize>rows) << 2; k += 16) {
    const weight = v128.load(weights + k)
    let g = v128.load(scores + k)
    let h = weight
    if (logistic) {
      g = f32x4.div(one, f32x4.add(one, exponentials(f32x4.neg(g))))
      h = f32x4.mul(weight, f32x4.mul(g, f32x4.sub(one, g)))
    }
    g = f32x4.mul(weight, f32x4.sub(g, v128.load(labels + k)))
    v128.store(out + 2 * k, v128.shuffle<i32>(g, h, 0, 4, 1, 5))
    v128.store(out + 2 * k, v128.shuffle<i32>(g, h, 2, 6, 3, 7), 16)
    g = f32x4.abs(g)
    gSum = f64x2.add(gSum, f64x2.promote_low_f32x4(g))
    gSum = f64x2.add(gSum, f64x2.promote_low_f32x4(v128.shuffle<i32>(g, g, 2, 3, 2, 3)))
    hSum = f64x2.add(hSum, f64x2.promote_low_f32x4(h))
    hSum = f64x2.add(hSum, f64x2.promote_low_f32x4(v128.shuffle<i32>(h, h, 2, 3, 2, 3)))
    gMost = f32x4.max(gMost, g)
    hMost = f32x4.max(hMost, h)
  }
  store<f64>(sums, f64x2.extract_lane(gSum, 0) + f64x2.extract_lane(gSum, 1))
  store<f64>(sums, largestLane(gMost), 8)
  store<f64>(sums, f64x2.extract_lane(hSum, 0) + f64x2.extract_lane(hSum, 1), 16)
  store<f64>(sums, largestLane(hMost), 24)
}

function largestLane(v: v128): f64 {
  const low = max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1))
  return <f64>max(low, max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)))
}

/** Gradients × `gScale` and hessians × `hScale`, rounded to whole numbers, in place; `rows` is a multiple of 4. */
export function roundGradients(gradients: usize, rows: i32, gScale: f32, hScale: f32): void {
  let scale = f32x4.splat(gScale)
  scale = f32x4.replace_lane(scale, 1, hScale)
  scale = f32x4.replace_lane(scale, 3, hScale)
  const end = gradients + ((<usize>rows) << 3)
  for (let at = gradients; at < end; at += 16) {
    const rounded = f32x4.nearest(f32x4.mul(v128.load(at), scale))
    v128.store(at, i32x4.trunc_sat_f32x4_s(rounded))
  }
}

/**
 * Draws rows: a row of weight above 0 whose seeded hash is at most `limit` (unsigned) goes into `inside`, any other
 * into `outside`, both in rising order. result[0] = rows inside.
 */
export function drawRows(
  rows: i32,
  weights: usize,
  seed: u32,
  limit: u32,
  inside: usize,
  outside: usize,
  result: usize,
): void {
  const first = inside
  for (let r = 0; r < rows; r++) {
    let z = <u32>r * 0x9e3779b9 + seed
    z = (z ^ (z >> 16)) * 0x21f0aaad
    z = (z ^ (z >> 15)) * 0x735a2d97
    z ^= z >> 15
    const taken = <usize>(load<f32>(weights + ((<usize>r) << 2)) > 0 && z <= limit)
    store<u32>(inside, r)
    store<u32>(outside, r)
    inside += taken << 2
    outside += (1 - taken) << 2
  }
  store<i32>(result, <i32>((inside - first) >> 2))
}

/** sums = the gradients, then the hessians of the listed rows, in units, as 64-bit floats. */
export function sumGradients(order: usize, count: i32, gradients: usize, sums: usize): void {
  let g: i64 = 0
  let h: i64 = 0
  for (let k = 0; k < count; k++) {
    const pair = gradients + ((<usize>load<u32>(order + ((<usize>k) << 2))) << 3)
    g += load<i32>(pair)
    h += load<i32>(pair, 4)
  }
  store<f64>(sums, <f64>g)
  store<f64>(sums, <f64>h, 8)
}

/**
 * Histograms of the listed rows. Each thread that runs this sums the blocks that it takes by the counter at `next`
 * into a histogram of its own: the first one into `target`, the others into `others`, one after the other. The two
 * numbers at `next` are 0 at the start. A row of bins has `stride` bytes, a multiple of 16; `columns` lists the places of
 * `slots` columns in it; `slots` is a multiple of 4. `space` has BLOCK × (16 + stride) bytes for each thread.
 */
export function addRows(
  next: usize,
  order: usize,
  count: i32,
  gradients: usize,
  bins: usize,
  stride: i32,
  columns: usize,
  slots: i32,
  target: usize,
  others: usize,
  space: usize,
): void {
  const thread = <usize>atomic.add<i32>(next, 1, 4)
  const bytes = <usize>slots * SLOT
  const histogram = thread === 0 ? target : others + (thread - 1) * bytes
  const entries = space + thread * BLOCK * (16 + stride)
  const rows = entries + BLOCK * 16
  memory.fill(histogram, 0, bytes)
  for (;;) {
    const from = atomic.add<i32>(next, BLOCK)
    if (from >= count) return
    const n = min(BLOCK, count - from)
    gatherRows(order + ((<usize>from) << 2), n, gradients, bins, stride, entries, rows)
    let slot: usize = 0
    for (; slot + 8 <= <usize>slots; slot += 8) {
      addEight(entries, n, rows, stride, columns + (slot << 2), histogram + slot * SLOT)
    }
    if (slot < <usize>slots) {
      addFour(entries, n, rows, stride, columns + (slot << 2), histogram + slot * SLOT)
    }
  }
}

/**
 * Completes a leaf's histograms and finds its best split in each column: adds the `threads` - 1 parts at `others`
 * to `target`; where `parent` is not 0, takes the sum from it, which leaves the sibling there. Threads share the
 * columns by the counter at `next`. `shape` has two whole numbers a column: its number of bins and its direction
 * (-1, 0, 1). `leaves` are the records of the leaf and the sibling, `found` gets `slots` records for each.
 */
export function findSplits(
  next: usize,
  slots: i32,
  paddedSlots: i32,
  shape: usize,
  target: usize,
  others: usize,
  threads: i32,
  parent: usize,
  leaves: usize,
  settings: usize,
  found: usize,
): void {
  for (;;) {
    const slot = atomic.add<i32>(next, 1)
    if (slot >= slots) return
    const offset = <usize>slot * SLOT
    for (let t = 0; t < threads - 1; t++) {
      addSlot(target + offset, others + <usize>(t * paddedSlots) * SLOT + offset)
    }
    const bins = load<i32>(shape + ((<usize>slot) << 3))
    const direction = load<i32>(shape + ((<usize>slot) << 3), 4)
    const out = found + <usize>slot * RECORD
    bestSplit(target + offset, bins, direction, leaves, settings, out)
    if (parent === 0) continue
    subtractSlot(parent + offset, target + offset)
    const other = out + <usize>slots * RECORD
    bestSplit(parent + offset, bins, direction, leaves + RECORD, settings, other)
  }
}

/**
 * Parts listed rows by the bins of one column, in place and keeping their order: those that go left first.
 * result[0] = how many they are. `space` has room for `count` rows.
 */
export function partRows(
  order: usize,
  count: i32,
  column: usize,
  bin: u32,
  missingLeft: u32,
  space: usize,
  result: usize,
): void {
  // Bins are counted so that what goes left is below the limit: missing values first or, wrapped round, last.
  const shift = 1 - missingLeft
  const limit = bin + missingLeft
  let left = order
  let right = space
  const end = order + ((<usize>count) << 2)
  for (let at = order; at < end; at += 4) {
    const row = load<u32>(at)
    const goesLeft = <usize>(((<u32>load<u8>(column + row) - shift) & 255) < limit)
    store<u32>(left, row)
    store<u32>(right, row)
    left += goesLeft << 2
    right += (1 - goesLeft) << 2
  }
  memory.copy(left, space, right - space)
  store<i32>(result, <i32>((left - order) >> 2))
}

/** Adds a value to the scores of the listed rows. */
export function addToRows(order: usize, count: i32, value: f32, scores: usize): void {
  for (let k = 0; k < count; k++) {
    const at = scores + ((<usize>load<u32>(order + ((<usize>k) << 2))) << 2)
    store<f32>(at, load<f32>(at) + value)
  }
}
