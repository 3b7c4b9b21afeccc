import type { DecidedItem } from '../api/decision.ts'
import { formatName } from './format.ts'

/** One part of a whole; the shares of a list sum to 1. */
export interface Share {
  readonly label: string
  readonly share: number
}

/** Below this a rest is rounding, not a part. */
const ROUNDING = 0.005

/** The reasons with their parts of the score; what the server does not name is "everything else". */
export function reasonShares({ reasons }: DecidedItem): readonly Share[] {
  const named = reasons.map(({ text, share = 0 }) => ({ label: text, share: Math.max(0, share) }))
  const rest = 1 - named.reduce((sum, { share }) => sum + share, 0)
  return rest > ROUNDING ? [...named, { label: 'everything else', share: rest }] : named
}

/** The candidate sources with their parts of the score. */
export function sourceShares({ parts = [] }: DecidedItem): readonly Share[] {
  return parts.map(({ source, share }) => ({ label: formatName(source), share }))
}
