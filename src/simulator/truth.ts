import { DAY, type Random } from '../base/index.ts'
import { CATEGORIES, type Category, COMPLEMENTS } from './assortment.ts'
import { hashedUniform, logistic } from './chance.ts'
import type { Person } from './person.ts'
import { priceAt, type Product } from './product.ts'

/** log-odds = slope × utility + intercept; chosen so that about one view in seven ends in a purchase. */
const BUY = { slope: 1.15, intercept: -5.6 }
const CLICK = { slope: 0.9, intercept: -2 }
/** How often the n-th shown item is looked at, against the one before. */
const POSITION_DECAY = 0.9
const NOVELTY = 0.4
const NOVELTY_DAYS = 10
const YEAR = 365.25 * DAY

/** Chance that somebody who views a product buys it. `bonus`: added log-odds, as of complements. */
export function purchaseOdds(utility: number, bonus = 0): number {
  return logistic(BUY.slope * utility + BUY.intercept + bonus)
}

export function clickOdds(utility: number): number {
  return logistic(CLICK.slope * utility + CLICK.intercept)
}

/** Chance that the item at a place (from 0) of a list is looked at at all. */
export function examinationOdds(place: number): number {
  return POSITION_DECAY ** place
}

/** Demand of a category at a time of the year: a cosine with its peak in the middle of the peak month. */
export function seasonEffect(category: Category, at: number): number {
  const month = ((at % YEAR) / YEAR) * 12
  return category.swing * Math.cos(((month - category.peak - 0.5) / 12) * 2 * Math.PI)
}

/** Utility of a price, against the usual price of the category; falls with the price. */
export function priceEffect(product: Product, sensitivity: number, price: number): number {
  const usual = CATEGORIES[product.category]?.price ?? price
  return -product.elasticity * sensitivity * Math.log(price / usual)
}

/** Utility without price: taste, season, quality and novelty. */
export function appealAt(person: Person, product: Product, at: number): number {
  const { taste } = person
  const age = (at - product.from) / DAY
  const novelty = age >= 0 && age < 60 ? NOVELTY * Math.exp(-age / NOVELTY_DAYS) : 0
  return (
    (taste.category[product.category] ?? 0) +
    (taste.brand[product.brand] ?? 0) +
    (taste.colour[product.colour] ?? 0) +
    product.quality +
    novelty +
    seasonEffect(CATEGORIES[product.category] as Category, at)
  )
}

export function utilityAt(
  seed: number,
  person: Person,
  product: Product,
  at: number,
  price: number = priceAt(seed, product, at),
): number {
  return appealAt(person, product, at) + priceEffect(product, person.taste.priceSensitivity, price)
}

/** A product that is wanted more while another is in the cart. */
export interface Complement {
  readonly product: number
  /** Added to the log-odds of a purchase. */
  readonly strength: number
}

/** Which products go together, known from their numbers alone. */
export class Complements {
  readonly #seed: number
  readonly #byCategory: readonly (readonly Product[])[]
  /** Strength by pair of categories: `from * CATEGORIES.length + to`; 0 where unrelated. */
  readonly #strength = new Float64Array(CATEGORIES.length ** 2)
  /** Chance that two products of complementary categories fit: about six fit in a big shop. */
  readonly #fitChance: number

  constructor(seed: number, products: readonly Product[]) {
    this.#seed = seed ^ 0x27d4eb2f
    this.#byCategory = CATEGORIES.map((_, place) => products.filter((p) => p.category === place))
    this.#fitChance = Math.min(0.5, (6 * CATEGORIES.length) / products.length)
    for (const [from, to, strength] of COMPLEMENTS) {
      this.#strength[placeOf(from) * CATEGORIES.length + placeOf(to)] = strength
      this.#strength[placeOf(to) * CATEGORIES.length + placeOf(from)] = strength / 2
    }
  }

  /** Added log-odds of a purchase of `other` while `owned` is in the cart; 0 when they do not fit. */
  strength(owned: Product, other: Product): number {
    const strength = this.#strength[owned.category * CATEGORIES.length + other.category] ?? 0
    if (strength === 0) return 0
    const low = Math.min(owned.number, other.number)
    const high = Math.max(owned.number, other.number)
    return hashedUniform(this.#seed, low, high) < this.#fitChance ? strength : 0
  }

  /** All complements of a product, strongest first. */
  of(product: Product): readonly Complement[] {
    const found: Complement[] = []
    for (const [place, others] of this.#byCategory.entries()) {
      if ((this.#strength[product.category * CATEGORIES.length + place] ?? 0) === 0) continue
      for (const other of others) {
        const strength = this.strength(product, other)
        if (strength > 0) found.push({ product: other.number, strength })
      }
    }
    return found.sort((a, b) => b.strength - a.strength || a.product - b.product)
  }
}

function placeOf(slug: string): number {
  return CATEGORIES.findIndex((category) => category.slug === slug)
}

/** What a person did with one shown item. */
export interface Response {
  readonly item: string
  /** 1-based. */
  readonly position: number
  readonly examined: boolean
  readonly clicked: boolean
  readonly bought: boolean
}

/** Draws a response to one list: examined by position, clicked and bought by utility. */
export function drawResponse(
  shown: readonly { readonly product: Product; readonly utility: number }[],
  random: Random,
): readonly Response[] {
  return shown.map(({ product, utility }, place) => {
    // Three draws per item, always, so that two lists compared from one seed stay comparable.
    const [look, click, buy] = [random.next(), random.next(), random.next()]
    const examined = look < examinationOdds(place)
    const clicked = examined && click < clickOdds(utility)
    const bought = clicked && buy < purchaseOdds(utility)
    return { item: product.id, position: place + 1, examined, clicked, bought }
  })
}
