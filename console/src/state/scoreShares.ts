import type { DecidedItem } from '../api/decision.ts'
import { formatName } from './format.ts'

/** One part of a whole; the shares of a list sum to 1. */
export interface Share {
  readonly label: string
  readonly share: number
}

/** Below this a rest is rounding, not a part. */
const ROUNDING = 0.005

/** What is said of a score: sentences where one part has everything, shares where there are several. */
export interface Explanation {
  readonly sentences: readonly string[]
  /** Empty where there is one reason alone. */
  readonly reasons: readonly Share[]
  /** Empty where one source has everything, or the server named none. */
  readonly sources: readonly Share[]
}

/** Says what a score is made of. A bar with one part explains nothing, so that a sentence stands in its place. */
export function explain(decided: DecidedItem): Explanation {
  const reasons = reasonShares(decided)
  const sources = sourceShares(decided)
  const [reason] = reasons
  const [source] = sources
  const sentences: string[] = []
  if (reasons.length === 1 && reason) sentences.push(`One reason alone: ${reason.label}.`)
  if (sources.length === 1 && source) {
    sentences.push(`The whole score comes from one source, “${source.label}”.`)
  }
  return {
    sentences,
    reasons: reasons.length > 1 ? reasons : [],
    sources: sources.length > 1 ? sources : [],
  }
}

/** The reasons with their parts of the score; what the server does not name is "other". */
function reasonShares({ reasons }: DecidedItem): readonly Share[] {
  if (reasons.length === 0) return []
  const named = reasons.map(({ text, share = 0 }) => ({ label: text, share: Math.max(0, share) }))
  const rest = 1 - named.reduce((sum, { share }) => sum + share, 0)
  return rest > ROUNDING ? [...named, { label: 'other', share: rest }] : named
}

/** The candidate sources with their parts of the score, but for those that gave nothing. */
function sourceShares({ parts = [] }: DecidedItem): readonly Share[] {
  return parts
    .filter(({ share }) => Math.abs(share) > ROUNDING)
    .map(({ source, share }) => ({ label: formatName(source), share }))
}
