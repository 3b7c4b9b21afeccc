import { modelErrors } from '../../errors.ts'
import type { Histories } from '../histories.ts'
import type { FitContext } from '../recommender.ts'

/**
 * Bytes that lists of neighbours take at most while they are made.
 * @throws MODELS_TOO_LARGE
 */
export function checkNeighbourMemory(
  { people, items, item }: Histories,
  keep: number,
  { memoryLimit = Number.POSITIVE_INFINITY }: FitContext,
): void {
  const bytes = 40 * item.length + 16 * items * Math.min(keep, items) + 8 * (people + items)
  if (bytes <= memoryLimit) return
  const [needed, allowed] = [bytes, memoryLimit].map((n) => Math.ceil(n / 2 ** 20))
  throw modelErrors.MODELS_TOO_LARGE(
    `Neighbour lists of up to ${keep} for ${items} items need ${needed} MiB; ${allowed} may be used.`,
  )
}
