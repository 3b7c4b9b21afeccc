import { type Aim, grown } from './aim.ts'
import type { SimilarityRows } from './similarity.ts'

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
 * Cost of n out of m: n · m similarities and n² m / 2 multiplications.
 */
export class Determinant implements Aim {
  gain = new Float64Array(0)
  #row = new Float64Array(0)
  #residual = new Float64Array(0)
  /** Candidates × length: row j of the Cholesky factor, as far as it is known. */
  #factor = new Float64Array(0)
  #rows: SimilarityRows | undefined
  #length = 0
  #taken = 0
  #scale = 1

  /** @param length most items of the list */
  begin(rows: SimilarityRows, candidates: number, length: number, ridge: number): void {
    this.#rows = rows
    this.#length = length
    this.#taken = 0
    this.#scale = 1 - ridge
    this.#row = grown(this.#row, candidates)
    this.#factor = grown(this.#factor, candidates * length)
    this.#residual = grown(this.#residual, candidates)
    this.#residual.fill(1, 0, candidates)
    this.gain = grown(this.gain, candidates)
    this.gain.fill(0, 0, candidates)
  }

  take(k: number, open: Uint8Array): void {
    const left = this.#residual[k] as number
    if (left < SPANNED) return
    const factor = this.#factor
    const taken = this.#taken++
    const own = k * this.#length
    const root = Math.sqrt(left)
    this.#rows?.row(k, open, this.#row)
    for (let j = 0; j < open.length; j++) {
      if (open[j] === 0) continue
      const at = j * this.#length
      let product = 0
      for (let t = 0; t < taken; t++) {
        product += (factor[own + t] as number) * (factor[at + t] as number)
      }
      const entry = (this.#scale * (this.#row[j] as number) - product) / root
      factor[at + taken] = entry
      const residual = (this.#residual[j] as number) - entry * entry
      this.#residual[j] = residual
      this.gain[j] = residual < SPANNED ? Number.NEGATIVE_INFINITY : Math.log(residual)
    }
  }
}
