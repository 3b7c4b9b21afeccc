import { modelErrors } from '../../errors.ts'
import type { FitContext } from '../recommender.ts'

/** Items beyond which a dense item × item matrix takes longer than it is worth: 576 MB and 38 s at this size. */
export const MOST_ITEMS = 12_000

/** What a fit is going to need. */
export interface Need {
  readonly model: string
  readonly items: number
  readonly mostItems: number
  readonly bytes: number
}

/**
 * Refuses a fit that would not fit.
 * @throws MODELS_TOO_LARGE with the reason
 */
export function checkSize(need: Need, { memoryLimit = Infinity }: FitContext): void {
  const { model, items, mostItems, bytes } = need
  if (items > mostItems) {
    throw modelErrors.MODELS_TOO_LARGE(
      `${model} takes at most ${mostItems} items, and there are ${items}: it would need ${megabytes(bytes)}, and its time grows with the third power of the items.`,
    )
  }
  if (bytes > memoryLimit) {
    throw modelErrors.MODELS_TOO_LARGE(
      `${model} needs ${megabytes(bytes)} for ${items} items, and may use ${megabytes(memoryLimit)}.`,
    )
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}
