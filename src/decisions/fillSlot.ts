import { type CandidateList, gather, gatherFallback } from './candidates.ts'
import type { CandidateRule, CompiledPlacement } from './compiledPlacement.ts'
import type { DecisionScope } from './decisionScope.ts'
import type { FallbackName } from './placement.ts'
import { offerReranked } from './rerankedOrder.ts'
import { Slate } from './slate.ts'

const EVERYTHING = 0x7fff_ffff
/** New items that no source brought are behind all others where no place is kept for them. */
const NEWCOMER_WEIGHT = 0.01

/** A filled slot with all that its explanation needs. */
export interface FilledSlot {
  readonly slate: Slate
  /** Lists of the blend, by pass: later passes took more of each source. */
  readonly passes: readonly (readonly CandidateList[])[]
  readonly shared: readonly CandidateList[]
  readonly fallbacks: readonly CandidateList[]
  /** Fallback sources that put an item into the slot. */
  readonly used: readonly FallbackName[]
}

/** Fills one placement: pinned items, sources with a share, the blend, then the fallback chain. */
export function fillSlot(
  scope: DecisionScope,
  placement: CompiledPlacement,
  n: number,
): FilledSlot {
  const slate = new Slate(scope, placement, n)
  for (const { item, position } of placement.pinned) {
    const number = scope.world.catalog.numberOf(item)
    if (number !== undefined) slate.pin(number, position - 1)
  }
  const shared = placement.shared.map((rule, k) => fillShare(scope, slate, rule, k))
  const rules = placement.blended.length > 0 ? placement.blended : placement.shared
  const passes = fillBlend(scope, slate, placement, rules)
  const fallbacks: CandidateList[] = []
  const used: FallbackName[] = []
  for (const source of placement.fallback) {
    if (slate.full) break
    const before = slate.filled
    fillFallback(scope, slate, source, fallbacks)
    if (slate.filled > before) used.push(source)
  }
  return { slate, passes, shared, fallbacks, used }
}

/** A source with a share: its items spread evenly over the slot. */
function fillShare(
  scope: DecisionScope,
  slate: Slate,
  rule: CandidateRule,
  list: number,
): CandidateList {
  const wanted = Math.max(1, Math.floor((rule.share ?? 0) * slate.n + 1e-9))
  const candidates = gather(scope, rule, EVERYTHING)
  let taken = 0
  for (let k = 0; k < candidates.ids.length && taken < wanted; k++) {
    const place = Math.floor(((taken + 0.5) * slate.n) / wanted)
    const item = candidates.ids[k] as number
    if (slate.offer(item, candidates.scores[k] as number, 'share', list, place)) taken++
  }
  return candidates
}

/**
 * The blend: Σ weight · (score / best score of the source). First with the head of each source; when
 * filters eat that up, with more, and at last with everything the sources have.
 */
function fillBlend(
  scope: DecisionScope,
  slate: Slate,
  placement: CompiledPlacement,
  rules: readonly CandidateRule[],
): readonly (readonly CandidateList[])[] {
  const passes: (readonly CandidateList[])[] = []
  // What makes a list good as a whole is seldom among the few best.
  const head = placement.reranking === undefined ? 2 * slate.n + 20 : 6 * slate.n + 60
  for (const limit of [head, 16 * slate.n + 160, EVERYTHING]) {
    if (slate.full) break
    const lists = rules.map((rule) => gather(scope, rule, limit))
    const { newItems } = placement.reranking ?? {}
    if (newItems !== undefined) lists.push(newcomers(scope, newItems.withinMs, slate.n))
    offerBlend(scope, slate, placement, lists, passes.push(lists) - 1)
    if (!lists.some(({ truncated }) => truncated)) break
  }
  return passes
}

/** New items for the places that are kept for them; among each other by what the person likes. */
function newcomers(scope: DecisionScope, withinMs: number, n: number): CandidateList {
  const rule: CandidateRule = {
    source: 'newArrivals',
    weight: NEWCOMER_WEIGHT,
    withinMs,
    anyone: true,
  }
  return gather(scope, rule, 2 * n + 20)
}

function offerBlend(
  scope: DecisionScope,
  slate: Slate,
  placement: CompiledPlacement,
  lists: readonly CandidateList[],
  pass: number,
): void {
  const [first] = lists
  const plain = placement.boosts.length === 0 && placement.reranking === undefined
  if (first !== undefined && lists.length === 1 && plain) {
    offerInOrder(slate, first, pass, 'blend', first.weight)
    return
  }
  const { blend, heap } = scope
  blend.clear()
  blend.reserve(scope.world.catalog.size)
  for (const { ids, scores, weight } of lists) {
    for (let k = 0; k < ids.length; k++) blend.add(ids[k] as number, weight * (scores[k] as number))
  }
  const boost = boostOf(scope, placement)
  heap.reset(blend.count)
  for (let k = 0; k < blend.count; k++) {
    const item = blend.touched[k] as number
    heap.offer(item, blend.get(item) * boost(item))
  }
  const { ids, scores } = heap.ranked()
  if (placement.reranking !== undefined) {
    offerReranked(scope, slate, placement.reranking, { ids, scores }, pass)
  }
  for (let k = 0; k < ids.length && !slate.full; k++) {
    slate.offer(ids[k] as number, scores[k] as number, 'blend', pass)
  }
}

/** Product of the factors of all boosts that an item meets. */
function boostOf(scope: DecisionScope, placement: CompiledPlacement): (item: number) => number {
  const { catalog, profile } = scope.world
  const { context } = scope.request
  const boosts = placement.boosts.map(({ when, factor }) => ({
    test: when.bind({ catalog, profile, context }),
    factor,
  }))
  return (item) =>
    boosts.reduce(
      (product, { test, factor }) => (test.accepts(item) ? product * factor : product),
      1,
    )
}

function fillFallback(
  scope: DecisionScope,
  slate: Slate,
  source: FallbackName,
  fallbacks: CandidateList[],
): void {
  const list = gatherFallback(scope, source, EVERYTHING_LISTED[source] ?? 2 * slate.n + 20)
  offerInOrder(slate, list, fallbacks.push(list) - 1, 'fallback', 1)
  if (source === 'newest' && !slate.full) offerWholeCatalog(scope, slate, fallbacks.length - 1)
}

const EVERYTHING_LISTED: Partial<Record<FallbackName, number>> = { trending: 512, popular: 1_024 }

function offerInOrder(
  slate: Slate,
  list: CandidateList,
  number: number,
  origin: 'blend' | 'fallback',
  weight: number,
): void {
  for (let k = 0; k < list.ids.length && !slate.full; k++) {
    slate.offer(list.ids[k] as number, weight * (list.scores[k] as number), origin, number)
  }
}

/**
 * The last resort when filters leave nothing of the leading items: every item, from the highest number
 * down, which mostly is from the newest. About 0.1 µs an item.
 */
function offerWholeCatalog(scope: DecisionScope, slate: Slate, list: number): void {
  for (let n = scope.world.catalog.size - 1; n >= 0 && !slate.full; n--) {
    if (!scope.isBarred(n)) slate.offer(n, 0, 'fallback', list)
  }
}
