import { fnv1a32, type Random, randomNormal, seededRandom } from '../base/index.ts'

/** An independent source of randomness for one purpose of one world. */
export function stream(seed: number, purpose: string): Random {
  return seededRandom(fnv1a32(`${seed}:${purpose}`))
}

/** A uniform number in [0, 1) that is a pure function of three whole numbers (murmur3 finaliser). */
export function hashedUniform(a: number, b: number, c: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ b, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16) ^ c, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 0x1_0000_0000
}

/** One element, each as likely as the others. The list must not be empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random.next() * list.length)] as T
}

/** Standard Gumbel variate: the largest of `score + gumbel` is a draw from softmax(score). */
export function gumbel(random: Random): number {
  return -Math.log(-Math.log(1 - random.next() * 0.999_999_999))
}

/** Poisson variate: Knuth's product of uniforms, above a mean of 60 the rounded normal. */
export function poisson(random: Random, mean: number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * randomNormal(random)))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.next(); product > limit; product *= random.next()) count++
  return count
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

/** Places of `scores`, drawn without return with chances proportional to exp(score), first drawn first. */
export function drawRanked(random: Random, scores: readonly number[], n: number): number[] {
  const noisy = scores.map((score, place) => ({ place, score: score + gumbel(random) }))
  noisy.sort((a, b) => b.score - a.score)
  return noisy.slice(0, n).map(({ place }) => place)
}
