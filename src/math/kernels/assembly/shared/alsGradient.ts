import { dot, sumOfLanes } from './lanes'
import { blockAdd, blockBytes, blockDots, clearRows, putRow, putRows } from './rowBlocks'

// One half of ALS for implicit feedback by conjugate gradients (Hu, Koren, Volinsky 2008; Takács, Pilászy,
// Tikk 2011). For each row u: (G + Yᵤᵀ W Yᵤ + penalty I) x = Yᵤᵀ c, with W = diag(c - shift), warm start.
// The row's Y are gathered once, in blocks of eight; then every step streams them in order.

/** Rows that a thread takes at once. */
const TAKEN = 32
/** Rows of factors between gathering and the first pass: 8 KB at 64 factors. */
const FRESH = 32
/** A squared residual at which a row counts as solved. */
const SOLVED: f32 = 1e-20

function addScaled(y: usize, x: usize, scale: f32, d: i32): void {
  const c = f32x4.splat(scale)
  const end = y + ((<usize>d) << 2)
  while (y < end) {
    v128.store(y, f32x4.relaxed_madd(v128.load(x), c, v128.load(y)))
    v128.store(y, f32x4.relaxed_madd(v128.load(x, 16), c, v128.load(y, 16)), 16)
    y += 32
    x += 32
  }
}

/** y = x + scale · y */
function scaleAndAdd(y: usize, x: usize, scale: f32, d: i32): void {
  const c = f32x4.splat(scale)
  const end = y + ((<usize>d) << 2)
  while (y < end) {
    v128.store(y, f32x4.relaxed_madd(v128.load(y), c, v128.load(x)))
    v128.store(y, f32x4.relaxed_madd(v128.load(y, 16), c, v128.load(x, 16)), 16)
    y += 32
    x += 32
  }
}

/**
 * Asks for the factors of eight entries from place e before they are needed, by reading a word of every second
 * cache line: reads that wait for memory side by side cost little more than one, and the processor fetches lines
 * in pairs. Halves the time of gathering; a word of every line was 15 % slower for the whole sweep.
 */
function touch(index: usize, e: i32, factors: usize, rowBytes: usize): i32 {
  let seen = 0
  for (let k: usize = 0; k < 32; k += 4) {
    let at = factors + <usize>load<u32>(index + ((<usize>e) << 2) + k) * rowBytes
    const end = at + rowBytes
    for (; at < end; at += 128) seen ^= load<i32>(at)
  }
  return seen
}

/**
 * Gathers the factors of the entries from `first` to `end` into blocks, with their weights; padded with zero
 * rows. The row has `total` entries; `spare` is room for a word.
 */
function gather(
  index: usize,
  value: usize,
  first: i32,
  end: i32,
  total: i32,
  factors: usize,
  d: i32,
  shift: f32,
  weight: usize,
  blocks: usize,
  spare: usize,
): void {
  const rowBytes = (<usize>d) << 2
  const whole = blockBytes(d)
  const shifts = f32x4.splat(shift)
  let seen = 0
  let e = first
  for (; e + 8 <= end; e += 8) {
    const at = (<usize>e) << 2
    if (e + 16 <= total) seen ^= touch(index, e + 8, factors, rowBytes)
    putRows(factors, index + at, blocks, d)
    blocks += whole
    for (let half: usize = 0; half < 32; half += 16) {
      const c = value != 0 ? v128.load(value + at + half) : f32x4.splat(1)
      v128.store(weight + half, f32x4.sub(c, shifts))
    }
    weight += 32
  }
  // The words that were read are used, so that reading them is not taken for idle.
  store<i32>(spare, seen)
  if (e == end) return
  clearRows(blocks, end & 7, d)
  for (let r = 0; r < 8; r++, e++) {
    const at = (<usize>e) << 2
    if (e < end) putRow(factors + <usize>load<u32>(index + at) * rowBytes, blocks, r, d)
    store<f32>(weight, (e < end && value != 0 ? load<f32>(value + at) : 1) - shift)
    weight += 4
  }
}

/** y = G x + penalty x, G in blocks. */
function timesGram(gram: usize, x: usize, penalty: f32, d: i32, y: usize): void {
  memory.fill(y, 0, (<usize>d) << 2)
  addScaled(y, x, penalty, d)
  for (let k = 0; k < d; k += 8) {
    blockAdd(gram, x + ((<usize>k) << 2), d, y)
    gram += blockBytes(d)
  }
}

/** residual += Σ (c - (c - shift) y·x) y. `dots` has room for eight numbers. */
function startResidual(
  residual: usize,
  weight: usize,
  block: usize,
  count: i32,
  x: usize,
  d: i32,
  shift: f32,
  dots: usize,
): void {
  const shifts = f32x4.splat(shift)
  for (let e = 0; e < count; e += 8) {
    blockDots(block, x, d, dots)
    const low = v128.load(weight)
    const high = v128.load(weight, 16)
    v128.store(dots, f32x4.sub(f32x4.add(low, shifts), f32x4.mul(low, v128.load(dots))))
    const products = f32x4.mul(high, v128.load(dots, 16))
    v128.store(dots, f32x4.sub(f32x4.add(high, shifts), products), 16)
    blockAdd(block, dots, d, residual)
    weight += 32
    block += blockBytes(d)
  }
}

/** Returns Σ w (y·direction)² and adds Σ w (y·direction) y to `product`, unless it is the last step. */
function curvature(
  direction: usize,
  product: usize,
  weight: usize,
  block: usize,
  count: i32,
  d: i32,
  last: bool,
  dots: usize,
): f32 {
  let sum = f32x4.splat(0)
  for (let e = 0; e < count; e += 8) {
    blockDots(block, direction, d, dots)
    const low = v128.load(dots)
    const high = v128.load(dots, 16)
    const lows = f32x4.mul(low, v128.load(weight))
    const highs = f32x4.mul(high, v128.load(weight, 16))
    v128.store(dots, lows)
    v128.store(dots, highs, 16)
    sum = f32x4.relaxed_madd(lows, low, f32x4.relaxed_madd(highs, high, sum))
    if (!last) blockAdd(block, dots, d, product)
    weight += 32
    block += blockBytes(d)
  }
  return sumOfLanes(sum)
}

/**
 * Improves one row x by `steps` steps. A row that does not fit into the blocks is gathered anew, part by part,
 * in every step. `scratch`: three vectors and room for eight numbers.
 */
function solveRow(
  x: usize,
  index: usize,
  value: usize,
  count: i32,
  factors: usize,
  gram: usize,
  penalty: f32,
  shift: f32,
  steps: i32,
  d: i32,
  capacity: i32,
  scratch: usize,
  weight: usize,
  blocks: usize,
): void {
  const bytes = (<usize>d) << 2
  const residual = scratch
  const direction = scratch + bytes
  const product = direction + bytes
  const dots = product + bytes
  timesGram(gram, x, penalty, d, residual)
  const end = residual + bytes
  for (let at = residual; at < end; at += 16) v128.store(at, f32x4.neg(v128.load(at)))
  const spare = dots + 32
  for (let e = 0; e < count; e += FRESH) {
    // The first pass takes the rows as they come, while they are in the first-level cache.
    const end = min(count, e + FRESH)
    const place = e % capacity
    const at = blocks + <usize>(place >> 3) * blockBytes(d)
    const weights = weight + ((<usize>place) << 2)
    gather(index, value, e, end, count, factors, d, shift, weights, at, spare)
    startResidual(residual, weights, at, end - e, x, d, shift, dots)
  }
  memory.copy(direction, residual, bytes)
  let square = dot(residual, residual, d)
  for (let step = 1; step <= steps; step++) {
    if (square < SOLVED) return
    const last = step == steps
    timesGram(gram, direction, penalty, d, product)
    let bend = dot(direction, product, d)
    for (let e = 0; e < count; e += capacity) {
      const end = min(count, e + capacity)
      if (count > capacity) {
        gather(index, value, e, end, count, factors, d, shift, weight, blocks, spare)
      }
      bend += curvature(direction, product, weight, blocks, end - e, d, last, dots)
    }
    const length = square / bend
    addScaled(x, direction, length, d)
    if (last) return
    addScaled(residual, product, -length, d)
    const before = square
    square = dot(residual, residual, d)
    scaleAndAdd(direction, residual, square / before, d)
  }
}

/**
 * Improves every row of `target` (rows × d) by up to `steps` steps; a row without entries becomes 0.
 * @param control two 32-bit numbers, 0 at the start: rows given out, threads that have come
 * @param start rows + 1 places into index (and value, unless it is 0: then every entry counts 1)
 * @param factors of the other side, by index
 * @param gram their Gram matrix in blocks, times the weight of what was not observed
 * @param penalty of each row
 * @param shift what the Gram matrix already counts of an observed entry
 * @param capacity entries that are gathered at once, a multiple of 32
 * @param scratch `share` bytes for each thread: 3 d + 16 numbers, `capacity` weights and blocks
 */
export function solveRows(
  control: usize,
  rows: i32,
  start: usize,
  index: usize,
  value: usize,
  factors: usize,
  target: usize,
  d: i32,
  gram: usize,
  penalty: usize,
  shift: f32,
  steps: i32,
  capacity: i32,
  scratch: usize,
  share: usize,
): void {
  const own = scratch + <usize>atomic.add<i32>(control, 1, 4) * share
  const weight = own + ((<usize>(3 * d + 16)) << 2)
  const blocks = weight + ((<usize>capacity) << 2)
  const bytes = (<usize>d) << 2
  for (;;) {
    const from = atomic.add<i32>(control, TAKEN)
    if (from >= rows) return
    const to = min(from + TAKEN, rows)
    for (let u = from; u < to; u++) {
      const first = load<u32>(start + ((<usize>u) << 2))
      const count = load<u32>(start + ((<usize>u) << 2), 4) - first
      const x = target + <usize>u * bytes
      if (count == 0) {
        memory.fill(x, 0, bytes)
        continue
      }
      const at = (<usize>first) << 2
      const values: usize = value == 0 ? 0 : value + at
      const charge = load<f32>(penalty + ((<usize>u) << 2))
      solveRow(
        x,
        index + at,
        values,
        count,
        factors,
        gram,
        charge,
        shift,
        steps,
        d,
        capacity,
        own,
        weight,
        blocks,
      )
    }
  }
}
