// Sums of outer products of rows, upper triangle only. Rows are packed into panels of eight columns: row n of
// panel j lies at panels + j * PANEL + n * 32, so that the inner loop walks two short, dense streams.
// `d` is the number of columns, a multiple of 8; a matrix is d × d by rows.

/** Rows that are packed at once: panels of two copies of 64 columns are 16 KB, half of the first-level cache. */
export const PACKED = 32
const PANEL: usize = 32 * PACKED

/** Bytes of the panels of one copy. */
export function panelBytes(d: i32): usize {
  return <usize>(d >> 3) * PANEL
}

/** Puts a row into place n of the panels. */
export function packRow(row: usize, panels: usize, n: i32, d: i32): void {
  let to = panels + ((<usize>n) << 5)
  const end = row + ((<usize>d) << 2)
  while (row < end) {
    v128.store(to, v128.load(row))
    v128.store(to, v128.load(row, 16), 16)
    row += 32
    to += PANEL
  }
}

/** As packRow, times a factor. */
export function packScaled(row: usize, scale: f32, panels: usize, n: i32, d: i32): void {
  const c = f32x4.splat(scale)
  let to = panels + ((<usize>n) << 5)
  const end = row + ((<usize>d) << 2)
  while (row < end) {
    v128.store(to, f32x4.mul(v128.load(row), c))
    v128.store(to, f32x4.mul(v128.load(row, 16), c), 16)
    row += 32
    to += PANEL
  }
}

/** Adds to four rows and eight columns at `out` (rows `stride` bytes apart) Σ left[n][0..3] right[n][0..7]. */
function addTile(left: usize, right: usize, count: i32, out: usize, stride: usize): void {
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
  const end = right + ((<usize>count) << 5)
  while (right < end) {
    const x = v128.load(right)
    const y = v128.load(right, 16)
    const c0 = v128.load32_splat(left)
    a0 = f32x4.relaxed_madd(x, c0, a0)
    b0 = f32x4.relaxed_madd(y, c0, b0)
    const c1 = v128.load32_splat(left, 4)
    a1 = f32x4.relaxed_madd(x, c1, a1)
    b1 = f32x4.relaxed_madd(y, c1, b1)
    const c2 = v128.load32_splat(left, 8)
    a2 = f32x4.relaxed_madd(x, c2, a2)
    b2 = f32x4.relaxed_madd(y, c2, b2)
    const c3 = v128.load32_splat(left, 12)
    a3 = f32x4.relaxed_madd(x, c3, a3)
    b3 = f32x4.relaxed_madd(y, c3, b3)
    right += 32
    left += 32
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

/** Upper triangle of out += leftᵀ right over the first `count` packed rows; both panels hold multiples of the same rows. */
export function addOuter(left: usize, right: usize, count: i32, d: i32, out: usize): void {
  const stride = (<usize>d) << 2
  const panels = d >> 3
  for (let i = 0; i < panels; i++) {
    const from = left + <usize>i * PANEL
    const row = out + ((<usize>i) << 3) * stride
    for (let j = i; j < panels; j++) {
      const to = right + <usize>j * PANEL
      const tile = row + ((<usize>j) << 5)
      addTile(from, to, count, tile, stride)
      addTile(from + 16, to, count, tile + (stride << 2), stride)
    }
  }
}
