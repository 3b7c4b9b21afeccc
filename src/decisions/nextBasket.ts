import { MINUTE } from '../base/index.ts'
import type { Action } from '../events/index.ts'
import type { SparseScores } from '../math/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import type { Reason } from './decision.ts'
import type { DecisionScope } from './decisionScope.ts'
import { explainForYou } from './explainForYou.ts'
import { best, type Gathered, highestOf } from './gathered.ts'
import { interestsOf } from './interests.ts'
import { againReason, latelyReason, plainReason, seedReason } from './reasons.ts'
import { type Cause, strongest } from './relatedItems.ts'

/** The newest order counts 1, the n-th before it 0.9^n (Li et al., "A Next Basket Recommendation Reality Check", TOIS 2023). */
const ORDER_DECAY = 0.9
/** Purchases this close are one order. */
const ORDER_PAUSE = 10 * MINUTE
/** What an earlier order weighs, where no training knows the item. */
const USUAL_REPEAT = 0.3
/** What the person looked at last and did not buy: a third of its taste, a view 1 and a cart 3, times 0.9 for each place back. */
const CONSIDERED = 1 / 3
const PLACE_DECAY = 0.9
const LOOKED_AT = 30
/** Weights of the best of "for you", of what goes with the last order, and of what everybody buys. */
const LIKED = 0.3
const TOGETHER = 0.1
const SOLD = 0.1
/** Best-sellers that may fill the basket. */
const BEST_SELLERS = 100

/**
 * What the person will order next: what the person orders again and again, has looked at and not bought yet, likes, what goes with
 * the last order, and what everybody buys,
 *
 *     score(i) = repeat(i) · Σ_orders with i 0.9^back + taste(i) / 3 · 0.9^place
 *                + 0.3 · forYou(i) / best + 0.1 · together(i) / best + 0.1 · sold(i) / best
 *
 * with repeat(i) as a training found it: how often orders repeat things at all, and this item against others. Where people order the
 * same things week by week the first part leads; in a shop of things that last it is small, and the others do. The other
 * weights are those that found most of the next orders in the simulated shop (docs/placements.md).
 */
export function nextBasket(scope: DecisionScope, limit: number): Gathered {
  const basket = new NextBasket(scope)
  basket.score(scope.sums)
  return {
    ...best(scope, scope.sums, limit),
    why: 'the person did nothing that leads to an order yet',
    explain: (items) => {
      const personal = explainForYou(scope, items)
      return items.map((item, k) => basket.reasons(item, personal[k] ?? []))
    },
  }
}

class NextBasket {
  readonly #scope: DecisionScope
  readonly #own: ReadonlyMap<number, Own>
  readonly #last: readonly number[]
  readonly #considered: ReadonlyMap<number, Considered>
  #factors = { live: 0, trained: 0 }
  #byPersonal = 0
  #sellers: ReadonlySet<number> = new Set()
  #bySold = 0

  constructor(scope: DecisionScope) {
    this.#scope = scope
    const { own, last } = ordersOf(scope)
    this.#own = own
    this.#last = last
    this.#considered = consideredBy(scope.history)
  }

  score(sums: SparseScores): void {
    sums.clear()
    const { models, catalog } = this.#scope.world
    this.#scoreTogether(sums)
    sums.reserve(catalog.size)
    const personal = this.#scope.personal()
    if (this.#scope.history.length === 0) return
    const highest = highestOf(personal)
    this.#byPersonal = highest === 0 ? 0 : LIKED / highest
    for (let k = 0; k < personal.count; k++) {
      const item = personal.touched[k] as number
      const score = this.#personal(item)
      if (score > 0) sums.add(item, score)
    }
    const sellers = models.popularOrder('buy').subarray(0, BEST_SELLERS)
    this.#bySold = sellers.length === 0 ? 0 : SOLD / models.popularity(sellers[0] as number, 'buy')
    this.#sellers = new Set(sellers)
    for (const item of sellers) sums.add(item, this.#sold(item))
    for (const item of this.#own.keys()) sums.add(item, this.#again(item))
    for (const [item, { weight }] of this.#considered) sums.add(item, weight)
  }

  /** @param personal reasons of "for you" for the item */
  reasons(item: number, personal: readonly Reason[]): readonly Reason[] {
    const { catalog } = this.#scope.world
    const again = this.#again(item)
    const liked = this.#personal(item)
    const sold = this.#sold(item)
    const looked = this.#considered.get(item)
    const together = this.#last.map((from) => ({
      score: this.#together(from, item),
      reason: (share: number) =>
        seedReason(catalog, 'boughtTogether', { item: from, kind: 'buy' }, share),
    }))
    const causes: readonly Cause[] = [
      { score: again, reason: (share) => againReason(this.#own.get(item)?.times ?? 1, share) },
      {
        score: looked?.weight ?? 0,
        reason: (share) => latelyReason(looked?.action ?? 'view', share),
      },
      ...personal.map((one) => ({
        score: liked * one.share,
        reason: (share: number) => ({ ...one, share }),
      })),
      ...together,
      { score: sold, reason: (share) => ({ ...plainReason('popular'), share }) },
    ]
    const fromLast = together.reduce((sum, { score }) => sum + score, 0)
    return strongest(causes, again + (looked?.weight ?? 0) + liked + sold + fromLast)
  }

  #scoreTogether(sums: SparseScores): void {
    const { models, relations } = this.#scope.world
    const trained = relations?.rows('boughtTogether')
    const live = models.relation('boughtTogether')
    const factors = this.#scope.relationBlend.score(live, trained, this.#last, sums)
    const highest = highestOf(sums)
    const by = highest === 0 ? 0 : TOGETHER / highest
    for (let k = 0; k < sums.count; k++) {
      const item = sums.touched[k] as number
      sums.scores[item] = by * sums.get(item)
    }
    this.#factors = { live: by * factors.live, trained: by * factors.trained }
  }

  #together(from: number, item: number): number {
    const { models, relations } = this.#scope.world
    const { live, trained } = this.#factors
    return (
      live * models.relation('boughtTogether').score(from, item) +
      trained * (relations?.rows('boughtTogether')?.rows.score(from, item) ?? 0)
    )
  }

  #again(item: number): number {
    const own = this.#own.get(item)
    if (own === undefined) return 0
    return own.weight * (this.#scope.world.relations?.repeat(item) ?? USUAL_REPEAT)
  }

  #personal(item: number): number {
    return Math.max(0, this.#byPersonal * this.#scope.personal().get(item))
  }

  #sold(item: number): number {
    if (!this.#sellers.has(item)) return 0
    return this.#bySold * this.#scope.world.models.popularity(item, 'buy')
  }
}

interface Own {
  /** Orders with the item, newer ones counting more. */
  weight: number
  times: number
}

interface Considered {
  readonly weight: number
  readonly action: Action
}

/** What the person took an interest in lately and did not buy since. */
function consideredBy(history: readonly HistoryEntry[]): ReadonlyMap<number, Considered> {
  const settled = new Set<number>()
  const seen = new Set<number>()
  for (let k = history.length - 1; k >= 0; k--) {
    const { item, action } = history[k] as HistoryEntry
    if (!seen.has(item) && action === 'buy') settled.add(item)
    seen.add(item)
  }
  const open = interestsOf(history, LOOKED_AT).filter(({ item }) => !settled.has(item))
  return new Map(
    open.map(({ item, weight, action }, place) => [
      item,
      { weight: CONSIDERED * weight * PLACE_DECAY ** place, action },
    ]),
  )
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
