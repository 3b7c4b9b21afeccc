/** Rows that a thread takes at once. */
const BLOCK = 16

/**
 * The lower triangle of Rᵀ·W·R for a binary matrix R (people × items) and a weight per person: row i of `out`
 * holds columns 0 .. i, `step` bytes from row to row. R is given by rows (person → items, rising) and by
 * columns (item → people). Each row of the result is written by one thread, in place, while it stays in cache;
 * blocks of rows are shared through the counter at `next`, the longest first.
 */
export function gram(
  next: usize,
  items: i32,
  itemStart: usize,
  itemPerson: usize,
  personStart: usize,
  personItem: usize,
  weight: usize,
  out: usize,
  step: usize,
): void {
  for (;;) {
    const last = items - atomic.add<i32>(next, BLOCK)
    if (last <= 0) return
    for (let i = max(0, last - BLOCK); i < last; i++) {
      const row = out + <usize>i * step
      memory.fill(row, 0, (<usize>(i + 1)) << 2)
      const to = load<i32>(itemStart + ((<usize>i) << 2), 4)
      for (let e = load<i32>(itemStart + ((<usize>i) << 2)); e < to; e++) {
        const p = (<usize>load<i32>(itemPerson + ((<usize>e) << 2))) << 2
        const by = load<f32>(weight + p)
        let at = personItem + ((<usize>load<i32>(personStart + p)) << 2)
        for (;;) {
          // The person has item i, so the loop ends there.
          const j = load<i32>(at)
          const place = row + ((<usize>j) << 2)
          store<f32>(place, load<f32>(place) + by)
          if (j == i) break
          at += 4
        }
      }
    }
  }
}

/** One row: out = scale · Σ value[e] · x[index[e]], 32 columns at a time and then 8. A value address of 0: all 1. */
function addRows(
  from: usize,
  to: usize,
  value: usize,
  scale: f32,
  x: usize,
  step: usize,
  columns: i32,
  out: usize,
): void {
  const all = (columns + 7) & ~7
  const whole = all & ~31
  const by = f32x4.splat(scale)
  for (let c = 0; c < whole; c += 32) {
    const column = x + ((<usize>c) << 2)
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    let s4 = s0
    let s5 = s0
    let s6 = s0
    let s7 = s0
    let v = value
    for (let e = from; e < to; e += 4, v += 4) {
      const row = column + <usize>load<i32>(e) * step
      const w = value != 0 ? v128.load32_splat(v) : f32x4.splat(1)
      s0 = f32x4.relaxed_madd(v128.load(row), w, s0)
      s1 = f32x4.relaxed_madd(v128.load(row, 16), w, s1)
      s2 = f32x4.relaxed_madd(v128.load(row, 32), w, s2)
      s3 = f32x4.relaxed_madd(v128.load(row, 48), w, s3)
      s4 = f32x4.relaxed_madd(v128.load(row, 64), w, s4)
      s5 = f32x4.relaxed_madd(v128.load(row, 80), w, s5)
      s6 = f32x4.relaxed_madd(v128.load(row, 96), w, s6)
      s7 = f32x4.relaxed_madd(v128.load(row, 112), w, s7)
    }
    const target = out + ((<usize>c) << 2)
    v128.store(target, f32x4.mul(s0, by))
    v128.store(target, f32x4.mul(s1, by), 16)
    v128.store(target, f32x4.mul(s2, by), 32)
    v128.store(target, f32x4.mul(s3, by), 48)
    v128.store(target, f32x4.mul(s4, by), 64)
    v128.store(target, f32x4.mul(s5, by), 80)
    v128.store(target, f32x4.mul(s6, by), 96)
    v128.store(target, f32x4.mul(s7, by), 112)
  }
  for (let c = whole; c < all; c += 8) {
    const column = x + ((<usize>c) << 2)
    let s0 = f32x4.splat(0)
    let s1 = s0
    let v = value
    for (let e = from; e < to; e += 4, v += 4) {
      const row = column + <usize>load<i32>(e) * step
      const w = value != 0 ? v128.load32_splat(v) : f32x4.splat(1)
      s0 = f32x4.relaxed_madd(v128.load(row), w, s0)
      s1 = f32x4.relaxed_madd(v128.load(row, 16), w, s1)
    }
    const target = out + ((<usize>c) << 2)
    v128.store(target, f32x4.mul(s0, by))
    v128.store(target, f32x4.mul(s1, by), 16)
  }
}

/**
 * out = diag(scale) · S · X for a sparse S by rows and a dense X: row r of `out` is the sum of the rows
 * index[start[r]] .. of X, each times its value. `value` and `scale` may be 0: all 1. Steps in bytes; rows of X
 * and `out` have room up to the next multiple of 8 columns. Threads share the rows through `next`.
 */
export function timesDense(
  next: usize,
  rows: i32,
  start: usize,
  index: usize,
  value: usize,
  scale: usize,
  x: usize,
  xStep: usize,
  columns: i32,
  out: usize,
  outStep: usize,
): void {
  for (;;) {
    const first = atomic.add<i32>(next, BLOCK)
    if (first >= rows) return
    const last = min(first + BLOCK, rows)
    for (let r = first; r < last; r++) {
      const place = (<usize>r) << 2
      const from = (<usize>load<i32>(start + place)) << 2
      const to = (<usize>load<i32>(start + place, 4)) << 2
      addRows(
        index + from,
        index + to,
        value != 0 ? value + from : 0,
        scale != 0 ? load<f32>(scale + place) : 1,
        x,
        xStep,
        columns,
        out + <usize>r * outStep,
      )
    }
  }
}
