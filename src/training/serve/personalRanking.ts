import type { Action } from '../../events/index.ts'
import { SparseScores, TopK } from '../../math/index.ts'
import type { HistoryEntry } from '../../profiles/index.ts'
import type { Explanation, ForYou } from '../forYou.ts'
import type { LiveModels } from '../liveModels.ts'
import { addOpinions } from '../modelShare.ts'
import { NAMED, type Opinion } from './opinion.ts'
import type { Cause, KeptList, RankedItems } from './keptList.ts'

/** Live contributions looked at before both opinions are added up. */
const LOOKED_AT = 4
/** A smaller part of a score is a rounding error. */
const ROUNDING = 1e-5

/** A trained model's opinion of a person, and what it weighs beside the live counts. */
export interface TrainedOpinion {
  readonly opinion: Opinion
  readonly weight: number
}

/** Whom a ranking is for. */
export interface RankedPerson {
  readonly models: LiveModels
  /** Newest entry last. */
  readonly history: readonly HistoryEntry[]
  readonly trained: TrainedOpinion | undefined
  /** Items of the catalogue. */
  readonly items: number
  /** What was kept of an earlier ranking that still holds: taken as it is, and the live counts for all other items. */
  readonly kept?: KeptList | undefined
}

/**
 * All items for one person, by the live models and a trained one together. One person at a time: `begin` ends the ranking
 * before. Cost: that of the live models, 20 to 170 µs by what lies in the processor's caches.
 */
export class PersonalRanking {
  readonly #live = new SparseScores()
  readonly #together = new SparseScores()
  readonly #heap = new TopK()
  #sums: SparseScores | undefined
  #liveFactor = 1
  #forYou!: ForYou
  #person!: RankedPerson

  /** Takes in a history. Cost: below 2 µs; scoring waits until a score is asked for. */
  begin(person: RankedPerson): this {
    this.#person = person
    this.#live.clear()
    this.#together.clear()
    this.#sums = undefined
    this.#liveFactor = person.kept?.liveFactor ?? 1
    this.#forYou = person.models.forPerson(person.history)
    return this
  }

  /** The score of each item that anything speaks for; valid until the next `begin`. */
  get sums(): SparseScores {
    return (this.#sums ??= this.#score())
  }

  /** Distinct items of the history that were looked up. */
  get sources(): number {
    return this.#forYou.sources
  }

  /** What the live scores are multiplied by. */
  get liveFactor(): number {
    if (this.#sums === undefined) this.#sums = this.#score()
    return this.#liveFactor
  }

  /** The best items with positive scores, without those of a set. */
  leading(most: number, without: ReadonlySet<number>): RankedItems {
    const { sums } = this
    this.#heap.reset(most)
    let floor = 0
    for (let k = 0; k < sums.count; k++) {
      const item = sums.touched[k] as number
      const score = sums.get(item)
      if (score <= 0 || score < floor || without.has(item)) continue
      this.#heap.offer(item, score)
      floor = this.#heap.floor
    }
    return copied(this.#heap.ranked())
  }

  /** The best of some items, as far as their scores are positive. */
  leadingOf(items: ReadonlySet<number>, most: number): RankedItems {
    this.#heap.reset(most)
    for (const item of items) {
      const score = this.sums.get(item)
      if (score > 0) this.#heap.offer(item, score)
    }
    return copied(this.#heap.ranked())
  }

  /** For each of the (at most 255) items its strongest causes, at most two, strongest first. */
  causes(items: readonly number[]): readonly (readonly Cause[])[] {
    const { trained, history, kept } = this.#person
    if (kept === undefined) this.#sums ??= this.#score()
    const live = this.#forYou.explain(items, LOOKED_AT)
    return items.map((item, k) => {
      const raised = new Raised(live[k] ?? NOTHING, this.#liveFactor, history)
      const score = kept?.scoreOf(item) || this.sums.get(item)
      const fromModel = score - raised.total
      if (this.#isBlended && fromModel > ROUNDING * score) {
        raised.add(trained?.opinion, item, fromModel)
      }
      return raised.strongest()
    })
  }

  /** Whether the scores are more than what the live models say. */
  get #isBlended(): boolean {
    return this.#liveFactor !== 1
  }

  #score(): SparseScores {
    const { trained, items, kept } = this.#person
    this.#forYou.score(this.#live)
    if (kept !== undefined) return this.#goOn(kept)
    if (trained === undefined || trained.opinion.items.length === 0) return this.#live
    this.#together.reserve(Math.max(items, highest(trained.opinion.items) + 1))
    this.#liveFactor = addOpinions(this.#live, trained.opinion, trained.weight, this.#together)
    return this.#together
  }

  /** The kept scores, and below the least of them what the live counts say of all others. */
  #goOn(kept: KeptList): SparseScores {
    const { items } = this.#person
    const together = this.#together
    together.reserve(Math.max(items, this.#live.scores.length))
    let least = Number.POSITIVE_INFINITY
    for (let k = 0; k < kept.count; k++) {
      least = Math.min(least, kept.scoreAt(k))
      together.add(kept.itemAt(k), kept.scoreAt(k))
    }
    for (let k = 0; k < this.#live.count; k++) {
      const item = this.#live.touched[k] as number
      if (together.get(item) !== 0) continue
      together.add(item, Math.min(least, this.#liveFactor * this.#live.get(item)))
    }
    return together
  }
}

const NOTHING: Explanation = { total: 0, strongest: [] }

/** By how much each of the person's items raised one score. */
class Raised {
  total: number
  readonly #by = new Map<number, number>()
  readonly #actions = new Map<number, Action>()
  readonly #history: readonly HistoryEntry[]

  constructor({ total, strongest }: Explanation, factor: number, history: readonly HistoryEntry[]) {
    this.#history = history
    this.total = factor * total
    for (const { item, action, score } of strongest) {
      this.#by.set(item, factor * score)
      this.#actions.set(item, action)
    }
  }

  /** Lays what the model added at the door of the items that it names. */
  add(opinion: Opinion | undefined, item: number, amount: number): void {
    this.total += amount
    const named = opinion === undefined ? [] : namedBy(opinion, item)
    for (const { own, share } of named) this.#raise(own, amount * share)
    if (named.length === 0) this.#raise(-1, amount)
  }

  /** Largest first. */
  strongest(): readonly Cause[] {
    return [...this.#by]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, NAMED)
      .map(([item, by]) => ({ item, action: this.#actionOf(item), share: by / this.total }))
  }

  /** The strongest thing that the person did with an item where the live models know it, else the last. */
  #actionOf(item: number): Action {
    const known = this.#actions.get(item)
    if (known !== undefined) return known
    return this.#history.findLast((entry) => entry.item === item)?.action ?? 'view'
  }

  #raise(item: number, by: number): void {
    this.#by.set(item, (this.#by.get(item) ?? 0) + by)
  }
}

/** The person's items that speak for an item by a model, as far as it told. */
function namedBy({ items, because, shares }: Opinion, item: number) {
  if (because.length === 0) return []
  const first = items.indexOf(item) * NAMED
  if (first < 0) return []
  return Array.from({ length: NAMED }, (_, k) => ({
    own: because[first + k] as number,
    share: shares[first + k] as number,
  })).filter(({ share }) => share > 0)
}

function copied({ ids, scores }: RankedItems): RankedItems {
  return { ids: ids.slice(), scores: scores.slice() }
}

function highest(items: Int32Array): number {
  let most = -1
  for (const item of items) most = Math.max(most, item)
  return most
}
