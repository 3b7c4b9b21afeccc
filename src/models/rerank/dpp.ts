import { type Aim, grown } from './aim.ts'
import type { CandidateSimilarity } from './similarity.ts'

/** A candidate whose residual is below this lies in the span of the list but for rounding, as in Chen et al. */
const SPANNED = 1e-10

/**
 * Greedy choice for a determinantal point process (Chen, Zhang, Zhou, "Fast Greedy MAP Inference for Determinantal
 * Point Process", NeurIPS 2018). A candidate gains log det S of the list with it less that without it: the logarithm of
 * its residual in the Cholesky factor of S, which each step brings up to date. With their trade-off θ = 1 - strength,
 * log det of the kernel exp(α rᵢ) Sᵢⱼ exp(α rⱼ), α = θ / 2(1 - θ), is (θ Σ r + (1 - θ) log det S) / (1 - θ), so the
 * factor is kept for S alone: no exp(α r) overflows, and θ = 1 needs no case of its own.
 *
 * S has ones on its diagonal and (1 - ridge) · similarity beside it. A candidate in the span of the list, such as
 * a second item with the same attributes when the ridge is 0, gains -∞: it comes when nothing else is left.
 * Cost of n out of m: at most n · m similarities and n² m / 2 multiplications; bringing only those candidates up to date
 * that may be next (as in Hemmi et al., "Lazy and Fast Greedy MAP Inference for DPP", NeurIPS 2022) leaves a small part.
 */
export class Determinant implements Aim {
  gain = new Float64Array(0)
  #residual = new Float64Array(0)
  /** Candidates × length: row j of the Cholesky factor, as far as it is known. */
  #factor = new Float64Array(0)
  /** Square roots of the residuals of the list's items when they were taken; 0: spanned by those before. */
  #root = new Float64Array(0)
  readonly #list: number[] = []
  #similarity: CandidateSimilarity | undefined
  #length = 0
  #scale = 1

  /** @param length most items of the list */
  begin(similarity: CandidateSimilarity, candidates: number, length: number, ridge: number): void {
    this.#similarity = similarity
    this.#length = length
    this.#scale = 1 - ridge
    this.#list.length = 0
    this.#root = grown(this.#root, length)
    this.#factor = grown(this.#factor, candidates * length)
    this.#residual = grown(this.#residual, candidates)
    this.#residual.fill(1, 0, candidates)
    this.gain = grown(this.gain, candidates)
    this.gain.fill(0, 0, candidates)
  }

  take(k: number): void {
    const residual = this.#residual[k] as number
    this.#root[this.#list.length] = residual < SPANNED ? 0 : Math.sqrt(residual)
    this.#list.push(k)
  }

  refresh(k: number, since: number): void {
    const list = this.#list
    let residual = this.#residual[k] as number
    if (residual < SPANNED) return
    for (let t = since; t < list.length; t++) {
      const entry = this.#entry(k, t)
      this.#factor[k * this.#length + t] = entry
      residual -= entry * entry
    }
    this.#residual[k] = residual
    this.gain[k] = residual < SPANNED ? Number.NEGATIVE_INFINITY : Math.log(residual)
  }

  /** Entry t of row k of the factor; the entries before it are known. */
  #entry(k: number, t: number): number {
    const root = this.#root[t] as number
    if (root === 0) return 0
    const other = this.#list[t] as number
    const factor = this.#factor
    const own = k * this.#length
    const at = other * this.#length
    let product = 0
    for (let s = 0; s < t; s++) product += (factor[own + s] as number) * (factor[at + s] as number)
    return (this.#scale * (this.#similarity?.between(other, k) ?? 0) - product) / root
  }
}
