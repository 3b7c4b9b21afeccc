import { DAY, hash52 } from '../base/index.ts'
import { type Action } from '../events/index.ts'
import { SparseScores, TopK } from '../math/index.ts'
import {
  DecayedCounts,
  ItemRelation,
  SectionReader,
  sectionsOf,
  trendingItems,
  type TrendingOptions,
} from '../models/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import { type Explanation, ForYou } from './forYou.ts'
import { attendedBefore, purchaseContext } from './historyWindow.ts'
import { ObservationJournal, readJournal } from './journal.ts'
import {
  emptyObservation,
  isAttention,
  type Observation,
  type ObservedInteraction,
  POPULARITY_WEIGHT,
  ratingWeight,
  WINDOW,
} from './observation.ts'
import { OpenOrders } from './openOrders.ts'
import { trainingErrors } from './errors.ts'
import { decodeSnapshot, SnapshotJob } from './snapshot.ts'

/** Factor per step between two items of a history window. */
const GAP_DECAY = 0.8
const GAP_WEIGHTS = Float32Array.from({ length: WINDOW }, (_, gap) => GAP_DECAY ** gap)
/** Steps between two items that count as viewed together; they hold two thirds of the window's weight. */
const NEAR = 4
const POPULAR_HALF_LIFE = 30 * DAY
const TRENDING_HALF_LIFE = DAY
const TRENDING: TrendingOptions = { ratio: TRENDING_HALF_LIFE / POPULAR_HALF_LIFE, prior: 4 }
const RANKED = 1_024
const TRENDING_POOL = 512
/** History items named for each recommended one. */
const REASONS = 3

/**
 * alsoViewed: under attention in one stretch of a history, either order; next: attention moves from
 * the one to the other; boughtTogether: in one order; leadsToBuy: the one was seen or bought
 * before the other was bought.
 */
export const RELATIONS = ['alsoViewed', 'next', 'boughtTogether', 'leadsToBuy'] as const
export type RelationName = (typeof RELATIONS)[number]

/** Items with scores, best first. */
export interface ScoredItems {
  readonly items: Int32Array
  readonly scores: Float64Array
}

/** Items for a person, with what in the person's history raised each of them. */
export interface PersonalItems extends ScoredItems {
  readonly because: readonly Explanation[]
}

/**
 * The models that learn with every event: popularity, trends and item-to-item relations, and what
 * follows from them for a person. No clock and no randomness: the state is a function of the
 * observations in their order, and a snapshot with the journal written after it gives the same
 * state to the last bit.
 */
export class LiveModels {
  readonly #popular = new DecayedCounts({ halfLife: POPULAR_HALF_LIFE, top: RANKED })
  readonly #recent = new DecayedCounts({ halfLife: TRENDING_HALF_LIFE, top: TRENDING_POOL })
  readonly #sold = new DecayedCounts({ halfLife: POPULAR_HALF_LIFE, top: RANKED })
  readonly #relations: Readonly<Record<RelationName, ItemRelation>> = {
    alsoViewed: transitions(3_000_000),
    next: transitions(5_000_000),
    boughtTogether: new ItemRelation({
      slotLimit: 2_500_000,
      largestRow: 512,
      rowPower: 0.5,
      columnPower: 0.5,
      shrinkage: 1,
    }),
    leadsToBuy: transitions(2_500_000),
  }
  readonly #orders = new OpenOrders()
  readonly #journal = new ObservationJournal()
  readonly #observation = emptyObservation()
  readonly #forYou: ForYou
  readonly #heap = new TopK()
  readonly #scores = new SparseScores()
  #observed = 0
  #job: SnapshotJob | undefined
  #trending: ScoredItems = { items: new Int32Array(0), scores: new Float64Array(0) }
  #trendingAt = 0

  constructor() {
    const { next, boughtTogether, leadsToBuy } = this.#relations
    this.#forYou = new ForYou([
      { relation: next, weight: 1, decay: 0.7, reach: 12 },
      { relation: leadsToBuy, weight: 1, decay: 0.8, reach: 8 },
      { relation: boughtTogether, weight: 0.3, decay: 0.9, reach: 16, only: BOUGHT },
    ])
  }

  /** Observations so far. */
  get observed(): number {
    return this.#observed
  }

  /** Bytes of memory that the relations hold. */
  get bytes(): number {
    return RELATIONS.reduce((sum, name) => sum + this.#relations[name].bytes, 0)
  }

  /**
   * Learns from the interactions of one event.
   * @param history the person's remembered interactions before this event, newest last
   * Cost: 3 to 10 µs per interaction, by how many neighbours the items have.
   */
  observe(interactions: readonly ObservedInteraction[], history: readonly HistoryEntry[]): void {
    for (let k = 0; k < interactions.length; k++) {
      const interaction = interactions[k] as ObservedInteraction
      if (POPULARITY_WEIGHT[interaction.action] === 0) continue
      const observation = this.#observation
      observation.item = interaction.item
      observation.action = interaction.action
      observation.time = interaction.time
      observation.value = Math.fround(interaction.value)
      observation.order = interaction.order === undefined ? 0 : hash52(interaction.order)
      observation.attended.length = 0
      observation.leading.length = 0
      observation.basket.length = 0
      observation.orderSize = 1
      if (isAttention(interaction.action)) attendedBefore(observation, history)
      else purchaseContext(observation, interactions, k, history, this.#orders)
      this.#journal.append(observation)
      this.#apply(observation)
    }
  }

  /** Bytes that make another copy of the models follow; undefined when nothing happened since the last call. */
  takeJournal(): Uint8Array | undefined {
    return this.#journal.take()
  }

  /** @throws TRAINING_CORRUPT_JOURNAL; observations before the broken place have been applied */
  applyJournal(bytes: Uint8Array): void {
    readJournal(bytes, emptyObservation(), (observation) => this.#apply(observation))
  }

  /**
   * Begins a snapshot of the state as it is now, with what `takeJournal` has not handed out yet: take
   * the journal first. Finish it with `step`, giving way to other work in between; a snapshot that
   * was begun before is finished first.
   * @param reserve bytes left free in front of it, for a header of the caller
   * Cost: about 1 ms per megabyte of what is not chunked, 15 ms at 100,000 items.
   */
  beginSnapshot(reserve = 0): SnapshotJob {
    this.#job?.step(Number.POSITIVE_INFINITY)
    this.#job = new SnapshotJob(
      [
        ...[this.#popular, this.#recent, this.#sold].flatMap((counts) => counts.save()),
        ...RELATIONS.flatMap((name) => this.#relations[name].save()),
        ...this.#orders.save(),
        ...sectionsOf(Float64Array.of(this.#observed)),
      ],
      reserve,
    )
    return this.#job
  }

  /** A whole snapshot at once; about 1 ms per megabyte. */
  snapshot(): Uint8Array {
    return this.beginSnapshot().step(Number.POSITIVE_INFINITY) ?? new Uint8Array()
  }

  /**
   * @param bytes of `snapshot`; without them the models start empty
   * @throws TRAINING_CORRUPT_SNAPSHOT
   */
  static restore(bytes: Uint8Array | undefined): LiveModels {
    const models = new LiveModels()
    if (bytes !== undefined) models.#load(new SectionReader(decodeSnapshot(bytes)))
    return models
  }

  /** Items by decayed count of all actions ('all') or of purchases ('buy'), at most 1,024. */
  popular(n: number, group: 'all' | 'buy' = 'all'): ScoredItems {
    const items = this.popularOrder(group).slice(0, n)
    return { items, scores: Float64Array.from(items, (item) => this.popularity(item, group)) }
  }

  /** The items of `popular` alone, as a view that the next observation may change. */
  popularOrder(group: 'all' | 'buy'): Int32Array {
    return (group === 'buy' ? this.#sold : this.#popular).ranked()
  }

  /** Decayed count of an item as of the newest event. */
  popularity(item: number, group: 'all' | 'buy'): number {
    const counts = group === 'buy' ? this.#sold : this.#popular
    return counts.at(item, counts.latest)
  }

  /** Items whose attention rises, at most 512. As of the newest event, and at most 64 events late. */
  trending(n: number): ScoredItems {
    const patience = this.#observed < 10_000 ? 1 : 64
    if (this.#observed - this.#trendingAt >= patience) {
      const ranked = trendingItems(this.#recent, this.#popular, TRENDING, this.#heap)
      this.#trending = { items: ranked.ids.slice(), scores: ranked.scores.slice() }
      this.#trendingAt = this.#observed
    }
    const { items, scores } = this.#trending
    return { items: items.subarray(0, n), scores: scores.subarray(0, n) }
  }

  /** The nearest items by one relation. */
  similar(relation: RelationName, item: number, n: number): ScoredItems {
    this.#heap.reset(n)
    this.#relations[relation].offerRow(item, this.#heap)
    return copied(this.#heap.ranked())
  }

  relation(name: RelationName): ItemRelation {
    return this.#relations[name]
  }

  /** A reader of one person's history; shared, so use it before the next call. */
  forPerson(history: readonly HistoryEntry[]): ForYou {
    this.#forYou.read(history)
    return this.#forYou
  }

  /** Items for a person by the newest part of the history; the history's own items are left out. */
  forYou(history: readonly HistoryEntry[], n: number): PersonalItems {
    const person = this.forPerson(history)
    const scores = this.#scores
    person.score(scores)
    const own = new Set(history.map((entry) => entry.item))
    this.#heap.reset(n)
    for (let k = 0; k < scores.count; k++) {
      const item = scores.touched[k] as number
      const score = scores.get(item)
      if (score > 0 && !own.has(item)) this.#heap.offer(item, score)
    }
    scores.clear()
    const ranked = copied(this.#heap.ranked())
    return { ...ranked, because: person.explain([...ranked.items], REASONS) }
  }

  #load(reader: SectionReader): void {
    try {
      for (const counts of [this.#popular, this.#recent, this.#sold]) counts.load(reader)
      for (const name of RELATIONS) this.#relations[name].load(reader)
      this.#orders.load(reader)
      this.#observed = reader.float64()[0] ?? 0
    } catch (cause) {
      throw trainingErrors.TRAINING_CORRUPT_SNAPSHOT('', { cause })
    }
  }

  #apply(observation: Observation): void {
    const { item, action, time } = observation
    this.#observed++
    const weight = POPULARITY_WEIGHT[action]
    this.#popular.add(item, time, weight)
    this.#recent.add(item, time, weight)
    if (isAttention(action)) {
      this.#applyAttention(observation)
    } else {
      this.#sold.add(item, time, 1)
      this.#applyPurchase(observation)
    }
  }

  #applyAttention({ item, action, value, attended }: Observation): void {
    const { alsoViewed, next } = this.#relations
    const weight = action === 'rate' ? ratingWeight(value) : 1
    for (let gap = 0; gap < attended.length; gap++) {
      const other = attended[gap] as number
      const gapWeight = weight * (GAP_WEIGHTS[gap] as number)
      next.add(other, item, gapWeight)
      if (gap < NEAR) alsoViewed.addBoth(item, other, gapWeight)
    }
  }

  #applyPurchase({ item, order, orderSize, leading, basket }: Observation): void {
    const { boughtTogether, leadsToBuy } = this.#relations
    for (let gap = 0; gap < leading.length; gap++) {
      leadsToBuy.add(leading[gap] as number, item, GAP_WEIGHTS[gap] as number)
    }
    const together = order === 0 ? basket : this.#orders.items(order)
    if (order !== 0) {
      if (together.includes(item)) return
      const size = Math.max(orderSize, this.#orders.size(order) + 1)
      this.#pairUp(boughtTogether, item, together, size)
      this.#orders.add(order, item)
    } else {
      this.#pairUp(boughtTogether, item, together, Math.max(orderSize, together.length + 1))
    }
  }

  /** Pairs of a large order say less: each weighs 1/√(size − 1). */
  #pairUp(relation: ItemRelation, item: number, others: ArrayLike<number>, size: number): void {
    const weight = Math.fround(1 / Math.sqrt(Math.max(1, size - 1)))
    for (let k = 0; k < others.length; k++) {
      const other = others[k] as number
      if (other !== item) relation.addBoth(item, other, weight)
    }
  }
}

const BOUGHT: ReadonlySet<Action> = new Set(['buy'])

function transitions(slotLimit: number): ItemRelation {
  return new ItemRelation({
    slotLimit,
    largestRow: 512,
    rowPower: 0.5,
    columnPower: 0.2,
    shrinkage: 0,
  })
}

function copied(ranked: { readonly ids: Int32Array; readonly scores: Float64Array }): ScoredItems {
  return { items: ranked.ids.slice(), scores: ranked.scores.slice() }
}
