// Rows of factors in blocks of eight: vector k (4 numbers) of row r lies at block + k * 128 + r * 16. One
// pointer walks a block with constant offsets, so that eight rows are worked on at once without address sums.
// `d` is the number of factors, a multiple of 8.

/** Bytes of vectors of eight rows side by side. */
const COLUMN: usize = 128

/** Bytes of a block of eight rows. */
export function blockBytes(d: i32): usize {
  return (<usize>d) << 5
}

/** Copies one row of factors into place r (0..7) of a block. */
export function putRow(row: usize, block: usize, r: i32, d: i32): void {
  let to = block + ((<usize>r) << 4)
  const end = row + ((<usize>d) << 2)
  while (row < end) {
    v128.store(to, v128.load(row))
    v128.store(to, v128.load(row, 16), 128)
    row += 32
    to += 2 * COLUMN
  }
}

/** Copies eight rows of factors, whose numbers stand at `index`, into a block: whole cache lines are written in order. */
export function putRows(factors: usize, index: usize, block: usize, d: i32): void {
  const bytes = (<usize>d) << 2
  const r0 = factors + <usize>load<u32>(index) * bytes
  const r1 = factors + <usize>load<u32>(index, 4) * bytes
  const r2 = factors + <usize>load<u32>(index, 8) * bytes
  const r3 = factors + <usize>load<u32>(index, 12) * bytes
  const r4 = factors + <usize>load<u32>(index, 16) * bytes
  const r5 = factors + <usize>load<u32>(index, 20) * bytes
  const r6 = factors + <usize>load<u32>(index, 24) * bytes
  const r7 = factors + <usize>load<u32>(index, 28) * bytes
  for (let k: usize = 0; k < bytes; k += 16) {
    v128.store(block, v128.load(r0 + k))
    v128.store(block, v128.load(r1 + k), 16)
    v128.store(block, v128.load(r2 + k), 32)
    v128.store(block, v128.load(r3 + k), 48)
    v128.store(block, v128.load(r4 + k), 64)
    v128.store(block, v128.load(r5 + k), 80)
    v128.store(block, v128.load(r6 + k), 96)
    v128.store(block, v128.load(r7 + k), 112)
    block += COLUMN
  }
}

/** Fills the places from r to 7 of a block with zeros. */
export function clearRows(block: usize, r: i32, d: i32): void {
  const zero = f32x4.splat(0)
  for (; r < 8; r++) {
    let to = block + ((<usize>r) << 4)
    const end = to + blockBytes(d)
    while (to < end) {
      v128.store(to, zero)
      to += COLUMN
    }
  }
}

/** [sum of a, sum of b, sum of c, sum of d] */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
}

/** out[0..7] = inner products of x with the eight rows of a block. */
export function blockDots(block: usize, x: usize, d: i32, out: usize): void {
  let s0 = f32x4.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let s4 = s0
  let s5 = s0
  let s6 = s0
  let s7 = s0
  const end = x + ((<usize>d) << 2)
  while (x < end) {
    const v = v128.load(x)
    s0 = f32x4.relaxed_madd(v128.load(block), v, s0)
    s1 = f32x4.relaxed_madd(v128.load(block, 16), v, s1)
    s2 = f32x4.relaxed_madd(v128.load(block, 32), v, s2)
    s3 = f32x4.relaxed_madd(v128.load(block, 48), v, s3)
    s4 = f32x4.relaxed_madd(v128.load(block, 64), v, s4)
    s5 = f32x4.relaxed_madd(v128.load(block, 80), v, s5)
    s6 = f32x4.relaxed_madd(v128.load(block, 96), v, s6)
    s7 = f32x4.relaxed_madd(v128.load(block, 112), v, s7)
    const w = v128.load(x, 16)
    s0 = f32x4.relaxed_madd(v128.load(block, 128), w, s0)
    s1 = f32x4.relaxed_madd(v128.load(block, 144), w, s1)
    s2 = f32x4.relaxed_madd(v128.load(block, 160), w, s2)
    s3 = f32x4.relaxed_madd(v128.load(block, 176), w, s3)
    s4 = f32x4.relaxed_madd(v128.load(block, 192), w, s4)
    s5 = f32x4.relaxed_madd(v128.load(block, 208), w, s5)
    s6 = f32x4.relaxed_madd(v128.load(block, 224), w, s6)
    s7 = f32x4.relaxed_madd(v128.load(block, 240), w, s7)
    x += 32
    block += 2 * COLUMN
  }
  v128.store(out, sums(s0, s1, s2, s3))
  v128.store(out, sums(s4, s5, s6, s7), 16)
}

/** y += Σ scale[r] · row r of a block. */
export function blockAdd(block: usize, scale: usize, d: i32, y: usize): void {
  const c0 = v128.load32_splat(scale)
  const c1 = v128.load32_splat(scale, 4)
  const c2 = v128.load32_splat(scale, 8)
  const c3 = v128.load32_splat(scale, 12)
  const c4 = v128.load32_splat(scale, 16)
  const c5 = v128.load32_splat(scale, 20)
  const c6 = v128.load32_splat(scale, 24)
  const c7 = v128.load32_splat(scale, 28)
  const end = y + ((<usize>d) << 2)
  while (y < end) {
    let a = v128.load(y)
    let b = v128.load(y, 16)
    a = f32x4.relaxed_madd(v128.load(block), c0, a)
    b = f32x4.relaxed_madd(v128.load(block, 128), c0, b)
    a = f32x4.relaxed_madd(v128.load(block, 16), c1, a)
    b = f32x4.relaxed_madd(v128.load(block, 144), c1, b)
    a = f32x4.relaxed_madd(v128.load(block, 32), c2, a)
    b = f32x4.relaxed_madd(v128.load(block, 160), c2, b)
    a = f32x4.relaxed_madd(v128.load(block, 48), c3, a)
    b = f32x4.relaxed_madd(v128.load(block, 176), c3, b)
    a = f32x4.relaxed_madd(v128.load(block, 64), c4, a)
    b = f32x4.relaxed_madd(v128.load(block, 192), c4, b)
    a = f32x4.relaxed_madd(v128.load(block, 80), c5, a)
    b = f32x4.relaxed_madd(v128.load(block, 208), c5, b)
    a = f32x4.relaxed_madd(v128.load(block, 96), c6, a)
    b = f32x4.relaxed_madd(v128.load(block, 224), c6, b)
    a = f32x4.relaxed_madd(v128.load(block, 112), c7, a)
    b = f32x4.relaxed_madd(v128.load(block, 240), c7, b)
    v128.store(y, a)
    v128.store(y, b, 16)
    y += 32
    block += 2 * COLUMN
  }
}
