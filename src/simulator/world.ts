import { DAY, type JsonObject, type Random } from '../base/index.ts'
import { CATEGORIES } from './assortment.ts'
import { drawProduct } from './drawing.ts'
import { simulatorErrors } from './errors.ts'
import { drawPeople, type Person } from './person.ts'
import { drawProducts, itemDocument, priceAt, type Product } from './product.ts'
import { liveMessages, pastMessages, type TimedMessage } from './timeline.ts'
import { Complements, drawResponse, purchaseOdds, type Response, utilityAt } from './truth.ts'
import type { Shop } from './visit.ts'

export interface WorldOptions {
  /** Whole number from 0 to 2^32 - 1: the same seed gives the same world, byte for byte. */
  readonly seed: number
  /** 1 to 200,000. */
  readonly people: number
  /** 40 to 100,000; fewer than 40 would leave categories empty. */
  readonly items: number
  /** First moment of the past, milliseconds; moved down to midnight UTC. */
  readonly start: number
  /** Days of past, 1 to 3,660. */
  readonly days: number
}

/** The demo: 60,000 to 90,000 events, drawn in about a second. Only `start` is left to choose. */
export const DEMO_WORLD = { seed: 20, people: 1_500, items: 480, days: 45 } as const

/** Live traffic of the demo: something to watch, and little to compute. */
const LIVE_EVENTS_PER_MINUTE = 60

function checkRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return
  throw simulatorErrors.SIMULATOR_WRONG_OPTION(
    `${name} is ${value}, but must be a whole number from ${low} to ${high}.`,
  )
}

/**
 * A simulated shop, its people, their past and their future, and the truth about all of it.
 * Nothing in it is real. People are named by user id and products by item id; an unknown one is the
 * error SIMULATOR_UNKNOWN_SUBJECT. Times are milliseconds.
 */
export class World {
  readonly seed: number
  /** The past is [start, end). */
  readonly start: number
  readonly end: number
  readonly people: readonly Person[]
  readonly products: readonly Product[]
  readonly #shop: Shop
  readonly #productById: ReadonlyMap<string, Product>
  readonly #personById: ReadonlyMap<string, Person>

  constructor(options: WorldOptions) {
    checkRange('seed', options.seed, 0, 0xffff_ffff)
    checkRange('people', options.people, 1, 200_000)
    checkRange('items', options.items, CATEGORIES.length, 100_000)
    checkRange('days', options.days, 1, 3_660)
    checkRange('start', Math.floor(options.start), 0, 4_102_444_800_000)
    this.seed = options.seed
    this.start = Math.floor(options.start / DAY) * DAY
    this.end = this.start + options.days * DAY
    this.people = drawPeople(this.seed, options.people)
    this.products = drawProducts(this.seed, options.items, this.start, this.end)
    this.#shop = {
      seed: this.seed,
      products: this.products,
      byCategory: CATEGORIES.map((_, place) => this.products.filter((p) => p.category === place)),
      complements: new Complements(this.seed, this.products),
    }
    this.#productById = new Map(this.products.map((product) => [product.id, product]))
    this.#personById = new Map(this.people.map((person) => [person.userId, person]))
  }

  /** All item documents with prices and stock of a moment; also items that arrive later or have ended. */
  catalogue(at: number = this.end): JsonObject[] {
    return this.products.map((product) => itemDocument(this.seed, product, at))
  }

  /** Item documents that differ between two moments in price or stock. */
  catalogueChanges(from: number, to: number): JsonObject[] {
    return this.products.flatMap((product) => {
      const before = itemDocument(this.seed, product, from)
      const after = itemDocument(this.seed, product, to)
      return before['price'] === after['price'] && before['stock'] === after['stock'] ? [] : [after]
    })
  }

  /** The past as Segment messages in time order. Every call starts again and gives the same. */
  history(): Generator<JsonObject> {
    return pastMessages(this.#shop, this.people, this)
  }

  /** Endless traffic from a moment on, in time order, at a mean rate whatever the hour. */
  live(
    from: number,
    eventsPerMinute: number = LIVE_EVENTS_PER_MINUTE,
  ): Generator<TimedMessage, never> {
    return liveMessages(this.#shop, this.people, Math.floor(from), eventsPerMinute)
  }

  /** The picture of an item as SVG text; undefined when there is no such item. */
  drawItem(id: string): string | undefined {
    const product = this.#productById.get(id)
    return product === undefined ? undefined : drawProduct(this.seed, product)
  }

  /**
   * Truth: how much a person wants an item at its price of the moment, in units of utility, without
   * regard to what the person owns or has in the cart. Average over people and items is about -0.5.
   */
  trueUtility(userId: string, itemId: string, at: number): number {
    return utilityAt(this.seed, this.#person(userId), this.#product(itemId), at)
  }

  /** Truth: chance that a person who views the item at this price buys it in the same visit. */
  truePurchaseProbability(userId: string, itemId: string, price: number, at: number): number {
    return purchaseOdds(
      utilityAt(this.seed, this.#person(userId), this.#product(itemId), at, price),
    )
  }

  /** Truth: change of utility per unit of ln(price) for an average person; below 0. */
  truePriceEffect(itemId: string): number {
    return -this.#product(itemId).elasticity
  }

  /** Truth: what goes with an item, strongest first, with the log-odds that it adds to a purchase. */
  trueComplements(itemId: string): { readonly id: string; readonly strength: number }[] {
    return this.#shop.complements
      .of(this.#product(itemId))
      .map(({ product, strength }) => ({ id: this.products[product]?.id ?? '', strength }))
  }

  /** Price of an item at a moment, promotions included. */
  truePrice(itemId: string, at: number): number {
    return priceAt(this.seed, this.#product(itemId), at)
  }

  /** Draws what a person does with a shown list, first place first, by the true utility. */
  simulateResponse(
    userId: string,
    shownItems: readonly string[],
    at: number,
    random: Random,
  ): readonly Response[] {
    const person = this.#person(userId)
    const shown = shownItems.map((id) => {
      const product = this.#product(id)
      return { product, utility: utilityAt(this.seed, person, product, at) }
    })
    return drawResponse(shown, random)
  }

  #product(id: string): Product {
    const product = this.#productById.get(id)
    if (product === undefined) throw simulatorErrors.SIMULATOR_UNKNOWN_SUBJECT(`No item "${id}".`)
    return product
  }

  #person(userId: string): Person {
    const person = this.#personById.get(userId)
    if (person === undefined) {
      throw simulatorErrors.SIMULATOR_UNKNOWN_SUBJECT(`No person "${userId}".`)
    }
    return person
  }
}

/** Draws a world. Costs about 5 ms per 1,000 people; the past is drawn when it is read. */
export function createWorld(options: WorldOptions): World {
  return new World(options)
}
