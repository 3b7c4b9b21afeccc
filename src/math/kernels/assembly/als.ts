import { addOuter, PACKED, packRow } from './shared/outerProducts'
import { blockBytes, blockDots, clearRows, putRow } from './shared/rowBlocks'

export { solveRowsExactly } from './shared/alsCholesky'
export { solveRows } from './shared/alsGradient'

/**
 * Gram matrices of `slices` equal slices of the rows (rows × d), upper triangles, each into its d × d place of
 * `partial`. The slices do not depend on the number of threads, so neither does the sum.
 * @param control two 32-bit numbers, 0 at the start: slices given out, threads that have come
 * @param scratch `share` bytes for each thread: one copy of panels
 */
export function gramSlices(
  control: usize,
  factors: usize,
  rows: i32,
  d: i32,
  slices: i32,
  partial: usize,
  scratch: usize,
  share: usize,
): void {
  const panels = scratch + <usize>atomic.add<i32>(control, 1, 4) * share
  const bytes = (<usize>d) << 2
  const length = (rows + slices - 1) / slices
  for (;;) {
    const slice = atomic.add<i32>(control, 1)
    if (slice >= slices) return
    const out = partial + <usize>slice * <usize>d * bytes
    memory.fill(out, 0, <usize>d * bytes)
    const to = min((slice + 1) * length, rows)
    for (let from = slice * length; from < to; from += PACKED) {
      const packed = min(to - from, PACKED)
      for (let n = 0; n < packed; n++) packRow(factors + <usize>(from + n) * bytes, panels, n, d)
      addOuter(panels, panels, packed, d, out)
    }
  }
}

/**
 * Sums the slices, times `scale`, into `matrix` (d × d by rows, both triangles) and `blocks` (the same in
 * blocks of eight rows). One thread does it: it is d² numbers.
 */
export function sumSlices(
  control: usize,
  partial: usize,
  slices: i32,
  d: i32,
  scale: f32,
  matrix: usize,
  blocks: usize,
): void {
  if (atomic.add<i32>(control, 1) != 0) return
  const bytes = (<usize>d) << 2
  const size = <usize>d * bytes
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      const at = <usize>i * bytes + ((<usize>j) << 2)
      let sum: f64 = 0
      for (let s = 0; s < slices; s++) sum += <f64>load<f32>(partial + <usize>s * size + at)
      const scaled = <f32>sum * scale
      store<f32>(matrix + at, scaled)
      store<f32>(matrix + <usize>j * bytes + ((<usize>i) << 2), scaled)
    }
  }
  for (let i = 0; i < d; i++) {
    let to = blocks + <usize>(i >> 3) * blockBytes(d) + ((<usize>(i & 7)) << 4)
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(to, v128.load(matrix + <usize>i * bytes + at))
      to += 128
    }
  }
}

/**
 * out[p][i] = people[p] · factors[i]: eight rows of factors are put into a block, and all people see it while
 * it is in the first-level cache.
 * @param control two 32-bit numbers, 0 at the start
 * @param stride numbers from one row of `out` to the next, at least `rows` rounded up to a multiple of 8
 * @param scratch `share` bytes for each thread: a block
 */
export function productsOf(
  control: usize,
  factors: usize,
  rows: i32,
  d: i32,
  people: usize,
  count: i32,
  out: usize,
  stride: i32,
  scratch: usize,
  share: usize,
): void {
  const block = scratch + <usize>atomic.add<i32>(control, 1, 4) * share
  const bytes = (<usize>d) << 2
  for (;;) {
    const from = atomic.add<i32>(control, 64)
    if (from >= rows) return
    const to = min(from + 64, rows)
    for (let i = from; i < to; i += 8) {
      const held = min(to - i, 8)
      for (let r = 0; r < held; r++) putRow(factors + <usize>(i + r) * bytes, block, r, d)
      clearRows(block, held, d)
      for (let p = 0; p < count; p++) {
        const place = out + ((<usize>p * <usize>stride + <usize>i) << 2)
        blockDots(block, people + <usize>p * bytes, d, place)
      }
    }
  }
}
