import type { AttributeColumn } from '../catalog/index.ts'
import { ItemSet } from '../math/index.ts'
import type { CompiledPlacement } from './compiledPlacement.ts'
import type { ItemTest } from './condition.ts'
import type { DecisionScope } from './decisionScope.ts'
import { MAX_ITEMS } from './placement.ts'

/** Where an item of a slate came from. */
export type Origin = 'pinned' | 'blend' | 'share' | 'fallback'

export interface Chosen {
  readonly item: number
  readonly score: number
  readonly origin: Origin
  /** Which list (for the blend: which pass) it came from, by the caller's numbering. */
  readonly list: number
}

/** Of the chosen items, those with each value of an attribute. */
class Cap {
  readonly #column: AttributeColumn | undefined
  readonly #max: number
  /** A slot has few items: a walk is quicker than a table, and is not to be made for each slot. */
  readonly #codes: number[] = []

  constructor(column: AttributeColumn | undefined, max: number) {
    this.#column = column
    this.#max = max
  }

  /** Items without the attribute are not capped. */
  allows(item: number): boolean {
    const code = this.#column?.code(item) ?? -1
    if (code === -1) return true
    let count = 0
    for (const other of this.#codes) if (other === code) count++
    return count < this.#max
  }

  count(item: number): void {
    const code = this.#column?.code(item) ?? -1
    if (code !== -1) this.#codes.push(code)
  }
}

const ACCEPT_ALL: ItemTest = { accepts: () => true, missing: [] }

/**
 * The slot that is being filled: takes items in the order of their rank until it is full, and turns
 * away what is not available, does not meet the filter or is over a cap. Only items that come up are
 * looked at, so a filter costs in proportion to the slot and not to the catalogue.
 */
export class Slate {
  readonly n: number
  /** Items turned away, by cause. */
  readonly refused = { unavailable: 0, filtered: 0, capped: 0 }
  readonly filter: ItemTest
  readonly #scope: DecisionScope
  readonly #caps: readonly Cap[]
  readonly #places: (Chosen | undefined)[]
  readonly #known = KNOWN
  #filled = 0

  constructor(scope: DecisionScope, placement: CompiledPlacement, n: number) {
    const { catalog, profile } = scope.world
    const { context } = scope.request
    this.n = n
    this.#scope = scope
    this.filter = placement.filter?.bind({ catalog, profile, context }) ?? ACCEPT_ALL
    this.#caps = placement.caps.map(({ column, max }) => new Cap(catalog.column(column), max))
    this.#places = NO_PLACES.slice(0, n)
    this.#known.clear()
  }

  get filled(): number {
    return this.#filled
  }

  get full(): boolean {
    return this.#filled === this.n
  }

  /** The chosen items in the order of their places. */
  items(): readonly Chosen[] {
    return this.#places.filter((chosen) => chosen !== undefined)
  }

  /** Puts an item at a place (from 0) whatever filter and caps say; it must be available. */
  pin(item: number, place: number): void {
    const { catalog, now } = this.#scope.world
    if (place >= this.n || this.#places[place] !== undefined || this.#known.has(item)) return
    if (this.#scope.barred.has(item) || !catalog.isAvailable(item, now)) return
    this.#put({ item, score: 1, origin: 'pinned', list: 0 }, place)
  }

  /**
   * Puts an item at the first free place at or after `from`, else before it, unless it is turned away.
   * @returns whether it was taken. An item is looked at once: later offers of it are refused.
   */
  offer(item: number, score: number, origin: Origin, list: number, from = 0): boolean {
    if (this.#known.has(item) || this.full) return false
    this.#known.add(item)
    const { catalog, now } = this.#scope.world
    if (!catalog.isAvailable(item, now)) {
      this.refused.unavailable++
      return false
    }
    if (!this.filter.accepts(item)) {
      this.refused.filtered++
      return false
    }
    if (!this.#underCaps(item)) {
      this.refused.capped++
      return false
    }
    this.#put({ item, score, origin, list }, this.#freePlace(from))
    return true
  }

  /** Puts the items of one origin in the order of their scores, into the places that they have together. */
  orderByScore(origin: Origin): void {
    const places = this.#places.flatMap((chosen, place) =>
      chosen?.origin === origin ? [place] : [],
    )
    const ordered = places
      .map((place) => this.#places[place] as Chosen)
      .sort((a, b) => b.score - a.score || a.item - b.item)
    for (const [k, place] of places.entries()) this.#places[place] = ordered[k]
  }

  #freePlace(from: number): number {
    const after = this.#places.indexOf(undefined, from)
    return after === -1 ? this.#places.indexOf(undefined) : after
  }

  #put(chosen: Chosen, place: number): void {
    this.#places[place] = chosen
    this.#known.add(chosen.item)
    this.#filled++
    for (const cap of this.#caps) cap.count(chosen.item)
  }

  #underCaps(item: number): boolean {
    for (const cap of this.#caps) if (!cap.allows(item)) return false
    return true
  }
}

/** Items that the slate has looked at; one slate is filled at a time. */
const KNOWN = new ItemSet()
/** Copied for each slate, which is quicker than to make them. */
const NO_PLACES: readonly undefined[] = Array.from({ length: MAX_ITEMS }, () => undefined)
