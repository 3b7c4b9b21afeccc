import { DAY } from '../base/index.ts'
import type { CandidateRule } from './compiledPlacement.ts'
import { ContentTaste } from './contentTaste.ts'
import type { DecisionScope } from './decisionScope.ts'
import type { Gathered } from './gathered.ts'
import { arrivalReason, plainReason } from './reasons.ts'

/** Newest available items that are looked at. */
const POOL = 200
const ARRIVED_WITHIN = 30 * DAY

/**
 * Items that are new, published or first described within some days, by how usual their words are for the person, so that an
 * item nobody met yet comes to those who will like it:
 *
 *     score(i) = affinity(i) · 2^(−age / within)
 */
export function newArrivals(scope: DecisionScope, rule: CandidateRule, limit: number): Gathered {
  const { catalog, now } = scope.world
  const { heap } = scope
  const within = rule.withinMs ?? ARRIVED_WITHIN
  const taste = new ContentTaste(scope)
  heap.reset(Math.min(limit, POOL))
  let found = 0
  const anyone = taste.isEmpty && rule.anyone === true
  for (const item of taste.isEmpty && !anyone ? [] : catalog.newest(POOL, now)) {
    const age = now - catalog.since(item)
    if (age > within) break
    const affinity = scope.isBarred(item) ? 0 : anyone ? 1 : taste.affinity(item)
    if (!(affinity > 0)) continue
    found++
    heap.offer(item, affinity * 2 ** (-age / within))
  }
  const { ids, scores } = heap.ranked()
  return {
    ids: ids.slice(),
    scores: scores.slice(),
    found,
    why: taste.isEmpty
      ? 'it is not known yet what the person likes about items'
      : 'no new item is like what the person likes',
    explain: (items) =>
      items.map((item) => {
        const like = taste.closest(item)
        return [like === undefined ? plainReason('newest') : arrivalReason(catalog, like)]
      }),
  }
}
