import { randomInt, seededRandom } from '../../base/index.ts'
import type { TrainingSet } from './trainingSet.ts'

/** What times tell: moments, no more than the order of a person's events, or nothing. */
export type EventOrder = 'times' | 'order' | 'none'

/** Share of the events or gaps that must look made up. */
const NEARLY_ALL = 0.99
/** With fewer gaps between events, their likeness may be chance. */
const FEWEST_GAPS = 50

/**
 * Recognises times that were made up when data without a clock were imported: all of them the same moment, or each event
 * of a person as long after the one before (or together with it, as the lines of an order). What people do is never
 * so regular. Cost: linear, and sorting the gaps.
 */
export function eventOrder(set: TrainingSet): EventOrder {
  const { time } = set
  const middle = time.toSorted()[time.length >> 1]
  let together = 0
  for (const when of time) if (when === middle) together++
  if (together >= NEARLY_ALL * time.length) return 'none'
  const gaps = gapsOf(set).sort()
  if (gaps.length < FEWEST_GAPS) return 'times'
  const usual = gaps[gaps.length >> 1] as number
  let equal = 0
  for (const gap of gaps) if (Math.abs(gap - usual) < 1) equal++
  return equal >= NEARLY_ALL * gaps.length ? 'order' : 'times'
}

/** Times between the events of each person, above 0. */
function gapsOf({ people, start, time }: TrainingSet): Float64Array<ArrayBuffer> {
  const gaps = new Float64Array(time.length)
  let count = 0
  for (let p = 0; p < people; p++) {
    const end = start[p + 1] as number
    for (let e = (start[p] as number) + 1; e < end; e++) {
      const gap = (time[e] as number) - (time[e - 1] as number)
      if (gap > 0) gaps[count++] = gap
    }
  }
  return gaps.slice(0, count)
}

/** Each person's events in a random order, so that nothing is learnt from one that means nothing. A copy. */
export function withoutOrder(set: TrainingSet, seed: number): TrainingSet {
  const random = seededRandom(seed)
  const { people, start, items } = set
  const order = Uint32Array.from(set.item, (_, e) => e)
  for (let p = 0; p < people; p++) {
    const first = start[p] as number
    for (let left = (start[p + 1] as number) - first; left > 1; left--) {
      const one = first + left - 1
      const other = first + randomInt(random, left)
      const before = order[one] as number
      order[one] = order[other] as number
      order[other] = before
    }
  }
  const item = new Int32Array(order.length)
  const action = new Uint8Array(order.length)
  const value = new Float32Array(order.length)
  order.forEach((from, e) => {
    item[e] = set.item[from] as number
    action[e] = set.action[from] as number
    value[e] = set.value[from] as number
  })
  return { people, start, items, item, action, value, time: set.time }
}
