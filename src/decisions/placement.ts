import { type Static, Type } from 'typebox'
import { type JsonObject, parseDuration } from '../base/index.ts'
import { ACTIONS } from '../events/index.ts'
import { suggestion } from './closest.ts'
import { compileFilter } from './condition.ts'
import { decisionErrors } from './errors.ts'
import { checker } from './schema.ts'

/** Where candidates come from. */
export const SOURCES = [
  'forYou',
  'viewedAlsoViewed',
  'nextItem',
  'boughtTogether',
  'viewedThenBought',
  'similar',
  'becauseYou',
  'nextBasket',
  'discover',
  'newArrivals',
  'trending',
  'popular',
  'newest',
  'recentlyViewed',
  'buyAgain',
  'list',
] as const
export type SourceName = (typeof SOURCES)[number]

export const FALLBACKS = ['trending', 'popular', 'newest'] as const
export type FallbackName = (typeof FALLBACKS)[number]

export const MAX_ITEMS = 100
const ItemId = Type.String({ minLength: 1, maxLength: 512 })
const Condition = Type.Unsafe<JsonObject>({
  type: 'object',
  description: 'Comparisons over item.*, person.* and context.*.',
})
const closed = { additionalProperties: false }

const Candidates = Type.Object(
  {
    source: Type.Enum([...SOURCES]),
    weight: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1_000,
        description:
          'Factor of this source in the blend; its best candidate adds this much. Default 1.',
      }),
    ),
    share: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description:
          'This part of the slot comes from this source alone, spread over the slot; the rest is the blend.',
      }),
    ),
    group: Type.Optional(
      Type.Enum(['all', 'buy'], { description: 'popular: by all actions or by purchases.' }),
    ),
    of: Type.Optional(
      Type.Enum(['item', 'cart', 'history'], {
        description:
          'What related sources start from; when there is none of it, the others are tried in the order item, cart, history. Default item.',
      }),
    ),
    within: Type.Optional(
      Type.String({
        description:
          'newArrivals: published or first described within this time, such as 14d. Default 30d.',
      }),
    ),
    strength: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'discover: how much being unusual for the person counts against being liked. Default 0.5.',
      }),
    ),
    by: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        maxItems: 5,
        description:
          'discover: attributes by which something is unusual. Default: brand, categories and all attributes that are words.',
      }),
    ),
    items: Type.Optional(
      Type.Array(ItemId, {
        minItems: 1,
        maxItems: 500,
        description: 'list: the items, best first.',
      }),
    ),
  },
  closed,
)

const Exclude = Type.Object(
  {
    done: Type.Optional(
      Type.Array(
        Type.Object(
          {
            actions: Type.Array(Type.Enum([...ACTIONS]), { minItems: 1 }),
            within: Type.Optional(
              Type.String({
                description: 'Such as 24h or 30d; without it ever (as far as remembered).',
              }),
            ),
          },
          closed,
        ),
        { maxItems: 10, description: 'Items with which the person did this.' },
      ),
    ),
    shown: Type.Optional(
      Type.Object(
        { times: Type.Integer({ minimum: 1, maximum: 100 }), within: Type.String() },
        { ...closed, description: 'Items shown to the person this often in decisions.' },
      ),
    ),
  },
  closed,
)

const Slate = Type.Object(
  {
    diversity: Type.Optional(
      Type.Object(
        {
          method: Type.Enum(['mmr', 'dpp'], {
            description:
              'mmr: no item much like one before it; dpp: items that are unlike all together.',
          }),
          strength: Type.Number({
            minimum: 0,
            maximum: 1,
            description: '0: the order of the scores; 1: unlike items whatever their scores.',
          }),
          by: Type.Optional(
            Type.Array(Type.String(), {
              minItems: 1,
              maxItems: 5,
              description:
                'Attributes whose shared values make items alike. Default: categories, brand.',
            }),
          ),
        },
        { ...closed, description: 'Weighs the blended candidates against being alike.' },
      ),
    ),
    calibration: Type.Optional(
      Type.Object(
        {
          by: Type.String({
            description: 'The attribute, such as categories or attributes.genre.',
          }),
          strength: Type.Number({
            minimum: 0,
            maximum: 1,
            description: '0: the order of the scores; 1: the shares alone.',
          }),
        },
        {
          ...closed,
          description:
            'The values of an attribute have about the shares in the slot that they have in what the person did.',
        },
      ),
    ),
    newItems: Type.Optional(
      Type.Object(
        {
          share: Type.Number({
            minimum: 0,
            maximum: 1,
            description:
              'At least this part of the slot, rounded up, as long as there are new items.',
          }),
          within: Type.String({
            description: 'New is what was published or first described within this time.',
          }),
        },
        { ...closed, description: 'Places for new items, at changing places of the slot.' },
      ),
    ),
    popularity: Type.Optional(
      Type.Object(
        {
          strength: Type.Number({
            minimum: 0,
            maximum: 10,
            description: 'How much the log of popularity counts against the scores; 0: nothing.',
          }),
        },
        { ...closed, description: 'Takes back some of the favour that popular items enjoy.' },
      ),
    ),
  },
  closed,
)

/** A named slot on any channel, as it is written by people: a versioned document. */
export const PlacementSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }),
    title: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 2_000 })),
    version: Type.Optional(Type.Integer({ minimum: 0, description: 'Set by the engine.' })),
    updatedAt: Type.Optional(Type.Number({ description: 'Set by the engine, milliseconds.' })),
    n: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_ITEMS,
        description: 'Items in the slot. Default 10.',
      }),
    ),
    candidates: Type.Array(Candidates, { minItems: 1, maxItems: 10 }),
    filter: Type.Optional(Condition),
    exclude: Type.Optional(Exclude),
    caps: Type.Optional(
      Type.Array(
        Type.Object(
          { by: Type.String(), max: Type.Integer({ minimum: 1, maximum: MAX_ITEMS }) },
          closed,
        ),
        { maxItems: 5, description: 'At most so many items with the same value of an attribute.' },
      ),
    ),
    slate: Type.Optional(Slate),
    pinned: Type.Optional(
      Type.Array(
        Type.Object(
          { item: ItemId, position: Type.Integer({ minimum: 1, maximum: MAX_ITEMS }) },
          closed,
        ),
        { maxItems: 20 },
      ),
    ),
    boosts: Type.Optional(
      Type.Array(
        Type.Object(
          { when: Condition, factor: Type.Number({ exclusiveMinimum: 0, maximum: 100 }) },
          closed,
        ),
        { maxItems: 20, description: 'Factors on the score of candidates that meet a condition.' },
      ),
    ),
    fallback: Type.Optional(
      Type.Array(Type.Enum([...FALLBACKS]), {
        maxItems: 3,
        description: 'Default: trending, popular, newest.',
      }),
    ),
  },
  closed,
)

type PlacementDocument = Static<typeof PlacementSchema>
/** A placement document with its place in time. Version 0: checked, not put yet. */
export type Placement = Readonly<PlacementDocument> & {
  readonly version: number
  readonly updatedAt: number
}

const check = checker(PlacementSchema, 'The placement')
const CAP_FIELDS = ['brand', 'categories', 'currency', 'enabled']

/**
 * Checks a document completely, conditions and durations included. `version` and `updatedAt` of the
 * input are ignored, so that what was read can be edited and sent back.
 * @returns the document with version 0
 * @throws DECISIONS_INVALID_PLACEMENT, DECISIONS_INVALID_CONDITION naming the place
 */
export function parsePlacement(raw: unknown): Placement {
  if (!check.accepts(raw)) throw decisionErrors.DECISIONS_INVALID_PLACEMENT(check.complaint())
  for (const [k, source] of raw.candidates.entries()) checkSource(source, `candidates.${k}`)
  const shares = raw.candidates.reduce((sum, { share }) => sum + (share ?? 0), 0)
  if (shares > 1) throw invalid('candidates', `shares add up to ${shares}; at most 1.`)
  for (const [k, rule] of (raw.exclude?.done ?? []).entries()) {
    if (rule.within !== undefined) durationOf(rule.within, `exclude.done.${k}.within`)
  }
  if (raw.exclude?.shown !== undefined) durationOf(raw.exclude.shown.within, 'exclude.shown.within')
  for (const [k, cap] of (raw.caps ?? []).entries()) capColumn(cap.by, `caps.${k}.by`)
  checkSlate(raw.slate ?? {})
  if (raw.filter !== undefined) compileFilter(raw.filter, 'filter')
  for (const [k, boost] of (raw.boosts ?? []).entries())
    compileFilter(boost.when, `boosts.${k}.when`)
  return { ...raw, version: 0, updatedAt: 0 }
}

function checkSlate({ diversity, calibration, newItems }: NonNullable<PlacementDocument['slate']>) {
  for (const [k, by] of (diversity?.by ?? []).entries()) {
    capColumn(by, `slate.diversity.by.${k}`)
  }
  if (calibration !== undefined) capColumn(calibration.by, 'slate.calibration.by')
  if (newItems !== undefined) durationOf(newItems.within, 'slate.newItems.within')
  const strengths = (diversity?.strength ?? 0) + (calibration?.strength ?? 0)
  if (strengths > 1) {
    throw invalid(
      'slate',
      `the strengths of diversity and calibration add up to ${strengths}; at most 1.`,
    )
  }
}

/** Milliseconds of a duration in a document. */
export function durationOf(text: string, where: string): number {
  const duration = parseDuration(text)
  if (duration === undefined)
    throw invalid(where, `"${text}" is not a duration such as 30m, 24h or 7d.`)
  return duration
}

/** Column of coded values that a cap counts by and diversity compares: `brand`, `item.categories`, `attributes.colour`. */
export function capColumn(by: string, where: string): string {
  const path = by.startsWith('item.') ? by.slice(5) : by
  const [field = '', name] = path.split('.')
  const known =
    field === 'attributes' ? name !== undefined && name !== '' : CAP_FIELDS.includes(path)
  if (known) return path
  throw invalid(
    where,
    `"${by}" cannot be counted; use brand, categories or attributes.<name>.${suggestion(path, CAP_FIELDS)}`,
  )
}

const RELATED = new Set<SourceName>([
  'viewedAlsoViewed',
  'nextItem',
  'boughtTogether',
  'viewedThenBought',
  'similar',
])

/** Options that belong to one source. */
const OWN_OPTIONS = {
  group: 'popular',
  within: 'newArrivals',
  strength: 'discover',
  by: 'discover',
} as const satisfies Partial<Record<string, SourceName>>

function checkSource(source: PlacementDocument['candidates'][number], where: string): void {
  if ((source.source === 'list') !== (source.items !== undefined)) {
    throw invalid(`${where}.items`, 'belongs to the source "list", which needs it.')
  }
  for (const [option, owner] of Object.entries(OWN_OPTIONS) as [
    keyof typeof OWN_OPTIONS,
    SourceName,
  ][]) {
    if (source[option] !== undefined && source.source !== owner) {
      throw invalid(`${where}.${option}`, `belongs to the source "${owner}".`)
    }
  }
  if (source.within !== undefined) durationOf(source.within, `${where}.within`)
  for (const [k, by] of (source.by ?? []).entries()) capColumn(by, `${where}.by.${k}`)
  if (source.of !== undefined && !RELATED.has(source.source)) {
    throw invalid(`${where}.of`, `belongs to the sources ${[...RELATED].join(', ')}.`)
  }
}

function invalid(where: string, what: string): Error {
  return decisionErrors.DECISIONS_INVALID_PLACEMENT(`${where}: ${what}`)
}
