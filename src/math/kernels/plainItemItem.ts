import { type CsrMatrix, transposed } from '../csrMatrix.ts'
import { TopK } from '../topK.ts'
import type { SimilarityOptions } from './itemItem.ts'
import type { NeighbourLists } from './sparseProduct.ts'

/** As `nearestItems`, in plain TypeScript, with the same roundings: what the kernel is held to. */
export function plainNearestItems(matrix: CsrMatrix, options: SimilarityOptions): NeighbourLists {
  const items = matrix.columns
  const byItem = transposed(matrix)
  const start = new Uint32Array(items + 1)
  const index: number[] = []
  const score: number[] = []
  const heap = new TopK()
  for (let i = 0; i < items; i++) {
    heap.reset(Math.max(1, Math.min(Math.floor(options.keep), items)))
    const sums = sumsOf(i, matrix, byItem, options.personWeight)
    for (let j = 0; j < items; j++) {
      const value = similarity(i, j, sums[j] as number, options)
      if (j !== i && value > 0) heap.offer(j, value)
    }
    const { ids, scores } = heap.ranked()
    index.push(...ids)
    score.push(...scores)
    start[i + 1] = index.length
  }
  return { rows: items, start, index: Int32Array.from(index), score: Float32Array.from(score) }
}

function sumsOf(
  i: number,
  matrix: CsrMatrix,
  byItem: CsrMatrix,
  personWeight: Float32Array | undefined,
): Float32Array {
  const sums = new Float32Array(matrix.columns)
  for (let e = byItem.start[i] as number; e < (byItem.start[i + 1] as number); e++) {
    const u = byItem.index[e] as number
    const left = Math.fround((byItem.value[e] as number) * (personWeight?.[u] ?? 1))
    for (let f = matrix.start[u] as number; f < (matrix.start[u + 1] as number); f++) {
      const j = matrix.index[f] as number
      sums[j] = (sums[j] as number) + Math.fround(left * (matrix.value[f] as number))
    }
  }
  return sums
}

function similarity(i: number, j: number, sum: number, options: SimilarityOptions): number {
  const { form, x } = options
  const xi = x[i] as number
  const xj = x[j] as number
  const round = Math.fround
  const shrinkage = round(options.shrinkage ?? 0)
  switch (form) {
    case 'scaled':
      return round(sum * xj)
    case 'cosine':
      return round(sum / round(round(xi * xj) + shrinkage))
    case 'jaccard':
      return round(sum / round(round(xj + round(shrinkage + xi)) - sum))
  }
}
