import { DAY } from '../../base/index.ts'
import { decayedTop, type DecayedWeights } from './decayedTop.ts'
import type { FeatureDeclaration, FeatureSchema } from './feature.ts'
import { recency, type LastTimes } from './recency.ts'
import { buys, countOf, orderCount, valueOf } from './series.ts'
import { windowedSums, type WindowedSums } from './windowedSums.ts'

const daily = windowedSums('daily', 'day', 90, [
  countOf('views', 'view'),
  countOf('carts', 'cart'),
  orderCount('orders'),
  valueOf('spend', 'buy'),
])
const lifetime = windowedSums('lifetime', 'ever', 1, [
  orderCount('orders'),
  valueOf('spend', 'buy'),
])
const last = recency('last', [
  { id: 'seen', matches: () => true },
  { id: 'order', matches: buys },
])
const WEIGHTS = { view: 1, click: 1, consume: 2, wish: 2, cart: 3, buy: 5, rate: 2 } as const
const categories = decayedTop('categories', {
  path: 'categories',
  weights: WEIGHTS,
  halfLife: 30 * DAY,
  keep: 16,
})
const brands = decayedTop('brands', {
  path: 'brand',
  weights: WEIGHTS,
  halfLife: 30 * DAY,
  keep: 16,
})

const number = (unit: string, description: string): FeatureSchema => ({
  type: 'number',
  unit,
  description,
})

function windowed(
  name: string,
  series: string,
  days: number,
  schema: FeatureSchema,
): FeatureDeclaration<WindowedSums> {
  return { name, schema, state: daily, value: (state, now) => daily.sum(state, series, days, now) }
}

function daysSince(
  name: string,
  series: string,
  description: string,
): FeatureDeclaration<LastTimes> {
  return {
    name,
    schema: number('days', description),
    state: last,
    value(state, now) {
      const since = last.since(state, series, now)
      return since === undefined ? null : since / DAY
    },
  }
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

const averageOrder: FeatureDeclaration<WindowedSums> = {
  name: 'avg_order_value',
  schema: number('money', 'Money spent per order, over the whole life'),
  state: lifetime,
  value: (state, now) =>
    ratio(lifetime.sum(state, 'spend', 1, now), lifetime.sum(state, 'orders', 1, now)),
}

const cartToOrder: FeatureDeclaration<WindowedSums> = {
  name: 'cart_to_order_rate_30d',
  schema: number('ratio', 'Orders per item put into the cart, 30 days'),
  state: daily,
  value: (state, now) =>
    ratio(daily.sum(state, 'orders', 30, now), daily.sum(state, 'carts', 30, now)),
}

function topOf(
  name: string,
  state: typeof categories,
  description: string,
): FeatureDeclaration<DecayedWeights> {
  return {
    name,
    schema: { type: 'weights', unit: 'share', description },
    state,
    value: (kept, _now, textOf) => state.top(kept, 10, textOf),
  }
}

/** Features that every workspace has. Windows end in the running UTC day and have day resolution. */
export const defaultFeatures: readonly FeatureDeclaration[] = [
  windowed('views_7d', 'views', 7, number('count', 'Items viewed, 7 days')),
  windowed('views_30d', 'views', 30, number('count', 'Items viewed, 30 days')),
  windowed('carts_7d', 'carts', 7, number('count', 'Items put into the cart, 7 days')),
  windowed('orders_30d', 'orders', 30, number('count', 'Orders, 30 days')),
  windowed('orders_90d', 'orders', 90, number('count', 'Orders, 90 days')),
  windowed('spend_90d', 'spend', 90, number('money', 'Money spent, 90 days')),
  daysSince('days_since_seen', 'seen', 'Days since the newest event'),
  daysSince('days_since_order', 'order', 'Days since the newest order'),
  averageOrder,
  cartToOrder,
  topOf('top_categories', categories, 'Categories by decayed interest, half-life 30 days'),
  topOf('top_brands', brands, 'Brands by decayed interest, half-life 30 days'),
]
