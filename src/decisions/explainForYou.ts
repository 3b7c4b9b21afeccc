import type { Cause } from '../training/index.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope } from './decisionScope.ts'
import { historyReason, tasteReason } from './reasons.ts'

/**
 * Reasons for items of "for you": the person's own items by how much each raised the score, in the live models and in the
 * trained one. What the trained model cannot lay at the door of single items is a reason of its own.
 */
export function explainForYou(
  scope: DecisionScope,
  items: readonly number[],
): readonly (readonly Reason[])[] {
  return causesOf(scope, items).map((causes) => causes.map((cause) => reasonOf(scope, cause)))
}

function causesOf(scope: DecisionScope, items: readonly number[]): readonly (readonly Cause[])[] {
  const { kept } = scope.world
  const known = items.map((item) => kept?.causesOf(item))
  const unknown = items.filter((_, k) => known[k] === undefined)
  if (unknown.length === 0) return known.map((causes) => causes ?? [])
  const found = scope.ranking().causes(unknown)
  let next = 0
  return known.map((causes) => causes ?? found[next++] ?? [])
}

function reasonOf({ world: { catalog } }: DecisionScope, { item, action, share }: Cause): Reason {
  return item < 0 ? tasteReason(share) : historyReason(catalog, item, action, share)
}
