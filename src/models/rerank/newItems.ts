import { randomInt, seededRandom } from '../../base/index.ts'

/** A share of the places for items that are young, so that they get a chance to be met. */
export interface NewItems {
  /** At least this share of the places, as long as there are young candidates; from 0 to 1. */
  readonly share: number
  /** Age of each candidate in any unit; NaN: not known, which is not young. */
  readonly age: ArrayLike<number>
  /** A candidate is new when its age is below this. */
  readonly youngerThan: number
  /** Which places they get is drawn from this number. */
  readonly seed: number
}

/**
 * How many new items have to be among the first 1, 2, … places: the share of the places, rounded up, one in each of as
 * many equal stretches of the list, at a place drawn at random so that new items do not always stand at the same ones.
 * @param due written, as long as the list
 */
export function duePlaces(due: Int32Array, share: number, seed: number): void {
  const { length } = due
  // Without the small number 0.07 · 100 places would be 8.
  const wanted = Math.min(length, Math.ceil(share * length - 1e-9))
  const random = seededRandom(seed)
  due.fill(0)
  for (let k = 0; k < wanted; k++) {
    const from = Math.floor((k * length) / wanted)
    const to = Math.floor(((k + 1) * length) / wanted)
    due[from + randomInt(random, to - from)] = 1
  }
  for (let place = 1; place < length; place++) {
    due[place] = (due[place] as number) + (due[place - 1] as number)
  }
}
