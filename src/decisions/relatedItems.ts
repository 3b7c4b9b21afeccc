import type { RelationName } from '../training/index.ts'
import type { CandidateRule } from './compiledPlacement.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope, Seed } from './decisionScope.ts'
import { best, type Gathered, type StandIn } from './gathered.ts'
import { seedReason } from './reasons.ts'

/** Seeds named for one item. */
const NAMED = 2

/** What goes with the page's item, the cart or the last interest by one relation: live rows and those of the training together. */
export function related(
  scope: DecisionScope,
  rule: CandidateRule,
  name: RelationName,
  limit: number,
): Gathered {
  const { models, relations } = scope.world
  const live = models.relation(name)
  const trained = relations?.rows(name)
  const seeds = scope.seeds(rule.of ?? 'item')
  const items = seeds.map(({ item }) => item)
  const factors = scope.relationBlend.score(live, trained, items, scope.sums)
  const scoreOf = (seed: number, item: number): number =>
    factors.live * live.score(seed, item) + factors.trained * (trained?.rows.score(seed, item) ?? 0)
  return {
    ...best(scope, scope.sums, limit),
    why: whyUnrelated(scope, `the relation "${name}" of the item`, seeds),
    standIn: standInOf(scope, rule, seeds),
    explain: (chosen) =>
      chosen.map((item) =>
        strongest(
          seeds.map((seed) => ({
            score: scoreOf(seed.item, item),
            reason: (share) => seedReason(scope.world.catalog, name, seed, share),
          })),
        ),
      ),
  }
}

/** One thing that speaks for an item. */
export interface Cause {
  readonly score: number
  readonly reason: (share: number) => Reason
}

/** Reasons of the strongest causes, largest first; shares are parts of the total. */
export function strongest(causes: readonly Cause[], total = sumOf(causes)): readonly Reason[] {
  return causes
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, NAMED)
    .map(({ score, reason }) => reason(score / total))
}

function sumOf(causes: readonly Cause[]): number {
  return causes.reduce((sum, { score }) => sum + Math.max(0, score), 0)
}

export function standInOf(
  scope: DecisionScope,
  rule: CandidateRule,
  [seed]: readonly Seed[],
): StandIn | undefined {
  const { item } = scope.request
  if (seed === undefined || seed.kind === 'item' || item === undefined) return undefined
  if ((rule.of ?? 'item') !== 'item') return undefined
  return { used: seed.kind === 'cart' ? 'cart' : 'history', why: unknownItem(item) }
}

function unknownItem(id: string): string {
  return `the item ${JSON.stringify(id.slice(0, 64))} of the context is not known`
}

export function whyUnrelated(scope: DecisionScope, what: string, seeds: readonly Seed[]): string {
  const { item } = scope.request
  if (item !== undefined && scope.world.catalog.numberOf(item) === undefined) {
    return unknownItem(item)
  }
  if (seeds.length === 0) return 'the context names no item and the person has no history'
  return `nothing is known yet for ${what}`
}
