import { type Aim, grown } from './aim.ts'
import type { CandidateSimilarity } from './similarity.ts'

/**
 * Maximal marginal relevance (Carbonell, Goldstein, "The Use of MMR", SIGIR 1998): a candidate loses its greatest
 * similarity to what is already on the list. Each similarity is computed once: n · m for a list of n out of m at most.
 */
export class MarginalRelevance implements Aim {
  gain = new Float64Array(0)
  readonly #list: number[] = []
  #similarity: CandidateSimilarity | undefined

  begin(similarity: CandidateSimilarity, candidates: number): void {
    this.#similarity = similarity
    this.#list.length = 0
    this.gain = grown(this.gain, candidates)
    // The first item is like nothing. The same for all, this orders nothing, and no later gain is above it.
    this.gain.fill(-similarity.least, 0, candidates)
  }

  take(k: number): void {
    this.#list.push(k)
  }

  refresh(k: number, since: number): void {
    let gain = this.gain[k] as number
    for (let t = since; t < this.#list.length; t++) {
      const loss = this.#similarity?.between(this.#list[t] as number, k) ?? 0
      if (-loss < gain) gain = -loss
    }
    this.gain[k] = gain
  }
}
