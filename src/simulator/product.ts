import { DAY, type JsonObject, type Random, randomNormal } from '../base/index.ts'
import { BRANDS, brandsOf, CATEGORIES, type Category, COLOURS } from './assortment.ts'
import { hashedUniform, pick, stream } from './chance.ts'

/** One simulated product with the truth about it. Indexes point into CATEGORIES, BRANDS and COLOURS. */
export interface Product {
  /** Place in `world.products`. */
  readonly number: number
  readonly id: string
  readonly title: string
  readonly description: string
  readonly category: number
  readonly brand: number
  readonly colour: number
  readonly material: string
  /** Price without promotion. */
  readonly listPrice: number
  /** What everybody likes about it, in units of utility. */
  readonly quality: number
  /** Logarithm of how prominently the shop shows it. */
  readonly prominence: number
  /** Loss of utility per unit of ln(price) for an average person. */
  readonly elasticity: number
  /** Offered from / until, milliseconds; until is Infinity when there is no end. */
  readonly from: number
  readonly until: number
}

const WEEK = 7 * DAY
const LINES =
  'Alder|Brook|Cinder|Dune|Ember|Fjord|Grove|Haven|Isla|Juniper|Kestrel|Linnet|Mesa|North|Orchard|Pine|Quarry|Ridge|Sable|Tern|Umber|Vale|Wren|Yarrow'.split(
    '|',
  )
const PRAISE = [
  'Made to be used every day',
  'Light, quiet and easy to live with',
  'Built to last and simple to repair',
  'A small pleasure at a fair price',
  'Carefully made in small batches',
  'The one you will reach for first',
]

function roundedPrice(raw: number): number {
  if (raw < 20) return Math.max(0.9, Math.round(raw) - 0.1)
  if (raw < 100) return Math.round(raw) - 0.05
  return Math.round(raw / 5) * 5 - 1
}

/** Share of the life of the shop: most products were there before, some arrive, some end. */
function lifetime(random: Random, start: number, end: number): { from: number; until: number } {
  const kind = random.next()
  const place = random.next()
  const age = DAY * (30 + random.next() * 700)
  if (kind < 0.06) return { from: end + place * 60 * DAY, until: Infinity }
  if (kind < 0.2) return { from: start + place * (end - start), until: Infinity }
  if (kind < 0.26) return { from: start - age, until: start + place * (end - start) }
  return { from: start - age, until: Infinity }
}

function uniqueTitle(taken: Set<string>, stem: string, colour: string): string {
  for (let edition = 1; ; edition++) {
    const title = `${stem}${edition === 1 ? '' : ` Mk ${edition}`}, ${colour}`
    if (taken.has(title)) continue
    taken.add(title)
    return title
  }
}

function describe(category: Category, noun: string, material: string, praise: string): string {
  return `${praise}: a ${noun.toLowerCase()} in ${material} from our ${category.department.toLowerCase()} range. A simulated product: it cannot be bought.`
}

/** Draws the whole assortment: products go round the categories, so that each gets its share. */
export function drawProducts(
  seed: number,
  count: number,
  start: number,
  end: number,
): readonly Product[] {
  const random = stream(seed, 'products')
  const tiers = BRANDS.map(() => 0.22 * randomNormal(random))
  const taken = new Set<string>()
  const width = String(Math.ceil(count / CATEGORIES.length)).length
  return Array.from({ length: count }, (_, number) => {
    const place = number % CATEGORIES.length
    const category = CATEGORIES[place] as Category
    const brand = pick(random, brandsOf(category.department))
    const colour = Math.floor(random.next() * COLOURS.length)
    const noun = pick(random, category.nouns)
    const material = pick(random, category.materials)
    const stem = `${BRANDS[brand]} ${pick(random, LINES)} ${noun}`
    const logPrice = Math.log(category.price) + (tiers[brand] ?? 0)
    const nth = Math.floor(number / CATEGORIES.length) + 1
    return {
      number,
      id: `${category.slug}-${String(nth).padStart(Math.max(2, width), '0')}`,
      title: uniqueTitle(taken, stem, COLOURS[colour]?.name ?? ''),
      description: describe(category, noun, material, pick(random, PRAISE)),
      category: place,
      brand,
      colour,
      material,
      listPrice: Number(
        roundedPrice(Math.exp(logPrice + category.spread * randomNormal(random))).toFixed(2),
      ),
      quality: 0.5 * randomNormal(random),
      prominence: 0.8 * randomNormal(random),
      elasticity: category.elasticity * Math.exp(0.25 * randomNormal(random)),
      ...lifetime(random, start, end),
    }
  })
}

/** Price at a time: one product-week in twelve is a promotion with 10 to 35 % off. */
export function priceAt(seed: number, product: Product, at: number): number {
  const chance = hashedUniform(seed, product.number, Math.floor(at / WEEK))
  if (chance >= 1 / 12) return product.listPrice
  const discount = 0.1 + 0.25 * chance * 12
  return Number((product.listPrice * (1 - discount)).toFixed(2))
}

/** Units left at a time: a product is sold out in one week of forty. */
export function stockAt(seed: number, product: Product, at: number): number {
  const chance = hashedUniform(seed ^ 0x5bd1e995, product.number, Math.floor(at / WEEK))
  return chance < 1 / 40 ? 0 : 3 + Math.floor(chance * 140)
}

export function isOffered(product: Product, at: number): boolean {
  return product.from <= at && at < product.until
}

/** The catalogue document of a product, in the shape of an item. */
export function itemDocument(seed: number, product: Product, at: number): JsonObject {
  const category = CATEGORIES[product.category] as Category
  return {
    id: product.id,
    title: product.title,
    description: product.description,
    categories: [category.department, category.name],
    brand: BRANDS[product.brand] ?? '',
    price: priceAt(seed, product, at),
    currency: 'EUR',
    stock: stockAt(seed, product, at),
    availableFrom: Math.floor(product.from),
    ...(Number.isFinite(product.until) ? { availableUntil: Math.floor(product.until) } : {}),
    image: `/demo/items/${product.id}.svg`,
    publishedAt: Math.floor(product.from),
    attributes: {
      color: COLOURS[product.colour]?.name ?? '',
      material: product.material,
      simulated: true,
    },
  }
}
