import type { Action } from '../events/index.ts'
import type { SparseScores } from '../math/index.ts'
import type { KeptList, RelationName } from '../training/index.ts'
import type { CandidateRule } from './compiledPlacement.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope, Seed } from './decisionScope.ts'
import type { FallbackName, SourceName } from './placement.ts'
import { explainForYou } from './explainForYou.ts'
import { plainReason, seedReason } from './reasons.ts'

/** Neighbours of a seed that are visited: whole rows, since there are few seeds. */
const WHOLE_ROW = 1_024
/** History items or seeds named for one source. */
const NAMED = 2
const VIEWING: ReadonlySet<Action> = new Set(['view', 'click', 'consume', 'rate'])
/** A kept ranking has the head of a list; whoever wants more of it gets a ranking of all items. */
const KEPT_FOR = 128
/** Decay per purchase back in time for "buy again" (the personal counts of next-basket models). */
const PURCHASE_DECAY = 0.9

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
  readonly standIn: { readonly used: string; readonly why: string } | undefined
  /** Reasons for each of the items, strongest first; their shares are parts of this source's score. */
  explain(items: readonly number[]): readonly (readonly Reason[])[]
}

interface Gathered {
  readonly ids: Int32Array
  readonly scores: Float64Array
  readonly found: number
  readonly why: string
  readonly standIn?: CandidateList['standIn']
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
    default:
      return listed(scope, rule, limit)
  }
}

function forYou(scope: DecisionScope, limit: number): Gathered {
  const { profile, kept } = scope.world
  const explain = (items: readonly number[]) => explainForYou(scope, items)
  if (kept !== undefined && limit <= KEPT_FOR) {
    return { ...keptBest(scope, kept, limit), why: whyNothing(kept.sources), explain }
  }
  const found = best(scope, scope.personal(), limit)
  const { sources } = scope.ranking()
  const why = profile === undefined ? 'the person is not known yet' : whyNothing(sources)
  return { ...found, why, explain }
}

function whyNothing(sources: number): string {
  return sources === 0
    ? 'the person has no history with items yet'
    : 'what the person did is not related to other items yet'
}

/** As `best`, from a kept ranking. */
function keptBest(
  scope: DecisionScope,
  kept: KeptList,
  limit: number,
): Pick<Gathered, 'ids' | 'scores' | 'found'> {
  const most = Math.min(limit, kept.count)
  const ids = new Int32Array(most)
  const scores = new Float64Array(most)
  let count = 0
  let place = 0
  for (; place < kept.count && count < most; place++) {
    const n = kept.itemAt(place)
    if (scope.isBarred(n)) continue
    ids[count] = n
    scores[count++] = kept.scoreAt(place)
  }
  const left = kept.count - place + (kept.more ? 1 : 0)
  return { ids: ids.subarray(0, count), scores: scores.subarray(0, count), found: count + left }
}

function related(
  scope: DecisionScope,
  rule: CandidateRule,
  name: RelationName,
  limit: number,
): Gathered {
  const relation = scope.world.models.relation(name)
  const seeds = scope.seeds(rule.of ?? 'item')
  const { sums } = scope
  sums.clear()
  sums.reserve(relation.items)
  for (const { item } of seeds) relation.scoreRow(item, 1, WHOLE_ROW, sums)
  const explain = (items: readonly number[]): readonly (readonly Reason[])[] =>
    explainSeeds(scope, name, seeds, items)
  const why = whyUnrelated(scope, name, seeds)
  return { ...best(scope, sums, limit), why, standIn: standInOf(scope, rule, seeds), explain }
}

function standInOf(
  scope: DecisionScope,
  rule: CandidateRule,
  [seed]: readonly Seed[],
): CandidateList['standIn'] {
  const { item } = scope.request
  if (seed === undefined || seed.kind === 'item' || item === undefined) return undefined
  if ((rule.of ?? 'item') !== 'item') return undefined
  return { used: seed.kind === 'cart' ? 'cart' : 'history', why: unknownItem(item) }
}

function unknownItem(id: string): string {
  return `the item ${JSON.stringify(id.slice(0, 64))} of the context is not known`
}

function whyUnrelated(scope: DecisionScope, name: RelationName, seeds: readonly Seed[]): string {
  const { item } = scope.request
  if (item !== undefined && scope.world.catalog.numberOf(item) === undefined) {
    return unknownItem(item)
  }
  if (seeds.length === 0) return 'the context names no item and the person has no history'
  return `nothing is known yet for the relation "${name}" of the item`
}

function explainSeeds(
  scope: DecisionScope,
  name: RelationName,
  seeds: readonly Seed[],
  items: readonly number[],
): readonly (readonly Reason[])[] {
  const relation = scope.world.models.relation(name)
  const { catalog } = scope.world
  const parts = seeds.map(({ item }) => items.map((other) => relation.score(item, other)))
  return items.map((_, k) => {
    const total = parts.reduce((sum, scores) => sum + (scores[k] ?? 0), 0)
    const reasons = seeds.map((seed, s) =>
      seedReason(catalog, name, seed, (parts[s]?.[k] ?? 0) / total),
    )
    return reasons
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share)
      .slice(0, NAMED)
  })
}

/** The best positive sums that may be shown. `found` is how many there may be at the most. */
function best(
  scope: DecisionScope,
  sums: SparseScores,
  limit: number,
): Pick<Gathered, 'ids' | 'scores' | 'found'> {
  const { heap } = scope
  const { touched, scores, count } = sums
  heap.reset(Math.min(limit, count))
  let worst = 0
  for (let k = 0; k < count; k++) {
    const n = touched[k] as number
    const score = scores[n] as number
    if (score <= 0 || score < worst || scope.isBarred(n)) continue
    heap.offer(n, score)
    worst = heap.floor
  }
  const ranked = heap.ranked()
  return { ids: ranked.ids.slice(), scores: ranked.scores.slice(), found: count }
}

function listed(scope: DecisionScope, rule: CandidateRule, limit: number): Gathered {
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

/** Sources that only order their items: 1, 0.91, 0.83 … 0.5 at the eleventh place. */
function byRank(rank: number): number {
  return 10 / (10 + rank)
}

function taken(
  scope: DecisionScope,
  items: ArrayLike<number>,
  scoreAt: (place: number) => number,
  limit: number,
  source: SourceName,
  why: string,
): Gathered {
  const ids: number[] = []
  const scores: number[] = []
  let place = 0
  for (; place < items.length && ids.length < limit; place++) {
    const n = items[place] as number
    if (scope.isBarred(n)) continue
    ids.push(n)
    scores.push(scoreAt(place))
  }
  const reasons = [plainReason(source)]
  return {
    ids: Int32Array.from(ids),
    scores: Float64Array.from(scores),
    found: ids.length + items.length - place,
    why,
    explain: (chosen) => chosen.map(() => reasons),
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
