import { factor, solve } from './cholesky8'
import { addOuter, PACKED, packRow, packScaled, panelBytes } from './outerProducts'

// One half of ALS for implicit feedback, solved exactly (Hu, Koren, Volinsky 2008): for each row u,
// (G + Yᵤᵀ W Yᵤ + penalty I) x = Yᵤᵀ c, with W = diag(c - shift).

/** Rows that a thread takes at once. */
const TAKEN = 16

function addRow(y: usize, x: usize, scale: f32, d: i32): void {
  const c = f32x4.splat(scale)
  const end = y + ((<usize>d) << 2)
  while (y < end) {
    v128.store(y, f32x4.relaxed_madd(v128.load(x), c, v128.load(y)))
    v128.store(y, f32x4.relaxed_madd(v128.load(x, 16), c, v128.load(y, 16)), 16)
    y += 32
    x += 32
  }
}

/** Adds Yᵤᵀ W Yᵤ to the upper triangle of `matrix`, and Yᵤᵀ c to x unless `given`. */
function accumulate(
  index: usize,
  value: usize,
  count: i32,
  factors: usize,
  d: i32,
  shift: f32,
  matrix: usize,
  x: usize,
  given: bool,
  panels: usize,
): void {
  const bytes = (<usize>d) << 2
  const scaled = panels + panelBytes(d)
  for (let e = 0; e < count;) {
    const packed = min(count - e, PACKED)
    for (let n = 0; n < packed; n++, e++) {
      const at = (<usize>e) << 2
      const row = factors + <usize>load<u32>(index + at) * bytes
      const c: f32 = value != 0 ? load<f32>(value + at) : 1
      packRow(row, panels, n, d)
      packScaled(row, c - shift, scaled, n, d)
      if (!given) addRow(x, row, c, d)
    }
    addOuter(scaled, panels, packed, d, matrix)
  }
}

/**
 * Solves every row of `target` (rows × d); a row without entries becomes 0.
 * With `given`, rows of `target` hold right sides at the start, in place of Yᵤᵀ c.
 * @param gram d × d by rows, times the weight of what was not observed; the rest as in alsGradient
 * @param scratch `share` bytes for each thread: d × d numbers and two copies of panels
 */
export function solveRowsExactly(
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
  given: bool,
  scratch: usize,
  share: usize,
): void {
  const matrix = scratch + <usize>atomic.add<i32>(control, 1, 4) * share
  const bytes = (<usize>d) << 2
  const panels = matrix + <usize>d * bytes
  for (;;) {
    const from = atomic.add<i32>(control, TAKEN)
    if (from >= rows) return
    const to = min(from + TAKEN, rows)
    for (let u = from; u < to; u++) {
      const first = load<u32>(start + ((<usize>u) << 2))
      const count = load<u32>(start + ((<usize>u) << 2), 4) - first
      const x = target + <usize>u * bytes
      if (!given || count == 0) memory.fill(x, 0, bytes)
      if (count == 0) continue
      memory.copy(matrix, gram, <usize>d * bytes)
      const charge = load<f32>(penalty + ((<usize>u) << 2))
      for (let k = 0; k < d; k++) {
        const pivot = matrix + <usize>k * (bytes + 4)
        store<f32>(pivot, load<f32>(pivot) + charge)
      }
      const at = (<usize>first) << 2
      const values: usize = value == 0 ? 0 : value + at
      accumulate(index + at, values, count, factors, d, shift, matrix, x, given, panels)
      factor(matrix, d)
      solve(matrix, d, x)
    }
  }
}
