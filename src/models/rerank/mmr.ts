import { type Aim, grown } from './aim.ts'
import type { SimilarityRows } from './similarity.ts'

/**
 * Maximal marginal relevance (Carbonell, Goldstein, "The Use of MMR", SIGIR 1998): a candidate loses its greatest
 * similarity to what is already on the list. Each step compares with the item that came last, so a list of n out of m
 * costs n · m similarities.
 */
export class MarginalRelevance implements Aim {
  gain = new Float64Array(0)
  #row = new Float64Array(0)
  #rows: SimilarityRows | undefined
  #empty = true

  begin(rows: SimilarityRows, candidates: number): void {
    this.#rows = rows
    this.#empty = true
    this.#row = grown(this.#row, candidates)
    this.gain = grown(this.gain, candidates)
    this.gain.fill(0, 0, candidates)
  }

  take(k: number, open: Uint8Array): void {
    const row = this.#row
    this.#rows?.row(k, open, row)
    for (let j = 0; j < open.length; j++) {
      if (open[j] === 0) continue
      const loss = -(row[j] as number)
      if (this.#empty || loss < (this.gain[j] as number)) this.gain[j] = loss
    }
    this.#empty = false
  }
}
