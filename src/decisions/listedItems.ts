import type { Action } from '../events/index.ts'
import type { CandidateRule } from './compiledPlacement.ts'
import type { DecisionScope } from './decisionScope.ts'
import { byRank, type Gathered, taken } from './gathered.ts'

const VIEWING: ReadonlySet<Action> = new Set(['view', 'click', 'consume', 'rate'])
/** Decay per purchase back in time for "buy again" (the personal counts of next-basket models). */
const PURCHASE_DECAY = 0.9

/** The sources that have their items in a list already: what is popular, what the person had, what an editor chose. */
export function listed(scope: DecisionScope, rule: CandidateRule, limit: number): Gathered {
  const { models, catalog, now } = scope.world
  switch (rule.source) {
    case 'trending': {
      const { items, scores } = models.trending(512)
      return taken(
        scope,
        items,
        (k) => scores[k] as number,
        limit,
        'trending',
        'nothing is trending',
      )
    }
    case 'popular': {
      const group = rule.group ?? 'all'
      const items = models.popularOrder(group)
      const scoreAt = (k: number): number => models.popularity(items[k] as number, group)
      return taken(scope, items, scoreAt, limit, 'popular', 'nothing is popular yet')
    }
    case 'newest': {
      const items = catalog.newest(limit + 200, now)
      return taken(scope, items, byRank, limit, 'newest', 'the catalogue has no available item')
    }
    case 'recentlyViewed': {
      const why = 'the person has not viewed anything yet'
      return taken(scope, viewedBefore(scope), byRank, limit, 'recentlyViewed', why)
    }
    case 'buyAgain': {
      const { items, scores } = boughtBefore(scope)
      const why = 'the person has not bought anything yet'
      return taken(scope, items, (k) => scores[k] as number, limit, 'buyAgain', why)
    }
    default: {
      const numbers = (rule.items ?? []).map((id) => catalog.numberOf(id))
      const items = numbers.filter((n) => n !== undefined)
      return taken(scope, items, byRank, limit, 'list', 'no item of the list is known')
    }
  }
}

function viewedBefore(scope: DecisionScope): readonly number[] {
  const found = new Set<number>()
  for (let k = scope.history.length - 1; k >= 0; k--) {
    const entry = scope.history[k]
    if (entry !== undefined && VIEWING.has(entry.action)) found.add(entry.item)
  }
  return [...found]
}

function boughtBefore(scope: DecisionScope): {
  items: readonly number[]
  scores: readonly number[]
} {
  const sums = new Map<number, number>()
  let weight = 1
  for (let k = scope.history.length - 1; k >= 0; k--) {
    const entry = scope.history[k]
    if (entry?.action !== 'buy') continue
    sums.set(entry.item, (sums.get(entry.item) ?? 0) + weight)
    weight *= PURCHASE_DECAY
  }
  const ranked = [...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return { items: ranked.map(([item]) => item), scores: ranked.map(([, score]) => score) }
}
