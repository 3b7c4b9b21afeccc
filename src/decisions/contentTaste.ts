import type { AttributeColumn } from '../catalog/index.ts'
import { type Interest, interestsOf } from './interests.ts'
import type { DecisionScope } from './decisionScope.ts'

/** Items of the history that a taste is read from. */
const READ = 50

/**
 * What the person usually goes for, by the words that describe items: p(v) is the share of the person's interests that have the
 * value v. An item's affinity is the mean of p over its values, rare ones counting more:
 *
 *     affinity(i) = Σ_v rarity(v) · p(v) / Σ_v rarity(v),   v over the values of item i
 */
export class ContentTaste {
  readonly #scope: DecisionScope
  readonly #interests: readonly Interest[]
  readonly #columns: readonly AttributeColumn[] | undefined
  readonly #shares = new Map<number, number>()

  /** @param columns what is compared; undefined: all columns of words */
  constructor(scope: DecisionScope, columns?: readonly AttributeColumn[]) {
    this.#scope = scope
    this.#columns = columns
    this.#interests = interestsOf(scope.history, READ)
    const total = this.#interests.reduce((sum, { weight }) => sum + weight, 0)
    for (const { item, weight } of this.#interests) {
      for (const { key } of scope.content.values(item, columns)) {
        this.#shares.set(key, (this.#shares.get(key) ?? 0) + weight / total)
      }
    }
  }

  /** Nothing is known of what the person likes. */
  get isEmpty(): boolean {
    return this.#shares.size === 0
  }

  /** 0: nothing of it is usual for the person; 1: all of it always is. NaN for an item without words. */
  affinity(item: number): number {
    let sum = 0
    let all = 0
    for (const { key, rarity } of this.#scope.content.values(item, this.#columns)) {
      sum += rarity * (this.#shares.get(key) ?? 0)
      all += rarity
    }
    return sum / all
  }

  /** Mean affinity of the person's own items: what is usual. */
  usual(): number {
    let sum = 0
    let all = 0
    for (const { item, weight } of this.#interests) {
      const affinity = this.affinity(item)
      if (Number.isNaN(affinity)) continue
      sum += weight * affinity
      all += weight
    }
    return all === 0 ? 0 : sum / all
  }

  /** The person's item that is most like an item; undefined when none is. */
  closest(item: number): Interest | undefined {
    let best: Interest | undefined
    let highest = 0
    for (const interest of this.#interests) {
      const likeness = interest.weight * this.#scope.content.likeness(interest.item, item)
      if (likeness <= highest || interest.item === item) continue
      highest = likeness
      best = interest
    }
    return best
  }
}
