import type { CandidateRule } from './compiledPlacement.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope, Seed } from './decisionScope.ts'
import { best, type Gathered, highestOf } from './gathered.ts'
import type { ItemContent } from './itemContent.ts'
import { alikeReason, seedReason } from './reasons.ts'
import { type Cause, standInOf, strongest, whyUnrelated } from './relatedItems.ts'

/** Attention to an item (as popularity counts it) at which behaviour and content say equally much. */
const EVEN = 20
/** Items of a cart whose content is compared; behaviour is read for all. */
const COMPARED = 3

/** Items like some others, in the sums of the scope, and what speaks for each. */
export interface LikeSeeds {
  reasons(items: readonly number[]): readonly (readonly Reason[])[]
}

/**
 * Items like the seeds by what people do with them and by what is written of them:
 *
 *     score(j) = (1 − c) · behaviour(j) / best behaviour + c · content(j) / best content,   c = 20 / (20 + attention)
 *
 * with the attention that the seeds had, so that an item nobody met yet has neighbours by its content alone.
 */
export function likeSeeds(scope: DecisionScope, seeds: readonly Seed[]): LikeSeeds {
  const { models, relations, catalog } = scope.world
  const { sums, content } = scope
  const live = models.relation('alsoViewed')
  const trained = relations?.rows('alsoViewed')
  const items = seeds.map(({ item }) => item)
  const factors = scope.relationBlend.score(live, trained, items, sums)
  const alike = seeds.slice(0, COMPARED).map(({ item }) => content.nearest(item))
  const most = Math.max(0, ...alike.map(({ scores }) => scores[0] ?? 0))
  const behaviour = highestOf(sums)
  const share = most === 0 ? 0 : behaviour === 0 ? 1 : contentShare(scope, items)
  const byBehaviour = behaviour === 0 ? 0 : (1 - share) / behaviour
  const byContent = most === 0 ? 0 : share / most
  for (let k = 0; k < sums.count; k++) {
    const item = sums.touched[k] as number
    sums.scores[item] = sums.get(item) * byBehaviour
  }
  sums.reserve(catalog.size)
  for (const { ids, scores } of alike) {
    for (let k = 0; k < ids.length; k++) {
      sums.add(ids[k] as number, byContent * (scores[k] as number))
    }
  }
  const causesOf = (item: number): readonly Cause[] =>
    seeds.flatMap((seed, s) => [
      {
        score:
          byBehaviour *
          (factors.live * live.score(seed.item, item) +
            factors.trained * (trained?.rows.score(seed.item, item) ?? 0)),
        reason: (part: number) => seedReason(catalog, 'alsoViewed', seed, part),
      },
      {
        score: byContent * scoreIn(alike[s], item),
        reason: (part: number) => alikeReason(catalog, seed, part),
      },
    ])
  return { reasons: (chosen) => chosen.map((item) => strongest(causesOf(item))) }
}

/** 0 for an item that is not in the list. */
function scoreIn(list: ReturnType<ItemContent['nearest']> | undefined, item: number): number {
  return list?.scores[list.ids.indexOf(item)] ?? 0
}

function contentShare({ world: { models } }: DecisionScope, items: readonly number[]): number {
  const attention = items.reduce((sum, item) => sum + models.popularity(item, 'all'), 0)
  return EVEN / (EVEN + attention / items.length)
}

/** What is like the page's item, the cart or the last interest, by behaviour and content. */
export function similar(scope: DecisionScope, rule: CandidateRule, limit: number): Gathered {
  const seeds = scope.seeds(rule.of ?? 'item')
  const like = likeSeeds(scope, seeds)
  return {
    ...best(scope, scope.sums, limit),
    why: whyUnrelated(scope, 'what is like the item', seeds),
    standIn: standInOf(scope, rule, seeds),
    explain: (items) => like.reasons(items),
  }
}
