import { MINUTE } from '../base/index.ts'
import type { DecisionScope, Seed } from './decisionScope.ts'
import { best, type Gathered } from './gathered.ts'
import { againReason, plainReason, seedReason } from './reasons.ts'
import { type Cause, strongest } from './relatedItems.ts'

/** The newest order counts 1, the n-th before it 0.9^n (Li et al., "A Next Basket Recommendation Reality Check", TOIS 2023). */
const ORDER_DECAY = 0.9
/** Purchases this close are one order. */
const ORDER_PAUSE = 10 * MINUTE
/** Weights against one order of lately with an item that everybody buys again. */
const TOGETHER = 0.3
const POPULAR = 0.1
/** Best-sellers that may fill the basket. */
const POPULAR_ITEMS = 100

interface Own {
  /** Orders with the item, newer ones counting more. */
  weight: number
  times: number
}

/**
 * What the person will order next: what the person orders again and again, what goes with the last order, what everybody buys,
 *
 *     score(i) = repeat(i) · Σ_orders with i 0.9^back + 0.3 · together(i) / best + 0.1 · sold(i) / best
 *
 * with repeat(i) the share of an item's buyers who bought it again over the greatest one of the person's items (1 each without a
 * training), so that things which last are not offered twice.
 */
export function nextBasket(scope: DecisionScope, limit: number): Gathered {
  const { models, relations, catalog } = scope.world
  const { own, last } = ordersOf(scope)
  const live = models.relation('boughtTogether')
  const trained = relations?.rows('boughtTogether')
  const { sums } = scope
  const factors = scope.relationBlend.score(live, trained, last, sums)
  let highest = 0
  for (let k = 0; k < sums.count; k++)
    highest = Math.max(highest, sums.get(sums.touched[k] as number))
  const byTogether = highest === 0 ? 0 : TOGETHER / highest
  for (let k = 0; k < sums.count; k++) {
    const item = sums.touched[k] as number
    sums.scores[item] = sums.get(item) * byTogether
  }
  sums.reserve(catalog.size)
  const repeats = repeatsOf(scope, own)
  for (const [item, { weight }] of own) sums.add(item, weight * (repeats.get(item) ?? 1))
  const sellers = models.popularOrder('buy').subarray(0, POPULAR_ITEMS)
  const mostSold = sellers.length === 0 ? 1 : models.popularity(sellers[0] as number, 'buy')
  const sold = (item: number): number => (POPULAR * models.popularity(item, 'buy')) / mostSold
  for (const item of own.size === 0 ? [] : sellers) sums.add(item, sold(item))
  const causesOf = (item: number): readonly Cause[] => {
    const mine = own.get(item)
    return [
      {
        score: mine === undefined ? 0 : mine.weight * (repeats.get(item) ?? 1),
        reason: (share: number) => againReason(mine?.times ?? 1, share),
      },
      ...last.map((from) => ({
        score:
          byTogether *
          (factors.live * live.score(from, item) +
            factors.trained * (trained?.rows.score(from, item) ?? 0)),
        reason: (share: number) => seedReason(catalog, 'boughtTogether', boughtSeed(from), share),
      })),
      { score: sold(item), reason: (share: number) => ({ ...plainReason('popular'), share }) },
    ]
  }
  return {
    ...best(scope, sums, limit),
    why: 'the person has not bought anything yet',
    explain: (items) => items.map((item) => strongest(causesOf(item))),
  }
}

function boughtSeed(item: number): Seed {
  return { item, kind: 'buy' }
}

/** The person's orders by item, and the items of the newest one. */
function ordersOf({ history }: DecisionScope) {
  const own = new Map<number, Own>()
  const inOrder = new Set<number>()
  const last: number[] = []
  let back = -1
  let before = Number.POSITIVE_INFINITY
  for (let k = history.length - 1; k >= 0; k--) {
    const entry = history[k]
    if (entry?.action !== 'buy') continue
    if (before - entry.time > ORDER_PAUSE) {
      back++
      inOrder.clear()
    }
    before = entry.time
    if (inOrder.has(entry.item)) continue
    inOrder.add(entry.item)
    if (back === 0) last.push(entry.item)
    const known = own.get(entry.item) ?? { weight: 0, times: 0 }
    known.weight += ORDER_DECAY ** back
    known.times++
    own.set(entry.item, known)
  }
  return { own, last }
}

/** Repeat share of each of the person's items over the greatest one; what the training does not know counts as usual. */
function repeatsOf(
  { world: { relations } }: DecisionScope,
  own: ReadonlyMap<number, Own>,
): ReadonlyMap<number, number> {
  const shares = [...own.keys()].map((item) => [item, relations?.repeat(item)] as const)
  const known = shares.flatMap(([, share]) => share ?? [])
  const most = Math.max(...known)
  if (known.length === 0 || most === 0) return new Map()
  return new Map(shares.map(([item, share]) => [item, (share ?? most) / most]))
}
