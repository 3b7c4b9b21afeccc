import type { Action } from '../events/index.ts'

/** Earlier items that one interaction is related to. */
export const WINDOW = 10
/** Items of a basket that a further one is paired with. */
export const BASKET_LIMIT = 32

/** One interaction as the models take it: resolved item numbers, nothing to look up. */
export interface ObservedInteraction {
  /** Dense item number of the catalogue. */
  readonly item: number
  readonly action: Action
  /** Milliseconds; any order. */
  readonly time: number
  /** Rating given, money spent, or 1. */
  readonly value: number
  readonly order: string | undefined
}

/**
 * Weight of an action in the popularity counts. Buying says most; impressions, skips and unknown
 * events say nothing about what people want.
 */
export const POPULARITY_WEIGHT: Readonly<Record<Action, number>> = {
  view: 1,
  click: 1,
  consume: 2,
  rate: 1,
  wish: 2,
  cart: 3,
  buy: 5,
  uncart: 0,
  skip: 0,
  impression: 0,
  other: 0,
}

/** Actions that show attention to an item without buying it; they feed the viewing relations. */
const ATTENTION: ReadonlySet<Action> = new Set(['view', 'click', 'consume', 'rate', 'wish', 'cart'])

export function isAttention(action: Action): boolean {
  return ATTENTION.has(action)
}

/**
 * How much a rating counts, 0.5 to 1 on the usual scale of 1 to 5 (above counts as 5). Every rating
 * is kept, because having chosen the item says as much as how well it was liked: next-item
 * protocols on rating data treat all ratings alike. Half for the choice, half for the liking.
 */
export function ratingWeight(value: number): number {
  return 0.5 + 0.5 * Math.min(1, Math.max(0, (value - 1) / 4))
}

/** Everything that one observation changes in the models; what the journal keeps. Reused. */
export interface Observation {
  item: number
  action: Action
  time: number
  /** Single precision, as the journal keeps it. */
  value: number
  /** hash52 of the order id; 0 without one. */
  order: number
  /** Items of this order in the same event, itself included. */
  orderSize: number
  /** Earlier items under attention, newest first, without the item itself. */
  attended: number[]
  /** Earlier items of any kind that may have led to this purchase, newest first. */
  leading: number[]
  /** Items bought together with this one, known without an order id. */
  basket: number[]
}

export function emptyObservation(): Observation {
  return {
    item: 0,
    action: 'other',
    time: 0,
    value: 0,
    order: 0,
    orderSize: 0,
    attended: [],
    leading: [],
    basket: [],
  }
}
