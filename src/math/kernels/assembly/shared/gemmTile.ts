/** Rows and columns that one call of `multiplyTile` computes. */
export const TILE_ROWS: i32 = 6
export const TILE_COLUMNS: i32 = 8

/** c = alpha · sum + beta · c, for the eight numbers of one row; with beta 0 what was there is not read. */
function finishRow(c: usize, left: v128, right: v128, alpha: f32, beta: f32): void {
  const scale = f32x4.splat(alpha)
  left = f32x4.mul(left, scale)
  right = f32x4.mul(right, scale)
  if (beta != 0) {
    const keep = f32x4.splat(beta)
    left = f32x4.relaxed_madd(v128.load(c), keep, left)
    right = f32x4.relaxed_madd(v128.load(c, 16), keep, right)
  }
  v128.store(c, left)
  v128.store(c, right, 16)
}

/**
 * C = alpha · A·B + beta · C for a tile of 6 × 8, of which the first `rows` rows are written.
 * `a` holds depth × 6 numbers, `b` depth × 8, as `pack` leaves them; `step` is from row to row of C in bytes.
 *
 * 12 sums, two vectors of B and one of A fill the 15 registers that V8 has to give on x86-64. Measured shapes,
 * GFLOP/s with data in cache, of 59 at most: 6×8 55, 5×8 52, 4×8 52, 3×12 51, 8×4 42, 4×12 34 (it spills);
 * the loop unrolled twice 38, as the loads then move up and the sums no longer fit.
 */
export function multiplyTile(
  a: usize,
  b: usize,
  depth: i32,
  c: usize,
  step: usize,
  rows: i32,
  alpha: f32,
  beta: f32,
): void {
  let left0 = f32x4.splat(0)
  let right0 = f32x4.splat(0)
  let left1 = f32x4.splat(0)
  let right1 = f32x4.splat(0)
  let left2 = f32x4.splat(0)
  let right2 = f32x4.splat(0)
  let left3 = f32x4.splat(0)
  let right3 = f32x4.splat(0)
  let left4 = f32x4.splat(0)
  let right4 = f32x4.splat(0)
  let left5 = f32x4.splat(0)
  let right5 = f32x4.splat(0)
  const end = a + <usize>depth * 24
  while (a < end) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const a0 = v128.load32_splat(a)
    left0 = f32x4.relaxed_madd(a0, b0, left0)
    right0 = f32x4.relaxed_madd(a0, b1, right0)
    const a1 = v128.load32_splat(a, 4)
    left1 = f32x4.relaxed_madd(a1, b0, left1)
    right1 = f32x4.relaxed_madd(a1, b1, right1)
    const a2 = v128.load32_splat(a, 8)
    left2 = f32x4.relaxed_madd(a2, b0, left2)
    right2 = f32x4.relaxed_madd(a2, b1, right2)
    const a3 = v128.load32_splat(a, 12)
    left3 = f32x4.relaxed_madd(a3, b0, left3)
    right3 = f32x4.relaxed_madd(a3, b1, right3)
    const a4 = v128.load32_splat(a, 16)
    left4 = f32x4.relaxed_madd(a4, b0, left4)
    right4 = f32x4.relaxed_madd(a4, b1, right4)
    const a5 = v128.load32_splat(a, 20)
    left5 = f32x4.relaxed_madd(a5, b0, left5)
    right5 = f32x4.relaxed_madd(a5, b1, right5)
    a += 24
    b += 32
  }
  finishRow(c, left0, right0, alpha, beta)
  if (rows < 2) return
  finishRow(c + step, left1, right1, alpha, beta)
  if (rows < 3) return
  finishRow(c + 2 * step, left2, right2, alpha, beta)
  if (rows < 4) return
  finishRow(c + 3 * step, left3, right3, alpha, beta)
  if (rows < 5) return
  finishRow(c + 4 * step, left4, right4, alpha, beta)
  if (rows < 6) return
  finishRow(c + 5 * step, left5, right5, alpha, beta)
}
