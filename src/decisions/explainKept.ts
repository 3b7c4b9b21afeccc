import { type Action, ACTIONS } from '../events/index.ts'
import type { KeptList } from '../training/index.ts'
import type { DecidedItem, Reason } from './decision.ts'
import type { DecisionScope } from './decisionScope.ts'
import type { FilledSlot } from './fillSlot.ts'
import { historyReason, rounded, shareOf, tasteReason } from './reasons.ts'
import type { Chosen } from './slate.ts'

/**
 * What `explainItems` says of an item that came from the person's kept ranking alone, with no more objects than the answer
 * has: a quarter of the time for the most frequent kind of decision. Undefined for all others.
 */
export function explainedByKept(
  scope: DecisionScope,
  { passes }: FilledSlot,
  { item, score, origin, list }: Chosen,
): DecidedItem | undefined {
  const { kept, catalog } = scope.world
  if (kept === undefined || origin !== 'blend' || scope.request.withParts) return undefined
  const lists = passes[list]
  if (lists?.length !== 1 || lists[0]?.source !== 'forYou') return undefined
  const place = kept.explainedPlace(item)
  const reasons = place < 0 ? undefined : reasonsAt(scope, kept, place)
  return reasons && { id: catalog.idOf(item), score: rounded(score), reasons }
}

/** The strongest first. Undefined when two are about one item, and have to be put together. */
function reasonsAt(
  scope: DecisionScope,
  kept: KeptList,
  place: number,
): readonly Reason[] | undefined {
  const first = shareOf(kept.shareAt(place, 0))
  const second = shareOf(kept.shareAt(place, 1))
  if (second === 0) return first === 0 ? [] : [reasonAt(scope, kept, place, 0, first)]
  if (first === 0) return [reasonAt(scope, kept, place, 1, second)]
  if (kept.causeAt(place, 0) === kept.causeAt(place, 1)) return undefined
  const one = reasonAt(scope, kept, place, 0, first)
  const other = reasonAt(scope, kept, place, 1, second)
  return second > first ? [other, one] : [one, other]
}

function reasonAt(
  { world: { catalog } }: DecisionScope,
  kept: KeptList,
  place: number,
  k: number,
  share: number,
): Reason {
  const item = kept.causeAt(place, k)
  if (item < 0) return tasteReason(share)
  return historyReason(catalog, item, ACTIONS[kept.actionAt(place, k)] as Action, share)
}
