import type { KeptList } from '../training/index.ts'
import type { CandidateRule } from './compiledPlacement.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope } from './decisionScope.ts'
import { becauseYou } from './becauseYou.ts'
import { discover } from './discover.ts'
import { explainForYou } from './explainForYou.ts'
import { best, type Found, type Gathered, type StandIn } from './gathered.ts'
import { listed } from './listedItems.ts'
import { newArrivals } from './newArrivals.ts'
import { nextBasket } from './nextBasket.ts'
import type { FallbackName, SourceName } from './placement.ts'
import { related } from './relatedItems.ts'
import { similar } from './similarItems.ts'

/** A kept ranking has the head of a list; whoever wants more of it gets a ranking of all items. */
const KEPT_FOR = 128
/** The candidates of one source for one placement, best first, without barred items. */
export interface CandidateList {
  readonly source: SourceName
  readonly weight: number
  readonly ids: Int32Array
  /** 1 for the best one. */
  readonly scores: Float64Array
  /** More would have been there than were asked for. */
  readonly truncated: boolean
  /** Why there is none; undefined when there are some. */
  readonly why: string | undefined
  /** Set when the item on the page is not known and something else had to stand in for it. */
  readonly standIn: StandIn | undefined
  /** The one thing that all items are about, for a heading. */
  readonly about: Reason | undefined
  /** Reasons for each of the items, strongest first; their shares are parts of this source's score. */
  explain(items: readonly number[]): readonly (readonly Reason[])[]
}

/** At most `limit` candidates of a source. */
export function gather(scope: DecisionScope, rule: CandidateRule, limit: number): CandidateList {
  const gathered = gatherFrom(scope, rule, limit)
  const { ids, scores, found } = gathered
  const highest = scores[0] ?? 1
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / highest
  return {
    source: rule.source,
    weight: rule.weight ?? 1,
    ids,
    scores,
    truncated: found > ids.length,
    why: ids.length === 0 ? gathered.why : undefined,
    standIn: gathered.standIn,
    about: gathered.about,
    explain: (items) => gathered.explain(items),
  }
}

/** Candidates of a fallback source: everything it has. */
export function gatherFallback(
  scope: DecisionScope,
  source: FallbackName,
  limit: number,
): CandidateList {
  return gather(scope, { source }, limit)
}

function gatherFrom(scope: DecisionScope, rule: CandidateRule, limit: number): Gathered {
  switch (rule.source) {
    case 'forYou':
      return forYou(scope, limit)
    case 'viewedAlsoViewed':
      return related(scope, rule, 'alsoViewed', limit)
    case 'nextItem':
      return related(scope, rule, 'next', limit)
    case 'boughtTogether':
      return related(scope, rule, 'boughtTogether', limit)
    case 'viewedThenBought':
      return related(scope, rule, 'leadsToBuy', limit)
    case 'similar':
      return similar(scope, rule, limit)
    case 'becauseYou':
      return becauseYou(scope, limit)
    case 'nextBasket':
      return nextBasket(scope, limit)
    case 'discover':
      return discover(scope, rule, limit)
    case 'newArrivals':
      return newArrivals(scope, rule, limit)
    default:
      return listed(scope, rule, limit)
  }
}

function forYou(scope: DecisionScope, limit: number): Gathered {
  const { kept } = scope.world
  const explain = (items: readonly number[]) => explainForYou(scope, items)
  if (kept !== undefined && limit <= KEPT_FOR) {
    return { ...keptBest(scope, kept, limit), why: whyNothing(kept.sources), explain }
  }
  const found = best(scope, scope.personal(), limit)
  const { sources } = scope.ranking()
  return {
    ...found,
    why: scope.isUnknown ? 'the person is not known yet' : whyNothing(sources),
    explain,
  }
}

function whyNothing(sources: number): string {
  return sources === 0
    ? 'the person has no history with items yet'
    : 'what the person did is not related to other items yet'
}

/** As `best`, from a kept ranking. */
function keptBest(scope: DecisionScope, kept: KeptList, limit: number): Found {
  const all = kept.count
  const most = Math.min(limit, all)
  const { lists } = scope
  lists.begin(most)
  let place = 0
  for (; place < all && lists.count < most; place++) {
    const n = kept.itemAt(place)
    if (!scope.isBarred(n)) lists.add(n, kept.scoreAt(place))
  }
  const left = all - place + (kept.more ? 1 : 0)
  const found = lists.count + left
  return { ...lists.end(), found }
}
