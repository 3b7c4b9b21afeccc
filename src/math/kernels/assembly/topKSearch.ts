import { cut, rank } from './shared/bestK'

/** Rows that a thread takes at once, of 8-bit numbers. */
const BLOCK = 1024

/** At the front of each workspace: how many candidates it holds, and the score that a further one must exceed. */
const HEAD = 16

/**
 * The k vectors with the largest inner product with each of several queries. Each thread gathers its own best;
 * the caller merges them.
 *
 * @param control i32: the next row (0 at the start), the next thread's number (0 at the start)
 * @param vectors count × stride numbers; stride a multiple of 4; 3 readable rows behind the last one
 * @param queries `people` rows of stride numbers
 * @param workspaces per thread and query `workspaceBytes`: the head, then a workspace of bestK with `capacity`
 * >= k + 4 places. Afterwards the head says how many it holds, ranked.
 * @param block rows that a thread takes at once, a multiple of 4: so few that they stay in the second-level
 * cache while several queries pass, many for one query
 * @param products per thread `block` numbers
 */
export function search(
  control: usize,
  vectors: usize,
  count: i32,
  stride: i32,
  queries: usize,
  people: i32,
  k: i32,
  capacity: i32,
  workspaces: usize,
  workspaceBytes: usize,
  block: i32,
  products: usize,
): void {
  const own = ownWorkspaces(control, people, workspaces, workspaceBytes)
  const ownProducts =
    products + ((own - workspaces) / workspaceBytes / <usize>people) * ((<usize>block) << 2)
  const bytes = (<usize>stride) << 2
  for (;;) {
    const from = atomic.add<i32>(control, block)
    if (from >= count) break
    const to = min(from + block, count)
    let q = 0
    for (; q + 1 < people; q += 2) {
      const first = own + <usize>q * workspaceBytes
      const query = queries + <usize>q * bytes
      scanTwo(vectors, from, to, bytes, query, k, capacity, first, first + workspaceBytes)
    }
    if (q < people) {
      const query = queries + <usize>q * bytes
      const head = own + <usize>q * workspaceBytes
      scanOne(vectors, from, to, bytes, query, k, capacity, head, ownProducts)
    }
  }
  finish(own, people, workspaceBytes, k, capacity)
}

/**
 * The same by vectors of 8-bit numbers, for one query: the score of row r is scale_r · (row_r · query) - bias_r.
 *
 * @param vectors count × stride bytes, stride a multiple of 16; 3 readable rows behind the last one
 * @param scales, biases per row, padded to a multiple of 4
 * @param query stride bytes from 0 to 127: with 7 bits the products of the machine cannot overflow
 */
export function searchBytes(
  control: usize,
  vectors: usize,
  count: i32,
  stride: i32,
  scales: usize,
  biases: usize,
  query: usize,
  k: i32,
  capacity: i32,
  workspaces: usize,
  workspaceBytes: usize,
): void {
  const head = ownWorkspaces(control, 1, workspaces, workspaceBytes)
  const row = <usize>stride
  for (;;) {
    const from = atomic.add<i32>(control, BLOCK)
    if (from >= count) break
    const to = min(from + BLOCK, count)
    let floor = f32x4.splat(load<f32>(head, 4))
    for (let r = from; r < to; r += 4) {
      const at = vectors + <usize>r * row
      let one = i32x4.splat(0)
      let two = i32x4.splat(0)
      let three = i32x4.splat(0)
      let four = i32x4.splat(0)
      for (let c: usize = 0; c < row; c += 16) {
        const part = v128.load(query + c)
        const place = at + c
        one = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(place), part, one)
        two = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(place + row), part, two)
        three = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(place + 2 * row), part, three)
        four = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(place + 3 * row), part, four)
      }
      const whole = i32x4.add(
        i32x4.add(interleaved(one, two, three, four, 0), interleaved(one, two, three, four, 1)),
        i32x4.add(interleaved(one, two, three, four, 2), interleaved(one, two, three, four, 3)),
      )
      const score = f32x4.sub(
        f32x4.mul(f32x4.convert_i32x4_s(whole), v128.load(scales + ((<usize>r) << 2))),
        v128.load(biases + ((<usize>r) << 2)),
      )
      const better = i32x4.bitmask(f32x4.gt(score, floor))
      if (better === 0) continue
      add(score, better, r, to, k, capacity, head)
      floor = f32x4.splat(load<f32>(head, 4))
    }
  }
  finish(head, 1, workspaceBytes, k, capacity)
}

/** scores[n] = vectors[ids[n]] · query, summed exactly as `search` does. ids and scores padded to 4 places. */
export function innerProductsOf(
  vectors: usize,
  stride: i32,
  query: usize,
  ids: usize,
  count: i32,
  scores: usize,
): void {
  const bytes = (<usize>stride) << 2
  for (let n = 0; n < count; n += 4) {
    const at = ids + ((<usize>n) << 2)
    const one = vectors + <usize>load<i32>(at) * bytes
    const two = vectors + <usize>load<i32>(at, 4) * bytes
    const three = vectors + <usize>load<i32>(at, 8) * bytes
    const four = vectors + <usize>load<i32>(at, 12) * bytes
    v128.store(scores + ((<usize>n) << 2), productsOf(one, two, three, four, query, bytes))
  }
}

/** The workspaces of this thread, emptied. */
function ownWorkspaces(
  control: usize,
  people: i32,
  workspaces: usize,
  workspaceBytes: usize,
): usize {
  const thread = <usize>atomic.add<i32>(control + 4, 1)
  const own = workspaces + thread * <usize>people * workspaceBytes
  for (let q = 0; q < people; q++) {
    store<i32>(own + <usize>q * workspaceBytes, 0)
    store<f32>(own + <usize>q * workspaceBytes, -f32.MAX_VALUE, 4)
  }
  return own
}

function finish(own: usize, people: i32, workspaceBytes: usize, k: i32, capacity: i32): void {
  for (let q = 0; q < people; q++) {
    const head = own + <usize>q * workspaceBytes
    const size = load<i32>(head)
    if (size > k) cut(head + HEAD, capacity, size, k)
    rank(head + HEAD, capacity, min(size, k))
    store<i32>(head, min(size, k))
  }
}

/**
 * One query: rows a quarter of the block apart are read side by side, because four streams of memory together
 * are a third faster than one. Their products are put in order before they are looked at.
 */
function scanOne(
  vectors: usize,
  from: i32,
  to: i32,
  bytes: usize,
  query: usize,
  k: i32,
  capacity: i32,
  head: usize,
  products: usize,
): void {
  const quarter = (to - from + 3) >> 2
  const far = <usize>quarter * bytes
  const step = (<usize>quarter) << 2
  for (let r = 0; r < quarter; r++) {
    const one = vectors + <usize>(from + r) * bytes
    const three = one + 2 * far
    const score = productsOf(one, one + far, three, three + far, query, bytes)
    const out = products + ((<usize>r) << 2)
    store<f32>(out, f32x4.extract_lane(score, 0))
    store<f32>(out + step, f32x4.extract_lane(score, 1))
    store<f32>(out + 2 * step, f32x4.extract_lane(score, 2))
    store<f32>(out + 3 * step, f32x4.extract_lane(score, 3))
  }
  let floor = f32x4.splat(load<f32>(head, 4))
  for (let r = from; r < to; r += 4) {
    const score = v128.load(products + ((<usize>(r - from)) << 2))
    const better = i32x4.bitmask(f32x4.gt(score, floor))
    if (better === 0) continue
    add(score, better, r, to, k, capacity, head)
    floor = f32x4.splat(load<f32>(head, 4))
  }
}

/** Two queries at once: each row is loaded once for both. */
function scanTwo(
  vectors: usize,
  from: i32,
  to: i32,
  bytes: usize,
  query: usize,
  k: i32,
  capacity: i32,
  head: usize,
  otherHead: usize,
): void {
  let floor = f32x4.splat(load<f32>(head, 4))
  let otherFloor = f32x4.splat(load<f32>(otherHead, 4))
  const zero = f32x4.splat(0)
  for (let r = from; r < to; r += 4) {
    const at = vectors + <usize>r * bytes
    const two = at + bytes
    const three = two + bytes
    const four = three + bytes
    let a1 = zero
    let a2 = zero
    let a3 = zero
    let a4 = zero
    let b1 = zero
    let b2 = zero
    let b3 = zero
    let b4 = zero
    for (let c: usize = 0; c < bytes; c += 16) {
      const a = v128.load(query + c)
      const b = v128.load(query + bytes + c)
      const v1 = v128.load(at + c)
      a1 = f32x4.relaxed_madd(v1, a, a1)
      b1 = f32x4.relaxed_madd(v1, b, b1)
      const v2 = v128.load(two + c)
      a2 = f32x4.relaxed_madd(v2, a, a2)
      b2 = f32x4.relaxed_madd(v2, b, b2)
      const v3 = v128.load(three + c)
      a3 = f32x4.relaxed_madd(v3, a, a3)
      b3 = f32x4.relaxed_madd(v3, b, b3)
      const v4 = v128.load(four + c)
      a4 = f32x4.relaxed_madd(v4, a, a4)
      b4 = f32x4.relaxed_madd(v4, b, b4)
    }
    const score = sumsOf(a1, a2, a3, a4)
    const better = i32x4.bitmask(f32x4.gt(score, floor))
    if (better !== 0) {
      add(score, better, r, to, k, capacity, head)
      floor = f32x4.splat(load<f32>(head, 4))
    }
    const otherScore = sumsOf(b1, b2, b3, b4)
    const otherBetter = i32x4.bitmask(f32x4.gt(otherScore, otherFloor))
    if (otherBetter !== 0) {
      add(otherScore, otherBetter, r, to, k, capacity, otherHead)
      otherFloor = f32x4.splat(load<f32>(otherHead, 4))
    }
  }
}

/** Inner products of four vectors with a query. */
function productsOf(
  one: usize,
  two: usize,
  three: usize,
  four: usize,
  query: usize,
  bytes: usize,
): v128 {
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let s4 = f32x4.splat(0)
  for (let c: usize = 0; c < bytes; c += 16) {
    const part = v128.load(query + c)
    s1 = f32x4.relaxed_madd(v128.load(one + c), part, s1)
    s2 = f32x4.relaxed_madd(v128.load(two + c), part, s2)
    s3 = f32x4.relaxed_madd(v128.load(three + c), part, s3)
    s4 = f32x4.relaxed_madd(v128.load(four + c), part, s4)
  }
  return sumsOf(s1, s2, s3, s4)
}

/** The sums of the lanes of four vectors. */
function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(
    f32x4.add(interleaved(a, b, c, d, 0), interleaved(a, b, c, d, 1)),
    f32x4.add(interleaved(a, b, c, d, 2), interleaved(a, b, c, d, 3)),
  )
}

/** One lane of each of four vectors. */
function interleaved(a: v128, b: v128, c: v128, d: v128, lane: i32): v128 {
  if (lane === 0)
    return v128.shuffle<i64>(
      v128.shuffle<i32>(a, b, 0, 4, 1, 5),
      v128.shuffle<i32>(c, d, 0, 4, 1, 5),
      0,
      2,
    )
  if (lane === 1)
    return v128.shuffle<i64>(
      v128.shuffle<i32>(a, b, 0, 4, 1, 5),
      v128.shuffle<i32>(c, d, 0, 4, 1, 5),
      1,
      3,
    )
  if (lane === 2)
    return v128.shuffle<i64>(
      v128.shuffle<i32>(a, b, 2, 6, 3, 7),
      v128.shuffle<i32>(c, d, 2, 6, 3, 7),
      0,
      2,
    )
  return v128.shuffle<i64>(
    v128.shuffle<i32>(a, b, 2, 6, 3, 7),
    v128.shuffle<i32>(c, d, 2, 6, 3, 7),
    1,
    3,
  )
}

/** Adds those of the rows r .. r+3 (below `to`) that `better` marks to a workspace; cuts it when it is full. */
function add(score: v128, better: i32, r: i32, to: i32, k: i32, capacity: i32, head: usize): void {
  const ids = head + HEAD
  const scores = ids + ((<usize>capacity) << 2)
  let size = load<i32>(head)
  const at = scores + ((<usize>capacity) << 2)
  // The spare half of the workspace holds the four scores for a moment.
  v128.store(at, score)
  for (let lane = 0; lane < 4; lane++) {
    if (((better >> lane) & 1) === 0 || r + lane >= to) continue
    store<i32>(ids + ((<usize>size) << 2), r + lane)
    store<f32>(scores + ((<usize>size) << 2), load<f32>(at + ((<usize>lane) << 2)))
    size++
  }
  if (size + 4 > capacity) {
    store<f32>(head, cut(ids, capacity, size, k), 4)
    size = k
  }
  store<i32>(head, size)
}
