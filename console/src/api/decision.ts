import type { Item } from './item.ts'

/** Why an item was chosen, in words, with its part of the score from 0 to 1. */
export interface Reason {
  readonly type: string
  readonly text: string
  readonly item?: string
  readonly share?: number
}

/** What one candidate source added to the score; the shares of an item sum to 1. */
export interface ScorePart {
  readonly source: string
  readonly score: number
  readonly share: number
}

export interface DecidedItem {
  readonly id: string
  readonly score: number
  readonly reasons: readonly Reason[]
  readonly parts?: readonly ScorePart[]
  readonly item?: Item
}

/** The filled slot of one placement. */
export interface DecidedPlacement {
  readonly version: number
  readonly items: readonly DecidedItem[]
  /** The one item that the whole list is about, in words for a heading. */
  readonly about?: { readonly text: string; readonly item: string }
  readonly fallback: { readonly used: string; readonly why: string } | null
  /** Why the slot is not full. */
  readonly short?: string
}

export interface Decision {
  readonly decisionId: string
  readonly person: { readonly known: boolean }
  readonly placements: Readonly<Record<string, DecidedPlacement>>
}

/** Body of `POST /v1/decide`, as far as the console uses it. */
export interface DecideRequest {
  readonly userId?: string
  readonly anonymousId?: string
  readonly placements: readonly string[]
  readonly context?: { readonly item?: string; readonly cart?: readonly string[] }
  /** Items that no placement may show. */
  readonly exclude?: readonly string[]
  /** false lets an item stand in several placements of one answer. */
  readonly distinct?: boolean
  readonly include?: readonly ('item' | 'parts')[]
}
