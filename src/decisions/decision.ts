import type { Item } from '../catalog/index.ts'
import type { Identifier } from '../events/index.ts'

/** Why an item was chosen. */
export interface Reason {
  /** viewed, bought, carted, rated, wished, consumed, context, cart, similar, taste, discovery, trending, popular, new, again, recent, listed, pinned, boosted */
  readonly type: string
  readonly text: string
  /** Id of the item that the reason is about. */
  readonly item?: string
  /** Part of the score, 0 to 1. */
  readonly share: number
}

/** What one source added to the score; the shares of an item sum to 1. */
export interface ScorePart {
  readonly source: string
  readonly score: number
  readonly share: number
}

export interface DecidedItem {
  readonly id: string
  /** 1 is the best that one source of weight 1 can give in this placement. */
  readonly score: number
  /** Strongest first, at most three. */
  readonly reasons: readonly Reason[]
  /** With `include: ["parts"]`. */
  readonly parts?: readonly ScorePart[]
  /** With `include: ["item"]`. */
  readonly item?: Item
}

export interface DecidedPlacement {
  /** Version of the placement document that was used. */
  readonly version: number
  readonly items: readonly DecidedItem[]
  /** Which variant of an experiment was used; none yet. */
  readonly variant: null
  /** The one item of the person's history that the list is about, with a heading such as "Because you viewed X". */
  readonly about?: { readonly text: string; readonly item: string }
  /** Set when a fallback source had to fill in. */
  readonly fallback: { readonly used: string; readonly why: string } | null
  /** Why there are fewer items than asked for. */
  readonly short?: string
}

/** The answer to one request. */
export interface Decision {
  readonly decisionId: string
  readonly person: { readonly known: boolean }
  readonly placements: Readonly<Record<string, DecidedPlacement>>
}

/** What the log keeps of a decision: enough to join later events to it and to read it again. */
export interface DecisionRecord {
  readonly id: string
  /** Milliseconds. */
  readonly at: number
  readonly identifiers: readonly Identifier[]
  readonly lists: readonly {
    readonly placement: string
    readonly version: number
    /** Ids of the shown items, in their order. */
    readonly items: readonly string[]
  }[]
}

/** A decision, and the record of it for the log. */
export interface MadeDecision {
  readonly decision: Decision
  readonly record: DecisionRecord
  /** The catalogue's numbers of the record's items, list by list. */
  readonly numbers: readonly (readonly number[])[]
}
