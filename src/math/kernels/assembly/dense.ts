import { dot } from './shared/lanes'

/** Rows that a thread takes at once. */
const BLOCK = 256

/**
 * out[r] = rows[r] · x for r in 0 .. count-1. Threads share the rows through the counter at `next`,
 * which is 0 at the start.
 */
export function innerProducts(
  next: usize,
  rows: usize,
  count: i32,
  columns: i32,
  x: usize,
  out: usize,
): void {
  const bytes = (<usize>columns) << 2
  for (;;) {
    const from = atomic.add<i32>(next, BLOCK)
    if (from >= count) return
    const to = min(from + BLOCK, count)
    for (let r = from; r < to; r++) {
      store<f32>(out + ((<usize>r) << 2), dot(rows + <usize>r * bytes, x, columns))
    }
  }
}
