/**
 * The k best of many scored ids. Candidates gather in a buffer of `capacity` places; when it is full it is
 * cut to the k best, whose last score is from then on the floor that a candidate must exceed. Candidates come
 * with rising ids and nothing here changes the order of equal scores, so these come out by the smaller id.
 *
 * Digits instead of comparisons: a heap of 500 out of 2,000 took 60 µs, since nearly each of its comparisons
 * is mispredicted; selecting by digits takes 5 µs.
 *
 * A workspace holds, one after the other: ids, scores, and a second pair of them for sorting (4 · capacity
 * words), and 2,048 words of digit counts. Its size in words: 4 · capacity + 2048.
 */

/** Bits of the three digits by which `cut` finds the last kept score. */
const TOP = 21
const MIDDLE = 10

/**
 * Cuts the `n` > k entries of a workspace to the k best, in their order. Returns the lowest kept score.
 */
export function cut(workspace: usize, capacity: i32, n: i32, k: i32): f32 {
  const part = (<usize>capacity) << 2
  const scores = workspace + part
  const keys = scores + part
  const digits = keys + part + part
  for (let e: usize = 0; e < (<usize>n) << 2; e += 4) {
    store<u32>(keys + e, keyOf(load<f32>(scores + e)))
  }
  // Digit by digit, the key of the k-th best: `left` is its rank among the keys that share its first digits.
  let left = k
  let last: u32 = 0
  let known: u32 = 0
  for (let shift: u32 = TOP; ; shift = shift === TOP ? MIDDLE : 0) {
    const bits: u32 = shift === 0 ? MIDDLE : 11
    memory.fill(digits, 0, <usize>(4 << bits))
    for (let e: usize = 0; e < (<usize>n) << 2; e += 4) {
      const key = load<u32>(keys + e)
      if ((key & known) === last) count(digits + (((key >> shift) & ((1 << bits) - 1)) << 2))
    }
    let digit: u32 = 0
    for (; ; digit++) {
      const here = load<i32>(digits + (digit << 2))
      if (here >= left) break
      left -= here
    }
    last |= digit << shift
    known |= ((1 << bits) - 1) << shift
    if (shift === 0) break
  }
  let to: usize = 0
  let equals = left
  for (let e: usize = 0; e < (<usize>n) << 2; e += 4) {
    const key = load<u32>(keys + e)
    const equal = <i32>(key === last)
    const keep = <i32>(key < last) | (equal & <i32>(equals > 0))
    equals -= equal
    store<i32>(workspace + to, load<i32>(workspace + e))
    store<f32>(scores + to, load<f32>(scores + e))
    to += (<usize>keep) << 2
  }
  return scoreOf(last)
}

/** Sorts the first `n` entries of a workspace, highest score first, equal scores left in their order. */
export function rank(workspace: usize, capacity: i32, n: i32): void {
  const part = (<usize>capacity) << 2
  let ids = workspace
  let scores = workspace + part
  let otherIds = scores + part
  let otherScores = otherIds + part
  const digits = otherScores + part
  memory.fill(digits, 0, 4096)
  for (let e = 0; e < n; e++) {
    const key = keyOf(load<f32>(scores + ((<usize>e) << 2)))
    count(digits + ((key & 255) << 2))
    count(digits + 1024 + (((key >> 8) & 255) << 2))
    count(digits + 2048 + (((key >> 16) & 255) << 2))
    count(digits + 3072 + ((key >> 24) << 2))
  }
  for (let digit = 0; digit < 4; digit++) {
    const table = digits + ((<usize>digit) << 10)
    if (!sumUp(table, n)) continue
    const shift: u32 = (<u32>digit) << 3
    for (let e = 0; e < n; e++) {
      const from = (<usize>e) << 2
      const score = load<f32>(scores + from)
      const at = table + (((keyOf(score) >> shift) & 255) << 2)
      const place = load<u32>(at)
      store<u32>(at, place + 1)
      store<f32>(otherScores + ((<usize>place) << 2), score)
      store<i32>(otherIds + ((<usize>place) << 2), load<i32>(ids + from))
    }
    const wasIds = ids
    const wasScores = scores
    ids = otherIds
    scores = otherScores
    otherIds = wasIds
    otherScores = wasScores
  }
  if (ids !== workspace) {
    memory.copy(workspace, ids, (<usize>n) << 2)
    memory.copy(workspace + part, scores, (<usize>n) << 2)
  }
}

/** Unsigned number that is smaller for a higher score; equal for 0 and -0. */
function keyOf(score: f32): u32 {
  const bits = reinterpret<u32>(score + 0)
  const sign = <u32>(<i32>bits >> 31)
  return ~(bits ^ (sign | 0x80000000))
}

/** The score of a key. */
function scoreOf(key: u32): f32 {
  const flipped = ~key
  const sign = <u32>(<i32>flipped >> 31)
  return reinterpret<f32>(flipped ^ (~sign | 0x80000000))
}

function count(at: usize): void {
  store<u32>(at, load<u32>(at) + 1)
}

/** Makes counts into first places. False when all `n` have the same digit, and nothing needs to move. */
function sumUp(table: usize, n: i32): bool {
  let sum: u32 = 0
  for (let at = table; at < table + 1024; at += 4) {
    const here = load<u32>(at)
    if (here === <u32>n) return false
    store<u32>(at, sum)
    sum += here
  }
  return true
}
