import type { ItemAttributes } from '../recommend/recommender.ts'

/** What makes two items alike: shared attribute values, or the angle between dense vectors (one a row of the items). */
export type Similarity =
  | { readonly attributes: ItemAttributes; readonly measure?: 'jaccard' | 'cosine' }
  | { readonly vectors: Float32Array; readonly dimensions: number }

/** Similarities of one candidate to the others: at most 1; 0 for an item of which nothing is known. */
export interface SimilarityRows {
  /** Writes the similarity of candidate k to every candidate that is open; the other places keep what they had. */
  row(k: number, open: Uint8Array, into: Float64Array): void
}

/**
 * Attribute values of the candidates, packed: the lists of the catalogue are read once, so that the greedy steps work
 * on one short array. Reused between decisions.
 */
export class CandidateValues {
  start = new Uint32Array(1)
  index = new Int32Array(0)

  /** Rows beyond the attributes have no values. */
  read({ start, index }: ItemAttributes, rows: Int32Array): void {
    const known = start.length - 1
    if (this.start.length <= rows.length) this.start = new Uint32Array(rows.length + 1)
    let at = 0
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number
      if (row >= 0 && row < known) {
        const to = start[row + 1] as number
        const from = start[row] as number
        if (at + to - from > this.index.length) this.#grow(at + to - from)
        for (let e = from; e < to; e++) this.index[at++] = index[e] as number
      }
      this.start[k + 1] = at
    }
  }

  #grow(size: number): void {
    const index = new Int32Array(2 * size)
    index.set(this.index)
    this.index = index
  }
}

/** Jaccard or cosine similarity of sets of attribute values. A row costs the values of all candidates. */
export class AttributeSimilarity implements SimilarityRows {
  readonly #values = new CandidateValues()
  #marks = new Uint8Array(0)
  #cosine = false

  begin(attributes: ItemAttributes, measure: 'jaccard' | 'cosine', rows: Int32Array): void {
    this.#values.read(attributes, rows)
    this.#cosine = measure === 'cosine'
    if (this.#marks.length < attributes.values) this.#marks = new Uint8Array(attributes.values)
  }

  row(k: number, open: Uint8Array, into: Float64Array): void {
    const { start, index } = this.#values
    const marks = this.#marks
    const from = start[k] as number
    const to = start[k + 1] as number
    for (let e = from; e < to; e++) marks[index[e] as number] = 1
    for (let j = 0; j < open.length; j++) {
      if (open[j] === 0) continue
      const end = start[j + 1] as number
      const first = start[j] as number
      let shared = 0
      for (let e = first; e < end; e++) shared += marks[index[e] as number] as number
      into[j] = shared === 0 ? 0 : this.#ratio(shared, to - from, end - first)
    }
    for (let e = from; e < to; e++) marks[index[e] as number] = 0
  }

  #ratio(shared: number, a: number, b: number): number {
    return this.#cosine ? shared / Math.sqrt(a * b) : shared / (a + b - shared)
  }
}

/** Cosine of dense vectors. A row costs candidates × dimensions. */
export class VectorSimilarity implements SimilarityRows {
  #unit = new Float64Array(0)
  #dimensions = 0

  begin(vectors: Float32Array, dimensions: number, rows: Int32Array): void {
    const size = rows.length * dimensions
    if (this.#unit.length < size) this.#unit = new Float64Array(size)
    this.#dimensions = dimensions
    const known = Math.floor(vectors.length / dimensions)
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number
      const at = k * dimensions
      let squares = 0
      for (let d = 0; d < dimensions; d++) {
        const value = row >= 0 && row < known ? (vectors[row * dimensions + d] as number) : 0
        this.#unit[at + d] = value
        squares += value * value
      }
      if (squares === 0) continue
      const length = Math.sqrt(squares)
      for (let d = 0; d < dimensions; d++) {
        this.#unit[at + d] = (this.#unit[at + d] as number) / length
      }
    }
  }

  row(k: number, open: Uint8Array, into: Float64Array): void {
    const unit = this.#unit
    const dimensions = this.#dimensions
    const from = k * dimensions
    for (let j = 0; j < open.length; j++) {
      if (open[j] === 0) continue
      const at = j * dimensions
      let sum = 0
      for (let d = 0; d < dimensions; d++) {
        sum += (unit[from + d] as number) * (unit[at + d] as number)
      }
      into[j] = sum
    }
  }
}
