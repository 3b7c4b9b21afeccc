import { type Random, randomNormal } from '../base/index.ts'
import { BRANDS, CATEGORIES, COLOURS, DEPARTMENT_NAMES } from './assortment.ts'
import { pick, stream } from './chance.ts'

/** What a person likes, in units of utility; indexes as in CATEGORIES, BRANDS and COLOURS. */
export interface Taste {
  readonly category: Float64Array
  readonly brand: Float64Array
  readonly colour: Float64Array
  /** Multiplies the elasticity of a product; 1 is average. */
  readonly priceSensitivity: number
}

/** One simulated person. Nobody of this name exists: all parts are invented. */
export interface Person {
  /** Place in `world.people`. */
  readonly number: number
  readonly userId: string
  readonly name: string
  readonly email: string
  /** One sentence about tastes and habits, true to `taste`. */
  readonly about: string
  readonly country: string
  readonly locale: string
  readonly timezone: string
  /** Hours ahead of UTC; the same all year. */
  readonly utcOffset: number
  readonly device: 'mobile' | 'desktop' | 'tablet'
  /** One per device used; known before the first login. */
  readonly anonymousIds: readonly string[]
  /** Expected visits a day. */
  readonly activity: number
  /** Chance to log in during a visit on a device where the person is not logged in. */
  readonly loginChance: number
  readonly taste: Taste
}

const FIRST =
  'Ada|Bram|Cleo|Dario|Elin|Fenna|Goran|Hilde|Ivo|Jonna|Kaspar|Lior|Maren|Nils|Odile|Pavel|Quirin|Runa|Silvan|Tilda|Ugo|Vesna|Wanda|Xenia|Yara|Zeno'.split(
    '|',
  )
const LAST_START =
  'Bramble|Quill|Thistle|Otter|Marrow|Pebble|Lantern|Fiddle|Hazel|Copper|Willow|Puffin|Saffron|Tumble|Velvet|Juniper'.split(
    '|',
  )
const LAST_END =
  'wick|feather|down|combe|thwaite|sprocket|bottom|mere|whistle|pockets|field|kettle'.split('|')

/** country, locale, time zone, hours ahead of UTC, weight */
const PLACES: readonly (readonly [string, string, string, number, number])[] = [
  ['DE', 'de-DE', 'Europe/Berlin', 1, 30],
  ['AT', 'de-AT', 'Europe/Vienna', 1, 12],
  ['FR', 'fr-FR', 'Europe/Paris', 1, 16],
  ['GB', 'en-GB', 'Europe/London', 0, 18],
  ['NL', 'nl-NL', 'Europe/Amsterdam', 1, 10],
  ['SE', 'sv-SE', 'Europe/Stockholm', 1, 8],
  ['FI', 'fi-FI', 'Europe/Helsinki', 2, 6],
]

function drawPlace(random: Random): (typeof PLACES)[number] {
  let rest = random.next() * 100
  for (const place of PLACES) {
    rest -= place[4]
    if (rest < 0) return place
  }
  return PLACES[0] as (typeof PLACES)[number]
}

function drawTaste(random: Random): Taste {
  const loved = new Set([pick(random, DEPARTMENT_NAMES), pick(random, DEPARTMENT_NAMES)])
  const category = Float64Array.from(CATEGORIES, ({ department }) => {
    const inside = loved.has(department)
    const favourite = random.next() < (inside ? 0.4 : 0.03)
    return (inside ? 0.6 : -0.8) + 0.35 * randomNormal(random) + (favourite ? 1.5 : 0)
  })
  return {
    category,
    brand: Float64Array.from(BRANDS, () => 0.55 * randomNormal(random)),
    colour: Float64Array.from(COLOURS, () => 0.45 * randomNormal(random)),
    priceSensitivity: Math.exp(0.45 * randomNormal(random)),
  }
}

function placesOfLargest(values: Float64Array, n: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
    .slice(0, n)
}

function describeTaste(taste: Taste, device: string): string {
  const [first, second] = placesOfLargest(taste.category, 2).map((at) =>
    CATEGORIES[at]?.name.toLowerCase(),
  )
  const colour = COLOURS[placesOfLargest(taste.colour, 1)[0] ?? 0]?.name
  const money =
    taste.priceSensitivity > 1.35
      ? 'hunts for a low price'
      : taste.priceSensitivity < 0.75
        ? 'hardly looks at prices'
        : 'minds the price a little'
  return `Likes ${first} and ${second}, prefers ${colour}, ${money}, mostly on ${device === 'mobile' ? 'a phone' : `a ${device}`}.`
}

function drawPerson(random: Random, seed: number, number: number): Person {
  const taste = drawTaste(random)
  const [country, locale, timezone, utcOffset] = drawPlace(random)
  const first = pick(random, FIRST)
  const last = pick(random, LAST_START) + pick(random, LAST_END)
  const chance = random.next()
  const device = chance < 0.58 ? 'mobile' : chance < 0.92 ? 'desktop' : 'tablet'
  const nth = String(number + 1).padStart(4, '0')
  const devices = random.next() < 0.25 ? 2 : 1
  return {
    number,
    userId: `person-${nth}`,
    name: `${first} ${last}`,
    email: `${first}.${last}.${nth}@people.example`.toLowerCase(),
    about: describeTaste(taste, device),
    country,
    locale,
    timezone,
    utcOffset,
    device,
    anonymousIds: Array.from({ length: devices }, (_, i) => `anon-${seed}-${nth}-${i + 1}`),
    activity: 0.1 * Math.exp(0.75 * randomNormal(random)),
    loginChance: random.next() < 0.25 ? 0.05 : 0.5,
    taste,
  }
}

/** Whether this is somebody who usually logs in sooner or later. */
export function logsIn(person: Person): boolean {
  return person.loginChance >= 0.5
}

export function drawPeople(seed: number, count: number): readonly Person[] {
  const random = stream(seed, 'people')
  return Array.from({ length: count }, (_, number) => drawPerson(random, seed, number))
}
