import type { Seed, DecisionScope } from './decisionScope.ts'
import { best, type Gathered } from './gathered.ts'
import { interestsOf } from './interests.ts'
import { becauseReason } from './reasons.ts'
import { likeSeeds, type LikeSeeds } from './similarItems.ts'

/** Interests among which the one to name is chosen. */
const LOOKED_AT = 8
/** Factor per place back in time: a strong interest of lately beats a weak one of today. */
const PLACE_DECAY = 0.85
/** An item with fewer others like it that may be shown makes no list. */
const ENOUGH = 6

/**
 * A list about one item of the person's history: the strongest interest of lately, weight · 0.85^place, that has at least six others
 * like it, and that no earlier placement of the call was about.
 */
export function becauseYou(scope: DecisionScope, limit: number): Gathered {
  const chosen = choose(scope)
  if (chosen === undefined) {
    const why = 'nothing that the person did has enough others like it yet'
    const nothing = { ids: new Int32Array(0), scores: new Float64Array(0), found: 0 }
    return { ...nothing, why, explain: (items) => items.map(() => []) }
  }
  const { seed, like } = chosen
  scope.seedOfSlot = seed
  return {
    ...best(scope, scope.sums, limit),
    why: 'what is like it may not be shown here',
    about: becauseReason(scope.world.catalog, seed.item, seed.kind),
    explain: (items) => like.reasons(items),
  }
}

interface Chosen {
  readonly seed: Seed
  readonly like: LikeSeeds
}

function choose(scope: DecisionScope): Chosen | undefined {
  // Later passes over a slot stay with the item that the first one chose.
  const seeds = scope.seedOfSlot === undefined ? bySuitability(scope) : [scope.seedOfSlot]
  let most: Seed | undefined
  let found = 0
  for (const seed of seeds) {
    const like = likeSeeds(scope, [aboutIt(seed)])
    const others = shownAmong(scope)
    if (others >= ENOUGH) return { seed, like }
    if (others > found) {
      most = seed
      found = others
    }
  }
  return most && { seed: most, like: likeSeeds(scope, [aboutIt(most)]) }
}

/** The heading says what the person did with it; the reasons of the items, what they have to do with it. */
function aboutIt({ item }: Seed): Seed {
  return { item, kind: 'item' }
}

function bySuitability(scope: DecisionScope): readonly Seed[] {
  return interestsOf(scope.history, LOOKED_AT)
    .map(({ item, action, weight }, place) => ({
      seed: { item, kind: action },
      fit: weight * PLACE_DECAY ** place,
    }))
    .filter(({ seed }) => !scope.seedsUsed.has(seed.item))
    .sort((a, b) => b.fit - a.fit)
    .map(({ seed }) => seed)
}

/** How many of the sums may be shown; counted no further than is enough. */
function shownAmong(scope: DecisionScope): number {
  const { sums, world } = scope
  let count = 0
  for (let k = 0; k < sums.count && count < ENOUGH; k++) {
    const item = sums.touched[k] as number
    if (!scope.isBarred(item) && world.catalog.isAvailable(item, world.now)) count++
  }
  return count
}
