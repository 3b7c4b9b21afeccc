// Cholesky of small matrices, d × d by rows with d a multiple of 8: A = UᵀU in place of the upper triangle.
// Eight rows are finished at a time; what lies below and right of them is then updated once, in tiles.

/** A pivot is at least this: a direction that nothing speaks for has the solution 0. */
const LEAST: f32 = 1e-20

/** row -= scale · pivot, from column `first` (rounded down to a multiple of 4) to d. */
function subtractRow(row: usize, pivot: usize, scale: f32, first: i32, d: i32): void {
  const c = f32x4.splat(scale)
  const end = (<usize>d) << 2
  for (let at = (<usize>(first & ~3)) << 2; at < end; at += 16) {
    v128.store(row + at, f32x4.relaxed_nmadd(v128.load(pivot + at), c, v128.load(row + at)))
  }
}

/** Finishes the eight rows from `first`, which all earlier rows have been taken from. */
function factorRows(matrix: usize, first: i32, d: i32): void {
  const stride = (<usize>d) << 2
  for (let k = first; k < first + 8; k++) {
    const row = matrix + <usize>k * stride
    const scale: f32 = 1 / sqrt<f32>(max<f32>(load<f32>(row + ((<usize>k) << 2)), LEAST))
    const c = f32x4.splat(scale)
    for (let at = (<usize>(k & ~3)) << 2; at < stride; at += 16) {
      v128.store(row + at, f32x4.mul(v128.load(row + at), c))
    }
    // The diagonal holds 1 / U[k][k] from here on: the solves only ever multiply with it.
    for (let i = k + 1; i < first + 8; i++) {
      subtractRow(row + <usize>(i - k) * stride, row, load<f32>(row + ((<usize>i) << 2)), i, d)
    }
    store<f32>(row + ((<usize>k) << 2), scale)
  }
}

/** Four rows and eight columns at `out` minus Σ over eight rows k of pivots[k][i] pivots[k][j]. */
function subtractTile(left: usize, right: usize, out: usize, stride: usize): void {
  const out1 = out + stride
  const out2 = out1 + stride
  const out3 = out2 + stride
  let a0 = v128.load(out)
  let b0 = v128.load(out, 16)
  let a1 = v128.load(out1)
  let b1 = v128.load(out1, 16)
  let a2 = v128.load(out2)
  let b2 = v128.load(out2, 16)
  let a3 = v128.load(out3)
  let b3 = v128.load(out3, 16)
  for (let k = 0; k < 8; k++) {
    const x = v128.load(right)
    const y = v128.load(right, 16)
    const c0 = v128.load32_splat(left)
    a0 = f32x4.relaxed_nmadd(x, c0, a0)
    b0 = f32x4.relaxed_nmadd(y, c0, b0)
    const c1 = v128.load32_splat(left, 4)
    a1 = f32x4.relaxed_nmadd(x, c1, a1)
    b1 = f32x4.relaxed_nmadd(y, c1, b1)
    const c2 = v128.load32_splat(left, 8)
    a2 = f32x4.relaxed_nmadd(x, c2, a2)
    b2 = f32x4.relaxed_nmadd(y, c2, b2)
    const c3 = v128.load32_splat(left, 12)
    a3 = f32x4.relaxed_nmadd(x, c3, a3)
    b3 = f32x4.relaxed_nmadd(y, c3, b3)
    right += stride
    left += stride
  }
  v128.store(out, a0)
  v128.store(out, b0, 16)
  v128.store(out1, a1)
  v128.store(out1, b1, 16)
  v128.store(out2, a2)
  v128.store(out2, b2, 16)
  v128.store(out3, a3)
  v128.store(out3, b3, 16)
}

/** Factors the upper triangle in place; the diagonal of U is left as its inverse. */
export function factor(matrix: usize, d: i32): void {
  const stride = (<usize>d) << 2
  for (let first = 0; first < d; first += 8) {
    factorRows(matrix, first, d)
    const pivots = matrix + <usize>first * stride
    for (let i = first + 8; i < d; i += 4) {
      const left = pivots + ((<usize>i) << 2)
      const row = matrix + <usize>i * stride
      for (let j = i & ~7; j < d; j += 8) {
        const at = (<usize>j) << 2
        subtractTile(left, pivots + at, row + at, stride)
      }
    }
  }
}

/** Solves UᵀU x = b in place of b, with U as `factor` left it. */
export function solve(matrix: usize, d: i32, b: usize): void {
  const stride = (<usize>d) << 2
  for (let k = 0; k < d; k++) {
    const row = matrix + <usize>k * stride
    const at = (<usize>k) << 2
    const z = load<f32>(b + at) * load<f32>(row + at)
    store<f32>(b + at, z)
    let next = k + 1
    for (; (next & 3) != 0; next++) {
      const place = (<usize>next) << 2
      store<f32>(b + place, load<f32>(b + place) - z * load<f32>(row + place))
    }
    if (next < d) subtractRow(b, row, z, next, d)
  }
  for (let k = d - 1; k >= 0; k--) {
    const row = matrix + <usize>k * stride
    const at = (<usize>k) << 2
    let sum = f32x4.splat(0)
    let next = k + 1
    let rest = load<f32>(b + at)
    for (; (next & 3) != 0; next++) {
      const place = (<usize>next) << 2
      rest -= load<f32>(row + place) * load<f32>(b + place)
    }
    for (let place = (<usize>next) << 2; place < stride; place += 16) {
      sum = f32x4.relaxed_madd(v128.load(row + place), v128.load(b + place), sum)
    }
    rest -= f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1)
    rest -= f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)
    store<f32>(b + at, rest * load<f32>(row + at))
  }
}
