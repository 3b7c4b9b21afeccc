import type { Placement } from './placement.ts'

type Default = Omit<Placement, 'version' | 'updatedAt'>

type Done = NonNullable<NonNullable<Placement['exclude']>['done']>

/** What a person does not want to see: said so by skipping it. */
const SKIPPED = { actions: ['skip'], within: '90d' } satisfies Done[number]

/** What a person has finished with: bought not long ago, rated, played or skipped. */
const FINISHED = [
  { actions: ['buy'], within: '180d' },
  { actions: ['rate', 'consume', 'skip'] },
] satisfies Done

/** Nothing that the person knows already. */
const UNKNOWN = [...FINISHED, { actions: ['view', 'click'], within: '7d' }] satisfies Done

/**
 * The placements that every workspace begins with. They make sense for a shop and for media: where
 * nothing is ever bought, the sources on purchases are empty and those on attention fill the slot.
 */
const DEFAULTS: readonly Default[] = [
  {
    id: 'home-for-you',
    title: 'For you',
    candidates: [{ source: 'forYou' }],
    exclude: { done: UNKNOWN },
  },
  {
    id: 'home-because-you',
    title: 'Because of one thing you liked',
    candidates: [{ source: 'becauseYou' }],
    exclude: { done: UNKNOWN },
    // A list about one item is rather short than filled with what has nothing to do with it.
    fallback: [],
  },
  {
    id: 'home-discover',
    title: 'Something new',
    candidates: [{ source: 'discover' }],
    exclude: { done: UNKNOWN },
    fallback: [],
  },
  {
    id: 'home-arrivals',
    title: 'New, and like what you like',
    candidates: [{ source: 'newArrivals' }],
    exclude: { done: UNKNOWN },
    fallback: ['newest'],
  },
  {
    id: 'next-basket',
    title: 'Your next order',
    candidates: [{ source: 'nextBasket' }],
    exclude: { done: [{ actions: ['buy'], within: '12h' }, SKIPPED] },
    fallback: [],
  },
  {
    id: 'home-trending',
    title: 'Trending now',
    candidates: [{ source: 'trending' }],
    exclude: { done: [SKIPPED] },
  },
  {
    id: 'home-new',
    title: 'New',
    candidates: [{ source: 'newest' }],
    exclude: { done: [SKIPPED] },
  },
  {
    id: 'product-similar',
    title: 'Similar',
    candidates: [
      { source: 'similar' },
      { source: 'nextItem', weight: 0.5 },
      { source: 'boughtTogether', weight: 0.1 },
    ],
    exclude: { done: [SKIPPED] },
  },
  {
    id: 'product-bought-together',
    title: 'Bought together',
    candidates: [
      { source: 'boughtTogether' },
      { source: 'viewedThenBought', weight: 0.2 },
      { source: 'viewedAlsoViewed', weight: 0.05 },
    ],
    exclude: { done: [SKIPPED] },
  },
  {
    id: 'cart-addons',
    title: 'Goes with your cart',
    candidates: [
      { source: 'boughtTogether', of: 'cart' },
      { source: 'viewedThenBought', of: 'cart', weight: 0.2 },
      { source: 'viewedAlsoViewed', of: 'cart', weight: 0.05 },
    ],
    exclude: { done: [{ actions: ['buy'], within: '7d' }, SKIPPED] },
  },
  {
    id: 'recently-viewed',
    title: 'Recently viewed',
    candidates: [{ source: 'recentlyViewed' }],
    exclude: { done: [SKIPPED] },
    fallback: [],
  },
]

/** Version 1 of each, as of the beginning of time, so that every workspace agrees on them. */
export const defaultPlacements: readonly Placement[] = DEFAULTS.map((document) =>
  Object.assign({ version: 1, updatedAt: 0 }, document),
)
