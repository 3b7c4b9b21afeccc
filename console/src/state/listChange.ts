import type { Decision } from '../api/decision.ts'

/** How an item's place differs from the list shown before: it came in, or moved up by so many places. */
export type Move = { readonly kind: 'new' } | { readonly kind: 'up'; readonly by: number }

/** What is worth pointing at in one list, by item id. Items that stayed or moved down are absent. */
export type Moves = ReadonlyMap<string, Move>

export const NO_MOVES: Moves = new Map()

/** Compares two orders of item ids. Without a list before, nothing is new. */
export function compareLists(
  before: readonly string[] | undefined,
  after: readonly string[],
): Moves {
  if (before === undefined) return NO_MOVES
  const places = new Map(before.map((id, place) => [id, place]))
  const moves = new Map<string, Move>()
  after.forEach((id, place) => {
    const was = places.get(id)
    if (was === undefined) moves.set(id, { kind: 'new' })
    else if (was > place) moves.set(id, { kind: 'up', by: was - place })
  })
  return moves
}

/** The lists shown last, by list key. */
export type ShownLists = ReadonlyMap<string, readonly string[]>

/** Lists are compared only within one visitor, and product lists only within one product. */
export function listKey(visitor: string, placement: string, item: string | undefined): string {
  return JSON.stringify([visitor, placement, placement.startsWith('product-') ? (item ?? '') : ''])
}

/** Moves of every placement of a decision, and the lists to compare with next time. */
export function compareDecision(
  shown: ShownLists,
  decision: Decision,
  visitor: string,
  item: string | undefined,
): { readonly moves: Readonly<Record<string, Moves>>; readonly shown: ShownLists } {
  const next = new Map(shown)
  const moves: Record<string, Moves> = {}
  for (const [placement, { items }] of Object.entries(decision.placements)) {
    const key = listKey(visitor, placement, item)
    const ids = items.map(({ id }) => id)
    moves[placement] = compareLists(shown.get(key), ids)
    next.set(key, ids)
  }
  return { moves, shown: next }
}

/** "3 new, 2 moved up", or "no change". */
export function movesInWords(moves: Moves): string {
  const entered = [...moves.values()].filter((move) => move.kind === 'new').length
  const rose = moves.size - entered
  const parts = [entered > 0 && `${entered} new`, rose > 0 && `${rose} moved up`].filter(Boolean)
  return parts.join(', ') || 'no change'
}
