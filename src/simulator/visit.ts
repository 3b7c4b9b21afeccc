import { DAY, type Random, randomInt, SECOND } from '../base/index.ts'
import { CATEGORIES } from './assortment.ts'
import { drawRanked, pick } from './chance.ts'
import type { Person } from './person.ts'
import { isOffered, type Product, stockAt } from './product.ts'
import {
  clickOdds,
  type Complements,
  examinationOdds,
  purchaseOdds,
  seasonEffect,
  utilityAt,
} from './truth.ts'

/** What a person carries from one visit to the next. */
export interface Memory {
  /** Product numbers in the cart. */
  readonly cart: Set<number>
  /** Product number → time of the last purchase. */
  readonly owned: Map<number, number>
  /** Per device: has the person logged in there. */
  readonly loggedIn: boolean[]
  orders: number
  lastSeen: number
}

/** A fresh memory. `known`: the person logged in at some time before. */
export function newMemory(person: Person, known: boolean): Memory {
  return {
    cart: new Set(),
    owned: new Map(),
    loggedIn: person.anonymousIds.map(() => known),
    orders: 0,
    lastSeen: 0,
  }
}

/** One thing that happens in a visit. */
export type Step = { readonly at: number } & (
  | { readonly kind: 'home' | 'login' | 'cart' | 'checkout' }
  | {
      readonly kind: 'list' | 'search'
      readonly category: number
      readonly shown: readonly Product[]
    }
  | {
      readonly kind: 'view' | 'add' | 'remove' | 'skip'
      readonly product: Product
      readonly position: number
    }
  | { readonly kind: 'order'; readonly products: readonly Product[]; readonly nth: number }
)

/** The parts of the world that a visit needs. */
export interface Shop {
  readonly seed: number
  readonly byCategory: readonly (readonly Product[])[]
  readonly products: readonly Product[]
  readonly complements: Complements
}

type StepDetail = Step extends infer S ? (S extends unknown ? Omit<S, 'at'> : never) : never

const LIST_LENGTH = 10
const MOST_VIEWS_PER_LIST = 4
const OWNED_FOR = 120 * DAY

/** One visit of one person, from arriving to leaving. Decisions follow the true utility. */
class Visit {
  readonly steps: Step[] = []
  readonly #shop: Shop
  readonly #person: Person
  readonly #memory: Memory
  readonly #random: Random
  #now: number
  /** Products that will be bought at the end, as opposed to only put aside. */
  readonly #wanted = new Set<number>()
  readonly #seen = new Set<number>()

  constructor(shop: Shop, person: Person, memory: Memory, start: number, random: Random) {
    this.#shop = shop
    this.#person = person
    this.#memory = memory
    this.#random = random
    this.#now = start
  }

  run(device: number): void {
    if (this.#random.next() < 0.4) this.#record({ kind: 'home' })
    this.#maybeLogin(device, this.#person.loginChance * 0.6)
    const intents = 1 + (this.#random.next() < 0.45 ? 1 : 0) + (this.#random.next() < 0.15 ? 1 : 0)
    for (let i = 0; i < intents; i++) this.#browse(this.#drawCategory())
    this.#finish(device)
    this.#memory.lastSeen = this.#now
  }

  #record(detail: StepDetail): void {
    this.steps.push({ at: Math.round(this.#now), ...detail })
    this.#now += (4 + 40 * this.#random.next() ** 2) * SECOND
  }

  #maybeLogin(device: number, chance: number): void {
    const draw = this.#random.next()
    if (this.#memory.loggedIn[device] === true || draw >= chance) return
    this.#memory.loggedIn[device] = true
    this.#record({ kind: 'login' })
  }

  #drawCategory(): number {
    const scores = CATEGORIES.map(
      (category, place) =>
        1.2 * (this.#person.taste.category[place] ?? 0) + 0.8 * seasonEffect(category, this.#now),
    )
    return drawRanked(this.#random, scores, 1)[0] ?? 0
  }

  #offered(category: number): readonly Product[] {
    return (this.#shop.byCategory[category] ?? []).filter(
      (product) =>
        isOffered(product, this.#now) && stockAt(this.#shop.seed, product, this.#now) > 0,
    )
  }

  #browse(category: number): void {
    const offered = this.#offered(category)
    if (offered.length === 0) return
    const pool =
      offered.length > 60
        ? offered.filter(() => this.#random.next() < 60 / offered.length)
        : offered
    const shown = drawRanked(
      this.#random,
      pool.map(({ prominence }) => prominence),
      LIST_LENGTH,
    ).map((place) => pool[place] as Product)
    this.#record({ kind: this.#random.next() < 0.25 ? 'search' : 'list', category, shown })
    let views = 0
    for (const [place, product] of shown.entries()) {
      if (views >= MOST_VIEWS_PER_LIST) return
      if (this.#random.next() >= examinationOdds(place)) continue
      const utility = this.#utility(product)
      if (this.#random.next() < clickOdds(utility)) {
        views++
        this.#consider(product, place + 1)
      } else if (utility < -1.5 && this.#random.next() < 0.04) {
        this.#record({ kind: 'skip', product, position: place + 1 })
      }
    }
  }

  /** Looks at one product page and decides. */
  #consider(product: Product, position: number): void {
    if (this.#seen.has(product.number)) return
    this.#seen.add(product.number)
    this.#record({ kind: 'view', product, position })
    const utility = this.#utility(product)
    const odds = purchaseOdds(utility, this.#complementBonus(product))
    const buys = this.#random.next() < odds
    const keeps = this.#random.next() < 0.8 * odds + 0.02
    if (buys) this.#wanted.add(product.number)
    if (!buys && !keeps) return
    this.#record({ kind: 'add', product, position })
    this.#memory.cart.add(product.number)
    if (buys && this.#random.next() < 0.65) this.#considerComplement(product)
  }

  #considerComplement(product: Product): void {
    const fitting = this.#shop.complements
      .of(product)
      .map(({ product: other }) => this.#shop.products[other] as Product)
      .filter(
        (other) => isOffered(other, this.#now) && stockAt(this.#shop.seed, other, this.#now) > 0,
      )
    if (fitting.length > 0)
      this.#consider(pick(this.#random, fitting), 1 + randomInt(this.#random, 4))
  }

  #complementBonus(product: Product): number {
    let strongest = 0
    for (const number of this.#memory.cart) {
      const owned = this.#shop.products[number] as Product
      strongest = Math.max(strongest, this.#shop.complements.strength(owned, product))
    }
    return strongest
  }

  /** True utility, less what somebody has no more need of: the same durable thing again. */
  #utility(product: Product): number {
    const utility = utilityAt(this.#shop.seed, this.#person, product, this.#now)
    const bought = this.#memory.owned.get(product.number)
    if (bought === undefined) return utility
    if (CATEGORIES[product.category]?.consumable === true) return utility + 0.8
    return this.#now - bought < OWNED_FOR ? utility - 4 : utility
  }

  #finish(device: number): void {
    const { cart } = this.#memory
    // Deleting the current element of a Set while walking it is safe.
    for (const number of cart) {
      if (this.#wanted.has(number) || this.#random.next() >= 0.3) continue
      cart.delete(number)
      this.#record({ kind: 'remove', product: this.#shop.products[number] as Product, position: 1 })
    }
    if (this.#wanted.size === 0) return
    this.#record({ kind: 'cart' })
    this.#maybeLogin(device, 0.2 + 1.4 * this.#person.loginChance)
    this.#record({ kind: 'checkout' })
    const products = [...this.#wanted].map((number) => this.#shop.products[number] as Product)
    this.#memory.orders++
    this.#record({ kind: 'order', products, nth: this.#memory.orders })
    for (const { number } of products) {
      cart.delete(number)
      this.#memory.owned.set(number, this.#now)
    }
  }
}

/** Plays one visit and updates the memory. Steps come in time order, seconds apart. */
export function playVisit(
  shop: Shop,
  person: Person,
  memory: Memory,
  visit: { readonly start: number; readonly device: number; readonly random: Random },
): readonly Step[] {
  const start = Math.max(visit.start, memory.lastSeen + 60 * SECOND)
  const play = new Visit(shop, person, memory, start, visit.random)
  play.run(visit.device)
  return play.steps
}
