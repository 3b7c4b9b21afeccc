import { multiplyTile, TILE_COLUMNS, TILE_ROWS } from './shared/gemmTile'

/** Panels that a thread packs at once. */
const PACK_BLOCK = 8
/** Rows of C that a thread takes at once: 40 tiles. */
const ROW_BLOCK = 240
/** Columns of B that stay in the second-level cache (with 480 numbers each: 368 KiB) while a row block passes. */
const COLUMN_BLOCK = 192

/** One panel of `width` lanes: to[k · width + w] = from[w · laneStep + k · depthStep], 0 for w ≥ lanes. */
function packPanel(
  from: usize,
  laneStep: usize,
  depthStep: usize,
  lanes: i32,
  depth: i32,
  width: i32,
  to: usize,
): void {
  for (let w = 0; w < width; w++) {
    let source = from + <usize>w * laneStep
    let target = to + ((<usize>w) << 2)
    const step = (<usize>width) << 2
    if (w >= lanes) {
      for (let k = 0; k < depth; k++, target += step) store<f32>(target, 0)
    } else {
      for (let k = 0; k < depth; k++, target += step, source += depthStep) {
        store<f32>(target, load<f32>(source))
      }
    }
  }
}

/** As `packPanel` for eight lanes that lie side by side. */
function packWide(from: usize, depthStep: usize, depth: i32, to: usize): void {
  for (let k = 0; k < depth; k++, from += depthStep, to += 32) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
  }
}

/**
 * Lays a matrix of `lanes` × `depth` numbers out for `multiply`, in panels of `width` lanes (6 for the left
 * factor, whose lanes are its rows; 8 for the right one, whose lanes are its columns), the last one filled up
 * with zeros. Steps in bytes. Threads share the panels through the counter at `next`.
 */
export function pack(
  next: usize,
  from: usize,
  laneStep: usize,
  depthStep: usize,
  lanes: i32,
  depth: i32,
  width: i32,
  to: usize,
): void {
  const panels = (lanes + width - 1) / width
  const bytes = (<usize>(width * depth)) << 2
  for (;;) {
    const first = atomic.add<i32>(next, PACK_BLOCK)
    if (first >= panels) return
    const last = min(first + PACK_BLOCK, panels)
    for (let p = first; p < last; p++) {
      const lane = p * width
      const source = from + <usize>lane * laneStep
      const target = to + <usize>p * bytes
      if (laneStep == 4 && width == 8 && lanes - lane >= 8) {
        packWide(source, depthStep, depth, target)
      } else {
        packPanel(source, laneStep, depthStep, lanes - lane, depth, width, target)
      }
    }
  }
}

/** What of a product is computed. The last four: a factor is a triangle, and its zeros are left out. */
const LOWER = 1
const LEFT_LOWER = 2
const LEFT_UPPER = 3
const RIGHT_LOWER = 4
const RIGHT_UPPER = 5

/** The first, of the terms of a sum, that is not 0 for the tile at this row and column. */
function firstTerm(shape: i32, row: i32, column: i32): i32 {
  return shape == LEFT_UPPER ? row : shape == RIGHT_LOWER ? column : 0
}

/** The end of the terms that are not 0. */
function lastTerm(shape: i32, row: i32, column: i32, depth: i32): i32 {
  if (shape == LEFT_LOWER) return min(depth, row + TILE_ROWS)
  return shape == RIGHT_UPPER ? min(depth, column + TILE_COLUMNS) : depth
}

/**
 * C = alpha · A·B + beta · C, both factors packed; `step` from row to row of C in bytes. Writes whole vectors
 * of eight columns, so a row of C has room up to the next multiple of 8. With shape 1 only the tiles that reach
 * the diagonal of C or lie below it are computed. Threads share blocks of rows through the counter at `next`,
 * the last (with shape 1 the longest) first.
 */
export function multiply(
  next: usize,
  a: usize,
  b: usize,
  depth: i32,
  c: usize,
  step: usize,
  rows: i32,
  columns: i32,
  alpha: f32,
  beta: f32,
  shape: i32,
): void {
  const blocks = (rows + ROW_BLOCK - 1) / ROW_BLOCK
  for (;;) {
    const taken = atomic.add<i32>(next, 1)
    if (taken >= blocks) return
    const from = (blocks - 1 - taken) * ROW_BLOCK
    const to = min(from + ROW_BLOCK, rows)
    const width = shape == LOWER ? min(to, columns) : columns
    for (let left = 0; left < width; left += COLUMN_BLOCK) {
      const right = min(left + COLUMN_BLOCK, width)
      for (let row = from; row < to; row += TILE_ROWS) {
        const end = shape == LOWER ? min(right, row + TILE_ROWS) : right
        const panel = a + ((<usize>(row * depth)) << 2)
        const target = c + <usize>row * step
        for (let column = left; column < end; column += TILE_COLUMNS) {
          const first = firstTerm(shape, row, column)
          multiplyTile(
            panel + <usize>(first * TILE_ROWS * 4),
            b + ((<usize>(column * depth + first * TILE_COLUMNS)) << 2),
            lastTerm(shape, row, column, depth) - first,
            target + ((<usize>column) << 2),
            step,
            to - row,
            alpha,
            beta,
          )
        }
      }
    }
  }
}

/** Numbers on a side of the squares in which `mirror` works. */
const SQUARE = 32

/**
 * Fills the upper triangle of an n × n matrix from its lower one, both multiplied by `scale`.
 * Threads share the rows of squares through the counter at `next`.
 */
export function mirror(next: usize, at: usize, step: usize, n: i32, scale: f32): void {
  const blocks = (n + SQUARE - 1) / SQUARE
  for (;;) {
    const taken = atomic.add<i32>(next, 1)
    if (taken >= blocks) return
    const from = (blocks - 1 - taken) * SQUARE
    const to = min(from + SQUARE, n)
    for (let left = 0; left < to; left += SQUARE) {
      for (let row = from; row < to; row++) {
        const end = min(left + SQUARE, row + 1)
        for (let column = left; column < end; column++) {
          const low = at + <usize>row * step + ((<usize>column) << 2)
          const value = load<f32>(low) * scale
          store<f32>(low, value)
          store<f32>(at + <usize>column * step + ((<usize>row) << 2), value)
        }
      }
    }
  }
}
