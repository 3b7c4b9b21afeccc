/** Sum of the four lanes. */
export function sumOfLanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
}

/** Inner product of two vectors of `n` numbers, of which `n & ~3` are read four at a time. */
export function dot(a: usize, b: usize, n: i32): f32 {
  const whole = n & ~7
  let even = f32x4.splat(0)
  let odd = f32x4.splat(0)
  for (let k = 0; k < whole; k += 8) {
    const at = (<usize>k) << 2
    even = f32x4.relaxed_madd(v128.load(a + at), v128.load(b + at), even)
    odd = f32x4.relaxed_madd(v128.load(a + at, 16), v128.load(b + at, 16), odd)
  }
  let sum = sumOfLanes(f32x4.add(even, odd))
  for (let k = whole; k < n; k++) {
    sum += load<f32>(a + ((<usize>k) << 2)) * load<f32>(b + ((<usize>k) << 2))
  }
  return sum
}
