import type { Histories, History } from '../../models/index.ts'
import { DAY, MINUTE } from '../../base/index.ts'
import { weightOf } from './trainedActions.ts'

/** Events of one person after the other, oldest first within a person; `action` is a place in TRAINED_ACTIONS. */
export interface PersonEvents {
  readonly item: Int32Array
  readonly action: Uint8Array
  readonly value: Float32Array
  /** Milliseconds. */
  readonly time: Float64Array
}

/** A longer pause begins the next basket: an order, or one visit. */
export const BASKET_PAUSE = 30 * MINUTE

/**
 * What a person did this long before the newest thing counts half as much. Against the newest of the same person, so that
 * serving, which knows no other, counts as training does.
 */
const HALF_LIFE = 180 * DAY
/** Of exp, which takes half the time of a power. */
const DECAY = Math.LN2 / HALF_LIFE

/** Histories in the form of the models, with room for some events. */
export class HistoryColumns {
  readonly item: Int32Array
  readonly weight: Float32Array
  readonly basket: Int32Array
  readonly time: Float64Array

  constructor(events: number) {
    this.item = new Int32Array(events)
    this.weight = new Float32Array(events)
    this.basket = new Int32Array(events)
    this.time = new Float64Array(events)
  }

  /**
   * Writes the events from..to-1 of one person at `at` as models see them: the same for training and for serving.
   * An event with the item of the event before (a reload, a click after a view, a purchase after both) is one with it:
   * the stronger weight, the newer time. Weights fall with age, to half in 180 days.
   * @returns where the next person begins
   */
  write(events: PersonEvents, from: number, to: number, at: number): number {
    const { item, weight, basket, time } = this
    let next = at
    let newest = Number.NEGATIVE_INFINITY
    const last = to > from ? (events.time[to - 1] as number) : 0
    for (let e = from; e < to; e++) {
      const i = events.item[e] as number
      const when = events.time[e] as number
      const freshness = Math.exp(DECAY * Math.min(0, when - last))
      const counts = freshness * weightOf(events.action[e] as number, events.value[e] as number)
      if (next > at && item[next - 1] === i) {
        weight[next - 1] = Math.max(weight[next - 1] as number, counts)
        time[next - 1] = when / DAY
      } else {
        const pause = when - newest > BASKET_PAUSE
        item[next] = i
        weight[next] = counts
        time[next] = when / DAY
        basket[next] = next === at ? 0 : (basket[next - 1] as number) + (pause ? 1 : 0)
        next++
      }
      newest = when
    }
    return next
  }

  /** The events from..to-1 as views. */
  history(from: number, to: number) {
    return {
      item: this.item.subarray(from, to),
      weight: this.weight.subarray(from, to),
      basket: this.basket.subarray(from, to),
      time: this.time.subarray(from, to),
    } satisfies History
  }

  histories(start: Uint32Array, items: number): Histories {
    const people = start.length - 1
    return { people, items, start, ...this.history(0, start[people] as number) }
  }
}
