import { type CsrMatrix, transposed } from '../../../math/index.ts'
import { modelErrors } from '../../errors.ts'
import type { History } from '../histories.ts'
import type { Recommender, RecommenderKind, ScorePart } from '../recommender.ts'
import { type Section, SectionReader, sectionsOf } from '../savedState.ts'
import { addRow, matrixSections, readMatrix } from '../sequences/sparseRows.ts'
import { itemVectors, type ItemVectors } from './itemVectors.ts'

type ContentParameters = {
  /** The newest event counts 1, the n-th before it historyDecay^n. */
  readonly historyDecay: number
  /** Newest events of a history that are looked at. */
  readonly historyLength: number
  /** Share of the embeddings in the similarity, the rest being that of the attributes. */
  readonly embeddingShare: number
}

const NAME = 'content'

/**
 * Cosine between what the person's items are like and what each item is like. Items that nobody had yet are
 * scored like all others, so this is how they reach people.
 */
class Content implements Recommender {
  readonly name = NAME
  readonly #vectors: ItemVectors
  readonly #itemsOf: CsrMatrix
  readonly #parameters: ContentParameters
  readonly #sparseShare: number
  readonly #denseShare: number
  readonly #attributes: Float64Array
  readonly #embedding: Float64Array

  constructor(vectors: ItemVectors, parameters: ContentParameters) {
    this.#vectors = vectors
    this.#itemsOf = transposed(vectors.sparse)
    this.#parameters = parameters
    const { dimensions } = vectors
    this.#denseShare = dimensions === 0 ? 0 : parameters.embeddingShare
    this.#sparseShare = 1 - this.#denseShare
    this.#attributes = new Float64Array(vectors.sparse.columns)
    this.#embedding = new Float64Array(dimensions)
  }

  get items(): number {
    return this.#vectors.sparse.rows
  }

  score(history: History, scores: Float32Array): void {
    scores.fill(0)
    const length = this.#readProfile(history)
    if (length === 0) return
    const bySparse = this.#sparseShare / length
    for (let v = 0; v < this.#attributes.length; v++) {
      const weight = this.#attributes[v] as number
      if (weight !== 0) addRow(this.#itemsOf, v, weight * bySparse, scores)
    }
    if (this.#denseShare === 0) return
    for (let i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] as number) + (this.#denseShare / length) * this.#denseProduct(i)
    }
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const length = this.#readProfile(history)
    const sums = new Map<number, number>()
    if (length === 0 || item >= this.items) return []
    this.#forEachRecent(history, (from, weight) => {
      const score = (weight / length) * this.#similarity(from, item)
      if (score !== 0) sums.set(from, (sums.get(from) ?? 0) + score)
    })
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    const { sparse, dimensions, dense } = this.#vectors
    return [...matrixSections(sparse), ...sectionsOf(Uint32Array.of(dimensions), dense)]
  }

  /** Sums the vectors of the history and returns the length of the sum, the two kinds by their shares. */
  #readProfile(history: History): number {
    const { sparse, dense, dimensions } = this.#vectors
    this.#attributes.fill(0)
    this.#embedding.fill(0)
    this.#forEachRecent(history, (item, weight) => {
      addRow(sparse, item, weight, this.#attributes)
      for (let d = 0; d < dimensions; d++) {
        const x = dense[item * dimensions + d] as number
        this.#embedding[d] = (this.#embedding[d] as number) + weight * x
      }
    })
    const squares = (values: Float64Array): number => values.reduce((sum, x) => sum + x * x, 0)
    return Math.sqrt(
      this.#sparseShare * squares(this.#attributes) + this.#denseShare * squares(this.#embedding),
    )
  }

  #denseProduct(item: number): number {
    const { dense, dimensions } = this.#vectors
    let sum = 0
    for (let d = 0; d < dimensions; d++) {
      sum += (this.#embedding[d] as number) * (dense[item * dimensions + d] as number)
    }
    return sum
  }

  #similarity(a: number, b: number): number {
    const { sparse, dense, dimensions } = this.#vectors
    const { start, index, value } = sparse
    const values = new Map<number, number>()
    for (let e = start[a] as number; e < (start[a + 1] as number); e++) {
      values.set(index[e] as number, value[e] as number)
    }
    let attributes = 0
    for (let e = start[b] as number; e < (start[b + 1] as number); e++) {
      attributes += (values.get(index[e] as number) ?? 0) * (value[e] as number)
    }
    let embedding = 0
    for (let d = 0; d < dimensions; d++) {
      embedding += (dense[a * dimensions + d] as number) * (dense[b * dimensions + d] as number)
    }
    return this.#sparseShare * attributes + this.#denseShare * embedding
  }

  #forEachRecent(history: History, visit: (item: number, weight: number) => void): void {
    const { historyDecay, historyLength } = this.#parameters
    let seen = 0
    let decay = 1
    for (let e = history.item.length - 1; e >= 0 && seen < historyLength; e--) {
      const item = history.item[e] as number
      if (item >= this.items) continue
      visit(item, decay * (history.weight?.[e] ?? 1))
      decay *= historyDecay
      seen++
    }
  }
}

export const content: RecommenderKind<ContentParameters> = {
  name: NAME,
  title: 'Content: attributes by TF-IDF, and embeddings',
  source:
    'Lops, de Gemmis and Semeraro, "Content-based recommender systems: state of the art and trends", Recommender Systems Handbook, 2011.',
  format: 1,
  defaults: { historyDecay: 0.9, historyLength: 50, embeddingShare: 0.5 },
  bounds: { historyDecay: [0, 1], historyLength: [1, 10_000], embeddingShare: [0, 1] },
  candidates: () => [{}, { historyDecay: 0.7 }, { historyDecay: 1, historyLength: 500 }],
  suits: ({ attributes, embeddings }) => attributes !== undefined || embeddings !== undefined,
  fit: (data, parameters) => Promise.resolve(new Content(itemVectors(data), parameters)),
  load: (sections, parameters) => {
    const reader = new SectionReader(sections)
    const sparse = readMatrix(reader)
    const dimensions = reader.int32()[0] ?? 0
    const dense = reader.float32()
    if (dense.length !== sparse.rows * dimensions) {
      throw modelErrors.MODELS_CORRUPT_STATE('embeddings that do not fit the items')
    }
    return new Content({ sparse, dimensions, dense }, parameters)
  },
}
