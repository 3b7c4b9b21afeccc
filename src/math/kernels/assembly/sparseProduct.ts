import { cut, rank } from './shared/bestK'

/** Rows that a thread takes at once. */
const BLOCK = 8

/**
 * For the rows from .. to-1 of a product of sparse matrices: the `keep` columns with the largest positive
 * entries.
 *
 * S_ij = Σ_u left_iu · right_uj is summed row by row into a dense accumulator (Gustavson, "Two Fast Algorithms
 * for Sparse Matrices", 1978); the entry is S_ij · x_j (form 0), S_ij / (x_i · x_j + shrinkage) (form 1) or
 * S_ij / (x_i + x_j - S_ij + shrinkage) (form 2).
 *
 * Then the sums are read four at a time. A row with few products marks the groups of 16 columns that it
 * touches, and only these are read.
 *
 * @param control i32: the next row (`from` at the start), the next thread's number (0 at the start)
 * @param leftStart rows + 1, and for each entry its column and value
 * @param rightStart as many + 1 as left has columns, and for each entry its column and value; rightValue 0:
 * all values are 1
 * @param x per column, padded with zeros to a multiple of 16
 * @param leaveOutDiagonal 1: the entries S_ii do not count
 * @param ranked 0: the entries of a row come by rising column
 * @param scratch per thread `scratchBytes`: a sum per column (padded to 16), a mark per 16 columns (padded to
 * 16 bytes), all zero, and the workspace of bestK with `capacity` >= keep + 16 places
 * @param counts per row of this call: how many are kept; ids, scores: `keep` places each
 */
export function largest(
  control: usize,
  from: i32,
  to: i32,
  columns: i32,
  leftStart: usize,
  leftColumn: usize,
  leftValue: usize,
  rightStart: usize,
  rightColumn: usize,
  rightValue: usize,
  form: i32,
  x: usize,
  shrinkage: f32,
  keep: i32,
  leaveOutDiagonal: i32,
  ranked: i32,
  capacity: i32,
  scratch: usize,
  scratchBytes: usize,
  counts: usize,
  ids: usize,
  scores: usize,
): void {
  const padded = (columns + 15) & ~15
  const sums = scratch + <usize>atomic.add<i32>(control + 4, 1) * scratchBytes
  const marks = sums + ((<usize>padded) << 2)
  const workspace = marks + <usize>(((padded >> 4) + 15) & ~15)
  const leftAt = leftValue - leftColumn
  for (;;) {
    const first = atomic.add<i32>(control, BLOCK)
    if (first >= to) return
    const end = min(first + BLOCK, to)
    for (let i = first; i < end; i++) {
      const begin = leftColumn + ((<usize>load<u32>(leftStart + ((<usize>i) << 2))) << 2)
      const stop = leftColumn + ((<usize>load<u32>(leftStart + ((<usize>i) << 2), 4)) << 2)
      const whole = productsOf(begin, stop, rightStart) > padded >> 1
      if (!whole) addMarked(begin, stop, leftAt, rightStart, rightColumn, rightValue, sums, marks)
      else if (rightValue === 0) addUnits(begin, stop, leftAt, rightStart, rightColumn, sums)
      else addRows(begin, stop, leftAt, rightStart, rightColumn, rightValue, sums)
      if (leaveOutDiagonal) store<f32>(sums + ((<usize>i) << 2), 0)

      const xi: f32 = form === 0 ? 1 : load<f32>(x + ((<usize>i) << 2))
      const a: f32 = form === 1 ? xi : 1
      const b: f32 = form === 2 ? shrinkage + xi : shrinkage
      const c: f32 = form === 2 ? 1 : 0
      let size = 0
      let floor: f32 = 0
      for (let group = 0; group < padded >> 4; group++) {
        if (!whole) {
          if ((group & 15) === 0 && !v128.any_true(v128.load(marks + <usize>group))) {
            group += 15
            continue
          }
          if (load<u8>(marks + <usize>group) === 0) continue
          store<u8>(marks + <usize>group, 0)
        }
        size = readGroup(sums, group << 4, form, x, a, b, c, floor, workspace, capacity, size)
        if (size + 16 > capacity) {
          floor = cut(workspace, capacity, size, keep)
          size = keep
        }
      }
      const kept = min(size, keep)
      if (size > keep) cut(workspace, capacity, size, keep)
      if (ranked) rank(workspace, capacity, kept)
      const out = <usize>(i - from) * ((<usize>keep) << 2)
      memory.copy(ids + out, workspace, (<usize>kept) << 2)
      memory.copy(scores + out, workspace + ((<usize>capacity) << 2), (<usize>kept) << 2)
      store<i32>(counts + ((<usize>(i - from)) << 2), kept)
    }
  }
}

/** Number of products that a row takes. */
function productsOf(begin: usize, stop: usize, rightStart: usize): i32 {
  let products = 0
  for (let e = begin; e < stop; e += 4) {
    const at = rightStart + ((<usize>load<i32>(e)) << 2)
    products += load<i32>(at, 4) - load<i32>(at)
  }
  return products
}

function addUnits(
  begin: usize,
  stop: usize,
  leftAt: usize,
  rightStart: usize,
  rightColumn: usize,
  sums: usize,
): void {
  for (let e = begin; e < stop; e += 4) {
    const left = load<f32>(e + leftAt)
    const at = rightStart + ((<usize>load<i32>(e)) << 2)
    const end = rightColumn + ((<usize>load<u32>(at, 4)) << 2)
    let p = rightColumn + ((<usize>load<u32>(at)) << 2)
    for (; p + 12 < end; p += 16) {
      const one = sums + ((<usize>load<i32>(p)) << 2)
      const two = sums + ((<usize>load<i32>(p, 4)) << 2)
      const three = sums + ((<usize>load<i32>(p, 8)) << 2)
      const four = sums + ((<usize>load<i32>(p, 12)) << 2)
      store<f32>(one, load<f32>(one) + left)
      store<f32>(two, load<f32>(two) + left)
      store<f32>(three, load<f32>(three) + left)
      store<f32>(four, load<f32>(four) + left)
    }
    for (; p < end; p += 4) {
      const sum = sums + ((<usize>load<i32>(p)) << 2)
      store<f32>(sum, load<f32>(sum) + left)
    }
  }
}

function addRows(
  begin: usize,
  stop: usize,
  leftAt: usize,
  rightStart: usize,
  rightColumn: usize,
  rightValue: usize,
  sums: usize,
): void {
  const valueAt = rightValue - rightColumn
  for (let e = begin; e < stop; e += 4) {
    const left = load<f32>(e + leftAt)
    const at = rightStart + ((<usize>load<i32>(e)) << 2)
    const end = rightColumn + ((<usize>load<u32>(at, 4)) << 2)
    let p = rightColumn + ((<usize>load<u32>(at)) << 2)
    for (; p + 12 < end; p += 16) {
      const v = p + valueAt
      const one = sums + ((<usize>load<i32>(p)) << 2)
      const two = sums + ((<usize>load<i32>(p, 4)) << 2)
      const three = sums + ((<usize>load<i32>(p, 8)) << 2)
      const four = sums + ((<usize>load<i32>(p, 12)) << 2)
      store<f32>(one, load<f32>(one) + left * load<f32>(v))
      store<f32>(two, load<f32>(two) + left * load<f32>(v, 4))
      store<f32>(three, load<f32>(three) + left * load<f32>(v, 8))
      store<f32>(four, load<f32>(four) + left * load<f32>(v, 12))
    }
    for (; p < end; p += 4) {
      const sum = sums + ((<usize>load<i32>(p)) << 2)
      store<f32>(sum, load<f32>(sum) + left * load<f32>(p + valueAt))
    }
  }
}

/** As the two above, and marks the groups of 16 columns that are touched. */
function addMarked(
  begin: usize,
  stop: usize,
  leftAt: usize,
  rightStart: usize,
  rightColumn: usize,
  rightValue: usize,
  sums: usize,
  marks: usize,
): void {
  const valueAt = rightValue - rightColumn
  for (let e = begin; e < stop; e += 4) {
    const left = load<f32>(e + leftAt)
    const at = rightStart + ((<usize>load<i32>(e)) << 2)
    const end = rightColumn + ((<usize>load<u32>(at, 4)) << 2)
    for (let p = rightColumn + ((<usize>load<u32>(at)) << 2); p < end; p += 4) {
      const j = load<i32>(p)
      const sum = sums + ((<usize>j) << 2)
      const product = rightValue === 0 ? left : left * load<f32>(p + valueAt)
      store<u8>(marks + <usize>(j >> 4), 1)
      store<f32>(sum, load<f32>(sum) + product)
    }
  }
}

/** Adds those of 16 columns whose entry exceeds the floor to the workspace, and clears their sums. */
function readGroup(
  sums: usize,
  first: i32,
  form: i32,
  x: usize,
  a: f32,
  b: f32,
  c: f32,
  floor: f32,
  workspace: usize,
  capacity: i32,
  size: i32,
): i32 {
  const zero = f32x4.splat(0)
  const scores = (<usize>capacity) << 2
  let next = workspace + ((<usize>size) << 2)
  for (let j = first; j < first + 16; j += 4) {
    const at = (<usize>j) << 2
    const sum = v128.load(sums + at)
    const xj = v128.load(x + at)
    v128.store(sums + at, zero)
    let value: v128
    if (form === 0) value = f32x4.mul(sum, xj)
    else {
      const below = f32x4.add(f32x4.mul(f32x4.splat(a), xj), f32x4.splat(b))
      value = f32x4.div(sum, f32x4.sub(below, f32x4.mul(f32x4.splat(c), sum)))
    }
    const better = i32x4.bitmask(f32x4.gt(value, f32x4.splat(floor)))
    if (better === 0) continue
    // Written always, kept only when better: no branch to mispredict.
    store<i32>(next, j)
    store<f32>(next + scores, f32x4.extract_lane(value, 0))
    next += (<usize>(better & 1)) << 2
    store<i32>(next, j + 1)
    store<f32>(next + scores, f32x4.extract_lane(value, 1))
    next += (<usize>(better & 2)) << 1
    store<i32>(next, j + 2)
    store<f32>(next + scores, f32x4.extract_lane(value, 2))
    next += <usize>(better & 4)
    store<i32>(next, j + 3)
    store<f32>(next + scores, f32x4.extract_lane(value, 3))
    next += <usize>(better & 8) >> 1
  }
  return <i32>((next - workspace) >> 2)
}
