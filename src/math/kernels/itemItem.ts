import { type CsrMatrix, transposed } from '../csrMatrix.ts'
import { largestProducts, type NeighbourLists } from './sparseProduct.ts'

/** How a sum of products becomes a similarity; see `SimilarityOptions.form`. */
export const SIMILARITY_FORMS = ['scaled', 'cosine', 'jaccard'] as const

export interface SimilarityOptions {
  /** Weight of each person (row) in S_ij = Σ_u w_u a_ui a_uj; 1 each when absent. */
  readonly personWeight?: Float32Array
  /**
   * With a number x per item:
   * - `scaled`: S_ij · x_j,
   * - `cosine`: S_ij / (x_i · x_j + shrinkage), where x is the norm of an item's column,
   * - `jaccard`: S_ij / (x_i + x_j − S_ij + shrinkage), where x is the size of an item's column.
   */
  readonly form: (typeof SIMILARITY_FORMS)[number]
  readonly x: Float32Array
  readonly shrinkage?: number
  /** Neighbours kept per item, at least 1. */
  readonly keep: number
  /** False: the neighbours of an item in the order of their ids, which takes half the time. Default true. */
  readonly ranked?: boolean
  /** Default 1. */
  readonly threads?: number
  /** Called now and then with the share that is done. */
  readonly progress?: (done: number) => void
}

/**
 * The most similar items of each item: those with the highest positive similarity, the item itself left out.
 * Entries of the matrix are finite and not negative.
 *
 * Cost: Σ_u n_u² products for people with n_u items (about 1.5 clock cycles each), and reading the sums.
 * Memory: 16 bytes an entry, 4 an item and thread, the lists up to twice.
 * @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY
 */
export function nearestItems(
  matrix: CsrMatrix,
  options: SimilarityOptions,
): Promise<NeighbourLists> {
  const byItem = transposed(matrix)
  const left = { ...byItem, value: leftFactors(byItem, options.personWeight) }
  return largestProducts(left, matrix, {
    ...options,
    form: SIMILARITY_FORMS.indexOf(options.form),
    leaveOutDiagonal: true,
  })
}

function leftFactors(byItem: CsrMatrix, personWeight: Float32Array | undefined): Float32Array {
  if (personWeight === undefined) return byItem.value
  const left = new Float32Array(byItem.index.length)
  for (let e = 0; e < left.length; e++) {
    left[e] = (byItem.value[e] as number) * (personWeight[byItem.index[e] as number] as number)
  }
  return left
}
