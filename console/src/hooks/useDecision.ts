import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { Decision } from '../api/decision.ts'
import { requestDuration } from '../api/timing.ts'
import { compareDecision, type Moves } from '../state/listChange.ts'
import { decideRequest, type ShopView } from '../state/shopView.ts'
import { visitorKey } from '../state/visitor.ts'
import { useClient } from './useClient.ts'
import { useShop } from './useShop.ts'

/** A decision with how it was come by. */
export interface ShownDecision {
  readonly decision: Decision
  /** Milliseconds from asking to having the answer, in this browser. */
  readonly tookMs: number
  /** What changed against the lists shown before, by placement. */
  readonly moves: Readonly<Record<string, Moves>>
  /** What the visitor did before; undefined when this is not the first answer after it. */
  readonly cause: string | undefined
}

/** Asks for every row of the view, again after each action; the last answer stays until the next is there. */
export function useDecision(view: ShopView): UseQueryResult<ShownDecision> {
  const client = useClient()
  const { visitor, cart, skipped, revision, pending, cause, memory, noteKnown } = useShop()
  const who = visitorKey(visitor)
  const item = view.kind === 'product' ? view.item : undefined
  const request = decideRequest(
    view,
    visitor,
    cart.map((line) => line.item.id),
    skipped,
  )
  return useQuery({
    queryKey: ['decision', who, view, request, revision],
    queryFn: async ({ signal }) => {
      const started = performance.now()
      const decision = await client.decide(request, signal)
      const tookMs = requestDuration('/v1/decide') ?? performance.now() - started
      const { moves, shown } = compareDecision(memory.shown, decision, who, item)
      const answers = memory.answered < revision
      Object.assign(memory, { shown, answered: revision })
      noteKnown(decision.person.known)
      return { decision, tookMs, moves, cause: answers ? cause : undefined }
    },
    placeholderData: (previous, query) =>
      query && sameSlots(query.queryKey, who, view) ? previous : undefined,
    // What was decided between an action and its acknowledgement might hold its effect or not.
    enabled: !pending,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

function sameSlots(key: readonly unknown[], who: string, view: ShopView): boolean {
  return key[1] === who && JSON.stringify(key[2]) === JSON.stringify(view)
}
