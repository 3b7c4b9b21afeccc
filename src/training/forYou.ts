import type { ItemRelation } from '../models/index.ts'
import type { SparseScores } from '../math/index.ts'
import type { Action } from '../events/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import { ratingWeight } from './observation.ts'

/**
 * History items that are used, newest first. More of them, or a slower decay, made next-item lists
 * worse: on two public sequence data sets 30 items with decay .9 lost 6 and 13 % of NDCG@10.
 */
const SOURCES = 16
/** Neighbours that are visited for the newest history item, halved every four places; heavy ones stand in front. */
const NEIGHBOURS = 128
const FEWEST_NEIGHBOURS = 32
const HALF_LIFE_MS = 30 * 86_400_000

/** How much an action of the person counts as a sign of taste. A skip takes away. */
const TASTE: Readonly<Record<Action, number>> = {
  view: 1,
  click: 1,
  consume: 2,
  rate: 1,
  wish: 2,
  cart: 3,
  buy: 3,
  uncart: 0,
  skip: -0.15,
  impression: 0,
  other: 0,
}

/** One relation as the person's history uses it. */
export interface HistoryRelation {
  readonly relation: ItemRelation
  readonly weight: number
  /** Factor per place in the history: 1 for the newest item, then decay, decay², … */
  readonly decay: number
  /** Newest history items that are looked up. */
  readonly reach: number
  /** Look up only items with one of these actions. */
  readonly only?: ReadonlySet<Action>
}

/** What one history item did for one recommended item. */
export interface Contribution {
  /** The history item. */
  readonly item: number
  /** The strongest thing that the person did with it. */
  readonly action: Action
  /** Part of the recommended item's score, positive. */
  readonly score: number
}

/** Where the score of one recommended item comes from. */
export interface Explanation {
  /** Sum of all positive contributions. */
  readonly total: number
  /** The largest contributions, largest first. */
  readonly strongest: readonly Contribution[]
}

/**
 * "For you": the sum over a person's newest history items of their rows in the item relations,
 *
 *   score(j) = Σ_h Σ_r taste(h) · 2^(−age(h) / 30 d) · weight_r · decay_r^place(h) · score_r(h → j)
 *
 * with age counted from the newest entry, so that somebody who comes back after a year is known
 * again. The sum is linear, so every part of it can be shown as the reason. Reused between calls;
 * nothing is kept. Cost: about 5 ns per visited neighbour.
 */
export class ForYou {
  readonly #relations: readonly HistoryRelation[]
  readonly #items = new Int32Array(SOURCES)
  readonly #tastes = new Float64Array(SOURCES)
  readonly #actions: Action[] = []
  #count = 0
  #slots = new Uint8Array(0)
  #sums = new Float64Array(0)

  constructor(relations: readonly HistoryRelation[]) {
    this.#relations = relations
  }

  /** Number of distinct history items in use after `read`. */
  get sources(): number {
    return this.#count
  }

  /** Takes in a history, newest entry last. */
  read(history: readonly HistoryEntry[]): void {
    this.#count = 0
    const newest = history.at(-1)?.time ?? 0
    for (let k = history.length - 1; k >= 0; k--) {
      const entry = history[k] as HistoryEntry
      const taste = tasteOf(entry)
      if (taste === 0) continue
      const place = this.#placeOf(entry.item)
      if (place < 0) {
        if (this.#count === SOURCES) continue
        const age = Math.max(0, newest - entry.time)
        this.#items[this.#count] = entry.item
        this.#tastes[this.#count] = taste * 2 ** (-age / HALF_LIFE_MS)
        this.#actions[this.#count++] = entry.action
      } else if (stronger(entry.action, this.#actions[place] as Action)) {
        const ratio = taste / TASTE[this.#actions[place] as Action]
        this.#tastes[place] = (this.#tastes[place] as number) * ratio
        this.#actions[place] = entry.action
      }
    }
  }

  /** Adds the score of every reachable item, the history's own ones included. */
  score(into: SparseScores): void {
    for (const { relation, weight, decay, reach, only } of this.#relations) {
      into.reserve(relation.items)
      let placeWeight = weight
      const end = Math.min(reach, this.#count)
      for (let k = 0; k < end; k++, placeWeight *= decay) {
        if (only !== undefined && !only.has(this.#actions[k] as Action)) continue
        const factor = placeWeight * (this.#tastes[k] as number)
        relation.scoreRow(this.#items[k] as number, factor, neighboursAt(k), into)
      }
    }
  }

  /**
   * For each of the (at most 255) items: what raised its score, with the `most` strongest history
   * items. The total is the item's score, apart from what skips took away.
   */
  explain(items: readonly number[], most: number): readonly Explanation[] {
    const width = items.length
    this.#prepare(items)
    for (const { relation, weight, decay, reach, only } of this.#relations) {
      let placeWeight = weight
      const end = Math.min(reach, this.#count)
      for (let k = 0; k < end; k++, placeWeight *= decay) {
        if (only !== undefined && !only.has(this.#actions[k] as Action)) continue
        const factor = placeWeight * (this.#tastes[k] as number)
        const item = this.#items[k] as number
        relation.scoreChosen(item, factor, neighboursAt(k), this.#slots, this.#sums, k * width)
      }
    }
    for (const item of items) this.#slots[item] = 0
    return items.map((_, slot) => this.#explanation(slot, width, most))
  }

  #prepare(items: readonly number[]): void {
    const width = items.length
    const most = Math.max(...items, ...this.#relations.map(({ relation }) => relation.items))
    if (this.#slots.length <= most) this.#slots = new Uint8Array(most + 1)
    if (this.#sums.length < width * SOURCES) this.#sums = new Float64Array(width * SOURCES)
    this.#sums.fill(0, 0, width * this.#count)
    for (const [slot, item] of items.entries()) this.#slots[item] = slot + 1
  }

  #explanation(slot: number, width: number, most: number): Explanation {
    const strongest: Contribution[] = []
    let total = 0
    for (let k = 0; k < this.#count; k++) {
      const score = this.#sums[k * width + slot] as number
      if (score <= 0) continue
      total += score
      if (strongest.length === most) {
        if (score <= (strongest[most - 1]?.score ?? 0)) continue
        strongest.pop()
      }
      const before = strongest.findIndex((known) => known.score < score)
      const item = this.#items[k] as number
      const contribution = { item, action: this.#actions[k] as Action, score }
      strongest.splice(before === -1 ? strongest.length : before, 0, contribution)
    }
    return { total, strongest }
  }

  #placeOf(item: number): number {
    for (let k = 0; k < this.#count; k++) if (this.#items[k] === item) return k
    return -1
  }
}

/** How much an interaction counts as a sign of taste: 0 for none, below 0 for a skip. */
export function tasteOf(entry: HistoryEntry): number {
  const taste = TASTE[entry.action]
  return entry.action === 'rate' ? taste * ratingTaste(entry.value) : taste
}

/** A person's own low rating is hardly a sign of taste: 0.2 at 1, 1 at 5. */
function ratingTaste(value: number): number {
  return 1.6 * ratingWeight(value) - 0.6
}

/** Whether an older action of the same item says more than the one already known. */
function stronger(older: Action, known: Action): boolean {
  return TASTE[known] > 0 && TASTE[older] > TASTE[known]
}

function neighboursAt(place: number): number {
  return Math.max(FEWEST_NEIGHBOURS, NEIGHBOURS >> (place >> 1))
}
