/** Rows that a thread takes at once. */
const BLOCK = 16

/**
 * Adds, for one event at place p of a person's events from .. to-1, what it gives to one block of columns:
 * for every event q of the same person, table[gap][m], where gap is the distance of the two and m the number
 * of later targets that see both, minus 1. `after` holds for q ≥ p, `before` for q < p; a table has `width`
 * rows of `width` numbers, of which the first `reach` rows are not 0.
 */
function addPairs(
  row: usize,
  item: usize,
  p: i32,
  from: i32,
  to: i32,
  width: i32,
  before: usize,
  reachBefore: i32,
  after: usize,
  reachAfter: i32,
): void {
  // The last event of a person is only a target: the newest event that is seen lies before it.
  const seen = to - 2
  if (p > seen) return
  const most = width - 1
  const end = min(seen, p + reachAfter - 1)
  for (let q = p; q <= end; q++) {
    const entry = after + ((<usize>((q - p) * width + min(most, seen - q))) << 2)
    const place = row + ((<usize>load<i32>(item + ((<usize>q) << 2))) << 2)
    store<f32>(place, load<f32>(place) + load<f32>(entry))
  }
  const m = min(most, seen - p)
  for (let q = max(from, p - reachBefore + 1); q < p; q++) {
    const entry = before + ((<usize>((p - q) * width + m)) << 2)
    const place = row + ((<usize>load<i32>(item + ((<usize>q) << 2))) << 2)
    store<f32>(place, load<f32>(place) + load<f32>(entry))
  }
}

/**
 * XᵀX and XᵀY of sequences, where the row of X for a target at place t holds, for each block b and item, the sum of
 * weights[b][t − 1 − p] over the events p < t of that item, and Y marks the item of the target.
 *
 * A row of both results belongs to (block, item); it is made by one thread from the events of the item. Of XᵀX
 * the blocks of columns up to the row's own are made. `reach[b · blocks + c]` is the number of gaps at which the
 * table of (b, c) is not 0; the tables lie behind each other in the same order, b being that of the older event.
 */
export function lagProducts(
  next: usize,
  items: i32,
  blocks: i32,
  occurrenceStart: usize,
  occurrence: usize,
  item: usize,
  firstOf: usize,
  endOf: usize,
  width: i32,
  weights: usize,
  lengths: usize,
  tables: usize,
  reach: usize,
  gram: usize,
  gramStep: usize,
  cross: usize,
  crossStep: usize,
): void {
  const tableBytes = (<usize>(width * width)) << 2
  for (;;) {
    const last = items * blocks - atomic.add<i32>(next, BLOCK)
    if (last <= 0) return
    for (let r = max(0, last - BLOCK); r < last; r++) {
      const b = r / items
      const place = (<usize>(r - b * items)) << 2
      const row = gram + <usize>r * gramStep
      const target = cross + <usize>r * crossStep
      const weight = weights + ((<usize>(b * width)) << 2)
      const length = load<i32>(lengths + ((<usize>b) << 2))
      memory.fill(row, 0, (<usize>((b + 1) * items)) << 2)
      memory.fill(target, 0, (<usize>items) << 2)
      const to = load<i32>(occurrenceStart + place, 4)
      for (let e = load<i32>(occurrenceStart + place); e < to; e++) {
        const p = load<i32>(occurrence + ((<usize>e) << 2))
        const from = load<i32>(firstOf + ((<usize>p) << 2))
        const end = load<i32>(endOf + ((<usize>p) << 2))
        for (let c = 0; c <= b; c++) {
          const older = b * blocks + c
          const newer = c * blocks + b
          addPairs(
            row + ((<usize>(c * items)) << 2),
            item,
            p,
            from,
            end,
            width,
            tables + <usize>newer * tableBytes,
            load<i32>(reach + ((<usize>newer) << 2)),
            tables + <usize>older * tableBytes,
            load<i32>(reach + ((<usize>older) << 2)),
          )
        }
        const stop = min(end, p + 1 + length)
        for (let t = p + 1; t < stop; t++) {
          const at = target + ((<usize>load<i32>(item + ((<usize>t) << 2))) << 2)
          store<f32>(at, load<f32>(at) + load<f32>(weight + ((<usize>(t - 1 - p)) << 2)))
        }
      }
    }
  }
}
