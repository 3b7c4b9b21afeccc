import type { ItemAttributes } from '../recommend/recommender.ts'
import { grown } from './aim.ts'
import { CandidateValues } from './candidateValues.ts'

/** What makes two items alike: shared attribute values, or the angle between dense vectors (one a row of the items). */
export type Similarity =
  | { readonly attributes: ItemAttributes; readonly measure?: 'jaccard' | 'cosine' }
  | { readonly vectors: Float32Array; readonly dimensions: number }

/** How alike two candidates are: at most 1; 0 where nothing is known of one of them. */
export interface CandidateSimilarity {
  /** No two candidates are less alike than this. */
  readonly least: number
  between(a: number, b: number): number
}

/** Jaccard or cosine similarity of sets of attribute values. Cost of a pair: the values of both. */
export class AttributeSimilarity implements CandidateSimilarity {
  readonly least = 0
  readonly #values = new CandidateValues()
  #cosine = false

  begin(attributes: ItemAttributes, measure: 'jaccard' | 'cosine', rows: Int32Array): void {
    this.#values.read(attributes, rows)
    this.#cosine = measure === 'cosine'
  }

  between(a: number, b: number): number {
    const values = this.#values
    const shared = values.shared(a, b)
    if (shared === 0) return 0
    const [ofA, ofB] = [values.size(a), values.size(b)]
    return this.#cosine ? shared / Math.sqrt(ofA * ofB) : shared / (ofA + ofB - shared)
  }
}

/** Cosine of dense vectors. Cost of a pair: the dimensions. */
export class VectorSimilarity implements CandidateSimilarity {
  readonly least = -1
  #unit = new Float64Array(0)
  #dimensions = 0

  begin(vectors: Float32Array, dimensions: number, rows: Int32Array): void {
    this.#unit = grown(this.#unit, rows.length * dimensions)
    this.#dimensions = dimensions
    const unit = this.#unit
    const known = vectors.length / dimensions
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number
      const at = k * dimensions
      let squares = 0
      for (let d = 0; d < dimensions; d++) {
        const value = row >= 0 && row < known ? (vectors[row * dimensions + d] as number) : 0
        unit[at + d] = value
        squares += value * value
      }
      if (squares === 0) continue
      const length = Math.sqrt(squares)
      for (let d = 0; d < dimensions; d++) unit[at + d] = (unit[at + d] as number) / length
    }
  }

  between(a: number, b: number): number {
    const unit = this.#unit
    const dimensions = this.#dimensions
    const atA = a * dimensions
    const atB = b * dimensions
    let sum = 0
    for (let d = 0; d < dimensions; d++) {
      sum += (unit[atA + d] as number) * (unit[atB + d] as number)
    }
    return sum
  }
}
