import type { Action } from '../events/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import type { Explanation, ServedModel } from '../training/index.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope } from './decisionScope.ts'
import { historyReason, tasteReason } from './reasons.ts'

/** History items named for one recommended item. */
const NAMED = 2
/** Live contributions looked at before both opinions are added up. */
const LOOKED_AT = 4

/** A smaller part of a score is a rounding error. */
const ROUNDING = 1e-5

/**
 * Reasons for items of "for you": the person's own items by how much each raised the score, in the live models and in the
 * trained one. What the trained model cannot lay at the door of single items is a reason of its own.
 */
export function explainForYou(
  scope: DecisionScope,
  items: readonly number[],
): readonly (readonly Reason[])[] {
  const { served } = scope.world
  return served === undefined ? byLiveModels(scope, items) : byBoth(scope, served, items)
}

function byLiveModels(scope: DecisionScope, items: readonly number[]) {
  const { catalog } = scope.world
  return (scope.forYou?.explain(items, NAMED) ?? []).map(({ total, strongest }) =>
    strongest.map(({ item, action, score }) => historyReason(catalog, item, action, score / total)),
  )
}

function byBoth(scope: DecisionScope, served: ServedModel, items: readonly number[]) {
  const { world, history, liveFactor } = scope
  const sums = scope.personal()
  const live = scope.forYou?.explain(items, LOOKED_AT) ?? []
  const parts = served.parts(history, items)
  return items.map((item, k) => {
    const explanation = live[k] ?? { total: 0, strongest: [] }
    const raised = new Raised(explanation, liveFactor)
    const fromModel = sums.get(item) - liveFactor * explanation.total
    if (fromModel > ROUNDING * sums.get(item)) raised.add(parts[k] ?? [], fromModel)
    return raised.strongest().map(({ item: own, share }) => {
      if (own < 0) return tasteReason(share)
      const action = raised.actionOf(own) ?? lastAction(history, own)
      return historyReason(world.catalog, own, action, share)
    })
  })
}

function lastAction(history: readonly HistoryEntry[], item: number): Action {
  return history.findLast((entry) => entry.item === item)?.action ?? 'view'
}

/** By how much each of the person's items raised one score. */
class Raised {
  readonly #by = new Map<number, number>()
  readonly #actions = new Map<number, Action>()
  #total: number

  constructor({ total, strongest }: Explanation, factor: number) {
    this.#total = factor * total
    for (const { item, action, score } of strongest) {
      this.#by.set(item, factor * score)
      this.#actions.set(item, action)
    }
  }

  /** Spreads what the model added over its parts. */
  add(parts: readonly { readonly item: number; readonly score: number }[], amount: number): void {
    this.#total += amount
    const sum = parts.reduce((all, { score }) => all + score, 0)
    if (sum <= 0) this.#raise(-1, amount)
    for (const { item, score } of parts) this.#raise(item, (amount * score) / sum)
  }

  /** Largest first. */
  strongest(): readonly { readonly item: number; readonly share: number }[] {
    return [...this.#by]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, NAMED)
      .map(([item, by]) => ({ item, share: by / this.#total }))
  }

  /** The strongest thing that the person did with an item, where the live models know it. */
  actionOf(item: number): Action | undefined {
    return this.#actions.get(item)
  }

  #raise(item: number, by: number): void {
    this.#by.set(item, (this.#by.get(item) ?? 0) + by)
  }
}
