import { TopK } from '../topK.ts'
import type { FoundVectors } from './topKSearch.ts'

/** As `TopKSearch.search`, in plain TypeScript: what the kernel is held to. Sums in double precision. */
export function plainTopK(
  vectors: Float32Array,
  dimensions: number,
  query: Float32Array,
  k: number,
): FoundVectors {
  const best = new TopK()
  best.reset(k)
  for (let id = 0; (id + 1) * dimensions <= vectors.length; id++) {
    let score = 0
    for (let c = 0; c < dimensions; c++) {
      score += (vectors[id * dimensions + c] as number) * (query[c] as number)
    }
    best.offer(id, score)
  }
  const { ids, scores } = best.ranked()
  return { ids: ids.slice(), scores: Float32Array.from(scores) }
}
