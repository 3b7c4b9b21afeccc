import { fnv1a32 } from '../../base/index.ts'
import type { Action } from '../../events/index.ts'
import type { FeatureEvent } from './feature.ts'
import type { Series } from './windowedSums.ts'

/** Number of interactions with one action. */
export function countOf(id: string, action: Action): Series {
  return {
    id,
    measure(event) {
      let count = 0
      for (const one of event.interactions) if (one.action === action) count++
      return count
    },
  }
}

/** Sum of the values of the interactions with one action (money for `buy`). */
export function valueOf(id: string, action: Action): Series {
  return {
    id,
    measure(event) {
      let sum = 0
      for (const one of event.interactions) if (one.action === action) sum += one.value
      return sum
    },
  }
}

/** Number of events with a name, compared exactly. */
export function eventsNamed(id: string, name: string): Series {
  return { id, measure: (event) => (event.name === name ? 1 : 0) }
}

/** Number of interactions with one action on items whose attribute has a value. */
export function countWhere(id: string, action: Action, path: string, value: string): Series {
  return {
    id,
    measure(event) {
      let count = 0
      for (const one of event.interactions) {
        if (one.action === action && event.attribute(one.number, path) === value) count++
      }
      return count
    },
  }
}

/** Distinct orders: events that buy; lines that carry the same order number count once. */
export function orderCount(id: string): Series {
  return {
    id,
    measure: (event) => (buys(event) ? 1 : 0),
    once(event) {
      for (const { action, order } of event.interactions) {
        if (action === 'buy' && order !== undefined) return fnv1a32(order)
      }
      return undefined
    },
  }
}

/** Whether an event buys anything. */
export function buys(event: FeatureEvent): boolean {
  for (const one of event.interactions) if (one.action === 'buy') return true
  return false
}
