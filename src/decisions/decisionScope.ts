import type { Catalog } from '../catalog/index.ts'
import type { Action } from '../events/index.ts'
import { ItemSet, SparseScores, TopK } from '../math/index.ts'
import type { HistoryEntry, Profile } from '../profiles/index.ts'
import {
  type KeptList,
  type LiveModels,
  PersonalRanking,
  RelationBlend,
  type TrainedOpinion,
  type TrainedRelations,
} from '../training/index.ts'
import type { CompiledPlacement } from './compiledPlacement.ts'
import { addsToHistory, historyOf } from './session.ts'
import { ItemContent } from './itemContent.ts'
import { ListRoom } from './listRoom.ts'
import type { Placements } from './placements.ts'
import type { DecideRequest } from './request.ts'

const ignored = (): void => undefined
const CART_ITEMS = 10

const SEED_KINDS = ['item', 'cart', 'history'] as const
export type SeedKind = (typeof SEED_KINDS)[number]

/** What a decision is made from. */
export interface DecisionWorld {
  readonly profile: Profile | undefined
  readonly models: LiveModels
  /** What a trained model says of the person; undefined when there is none, or it was not asked. */
  readonly trained: TrainedOpinion | undefined
  /** The person's ranking as it was kept, while it holds. */
  readonly kept: KeptList | undefined
  /** Item-to-item rows of a training; absent: the live counts serve related items alone. */
  readonly relations?: TrainedRelations | undefined
  /** Is told of a ranking that had to be made. */
  readonly onRanked?: (ranking: PersonalRanking) => void
  readonly catalog: Catalog
  readonly placements: Placements
  /** Milliseconds. */
  readonly now: number
  readonly decisionId: string
}

/** An item that other items are looked up from, and how the person met it. */
export interface Seed {
  readonly item: number
  readonly kind: 'item' | 'cart' | Action
}

/**
 * Working memory of one decision at a time: deciding is synchronous, so one set of arrays serves
 * all decisions and no decision has to allocate them.
 */
export class DecisionScope {
  readonly heap = new TopK()
  readonly sums = new SparseScores()
  readonly blend = new SparseScores()
  /** Memory for the candidates of this decision. */
  readonly lists = new ListRoom()
  readonly relationBlend = new RelationBlend()
  readonly content = new ItemContent()
  /** What the lists of the current placement are about, once chosen. */
  seedOfSlot: Seed | undefined
  /** Items that earlier placements of this call were about. */
  readonly seedsUsed = new Set<number>()
  /** Items that no placement of this call may show. */
  readonly barred = new ItemSet()
  /** Items that the current placement may not show. */
  readonly excluded = new ItemSet()
  readonly #shownCounts = new SparseScores()
  readonly #ranking = new PersonalRanking()
  #ranked = false
  request!: DecideRequest
  world!: DecisionWorld
  #history: readonly HistoryEntry[] | undefined

  begin(request: DecideRequest, world: DecisionWorld): void {
    this.request = request
    this.#history = undefined
    // What was kept of the person does not know the session.
    const isKnown = world.profile !== undefined && !addsToHistory(request, world)
    this.world = isKnown ? world : { ...world, kept: undefined, onRanked: ignored }
    this.#ranked = false
    this.content.begin(world.catalog, world.models)
    // Clearing an empty one makes a new table all the same.
    if (this.seedsUsed.size > 0) this.seedsUsed.clear()
    this.lists.clear()
    this.barred.clear()
    if (request.item !== undefined) this.#bar(request.item)
    for (const id of request.cart) this.#bar(id)
    for (const id of request.exclude) this.#bar(id)
  }

  /** What the person did, and did in this session, newest last. Read when first asked for. */
  get history(): readonly HistoryEntry[] {
    return (this.#history ??= historyOf(this.request, this.world))
  }

  /** "For you": all items for this person, by the live models and the trained one together; made once a call. */
  ranking(): PersonalRanking {
    const ranking = this.#ranking
    if (this.#ranked) return ranking
    this.#ranked = true
    const { models, trained, kept, catalog, onRanked } = this.world
    ranking.begin({ models, history: this.history, trained, kept, items: catalog.size })
    if (kept === undefined) onRanked?.(ranking)
    return ranking
  }

  /** The scores of `ranking`. */
  personal(): SparseScores {
    return this.ranking().sums
  }

  /** Nothing is known of the person, not even from the session. */
  get isUnknown(): boolean {
    return this.world.profile === undefined && this.history.length === 0
  }

  isBarred(n: number): boolean {
    return this.barred.has(n) || this.excluded.has(n)
  }

  /** Fills `excluded` by the rules of a placement. */
  exclude(placement: CompiledPlacement): void {
    this.excluded.clear()
    this.seedOfSlot = undefined
    const { profile, now } = this.world
    const { doneLimits, doneWithin, shown } = placement
    if (profile === undefined || this.request.session.length > 0) {
      for (const { item, action, time } of this.history) {
        if (now - time <= doneWithin[action]) this.excluded.add(item)
      }
    } else {
      profile.visitHistory((item, action, time) => {
        if (now - time <= (doneLimits[action] as number)) this.excluded.add(item)
      })
    }
    if (profile === undefined) return
    if (doneWithin.buy === Number.POSITIVE_INFINITY) {
      for (const n of profile.bought) this.excluded.add(n)
    }
    if (shown !== undefined) this.#excludeShown(profile, shown.times, shown.within)
  }

  /**
   * What related items are looked up from: the page's item, the cart (sent or remembered), or what the
   * person was last interested in; `first` is tried before the others.
   */
  seeds(first: SeedKind): readonly Seed[] {
    for (const kind of [first, ...SEED_KINDS]) {
      const found = this.#seedsOf(kind)
      if (found.length > 0) return found
    }
    return []
  }

  #seedsOf(kind: SeedKind): readonly Seed[] {
    if (kind === 'history') return this.#lastInterest()
    const { item, cart } = this.request
    const ids = kind === 'cart' ? cart : item === undefined ? [] : [item]
    const seeds: Seed[] = []
    for (const id of ids) {
      const n = this.world.catalog.numberOf(id)
      if (n !== undefined) seeds.push({ item: n, kind })
    }
    return kind === 'cart' && cart.length === 0 ? this.#rememberedCart() : seeds
  }

  /** What was put into the cart and neither taken out nor bought since, newest first. */
  #rememberedCart(): readonly Seed[] {
    const settled = new Set<number>()
    const found: Seed[] = []
    for (let k = this.history.length - 1; k >= 0 && found.length < CART_ITEMS; k--) {
      const { item, action } = this.history[k] as HistoryEntry
      if (action !== 'cart' && action !== 'uncart' && action !== 'buy') continue
      if (settled.has(item)) continue
      settled.add(item)
      if (action === 'cart') found.push({ item, kind: 'cart' })
    }
    return found
  }

  #lastInterest(): readonly Seed[] {
    const entry = this.history.findLast(({ action }) => INTEREST.has(action))
    return entry === undefined ? [] : [{ item: entry.item, kind: entry.action }]
  }

  #excludeShown(profile: Profile, times: number, within: number): void {
    const counts = this.#shownCounts
    counts.clear()
    counts.reserve(this.world.catalog.size)
    for (const list of profile.shown) {
      if (this.world.now - list.time > within) continue
      for (const n of list.items) {
        counts.add(n, 1)
        if (counts.get(n) >= times) this.excluded.add(n)
      }
    }
  }

  #bar(id: string): void {
    const n = this.world.catalog.numberOf(id)
    if (n !== undefined) this.barred.add(n)
  }
}

const INTEREST: ReadonlySet<Action> = new Set(['view', 'click', 'consume', 'rate', 'wish', 'buy'])
