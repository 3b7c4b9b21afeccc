import type { HistoryEntry } from '../profiles/index.ts'
import {
  BASKET_LIMIT,
  isAttention,
  type Observation,
  type ObservedInteraction,
  WINDOW,
} from './observation.ts'
import type { OpenOrders } from './openOrders.ts'

/** Purchases without an order id belong together when they lie this close. */
const BASKET_GAP_MS = 600_000

/**
 * The window of distinct items before this one. Empty when the newest one is the same item: a
 * reload, or a click after a view, is no second step.
 */
export function attendedBefore(observation: Observation, history: readonly HistoryEntry[]): void {
  const { item, attended } = observation
  for (let k = history.length - 1; k >= 0 && attended.length < WINDOW; k--) {
    const entry = history[k] as HistoryEntry
    if (!isAttention(entry.action)) continue
    if (entry.item === item) {
      if (attended.length === 0) return
    } else if (!attended.includes(entry.item)) {
      attended.push(entry.item)
    }
  }
}

/** Without an order id: what was bought in the same event, and just before it. */
function collectBasket(
  observation: Observation,
  interactions: readonly ObservedInteraction[],
  index: number,
  history: readonly HistoryEntry[],
): void {
  const { item, time, basket } = observation
  const put = (other: number): void => {
    if (other !== item && basket.length < BASKET_LIMIT && !basket.includes(other))
      basket.push(other)
  }
  for (let k = index - 1; k >= 0; k--) {
    const other = interactions[k] as ObservedInteraction
    if (other.action === 'buy' && other.order === undefined) put(other.item)
  }
  for (let k = history.length - 1; k >= 0; k--) {
    const entry = history[k] as HistoryEntry
    if (Math.abs(time - entry.time) > BASKET_GAP_MS) break
    if (entry.action === 'buy') put(entry.item)
  }
  observation.orderSize = interactions.filter((other) => other.action === 'buy').length
}

/**
 * What a purchase belongs to: the rest of its order, and the newest distinct items before it that are
 * not of the same order. The history knows no order ids, so open orders are remembered beside it;
 * purchases without an id belong to what was bought in the same event or in the ten minutes before.
 */
export function purchaseContext(
  observation: Observation,
  interactions: readonly ObservedInteraction[],
  index: number,
  history: readonly HistoryEntry[],
  orders: OpenOrders,
): void {
  const { item, order, basket, leading } = observation
  if (order === 0) {
    collectBasket(observation, interactions, index, history)
  } else {
    const own = interactions[index]?.order
    observation.orderSize = interactions.filter((other) => other.order === own).length
  }
  const together = order === 0 ? basket : orders.items(order)
  for (let k = history.length - 1; k >= 0 && leading.length < WINDOW; k--) {
    const entry = history[k] as HistoryEntry
    if (entry.action !== 'buy' && !isAttention(entry.action)) continue
    if (entry.item === item || leading.includes(entry.item)) continue
    if (entry.action === 'buy' && together.includes(entry.item)) continue
    leading.push(entry.item)
  }
}
