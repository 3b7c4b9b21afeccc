import { randomInt, seededRandom } from '../../base/index.ts'

/** A copy in a random order (Fisher and Yates). */
export function shuffled(people: Int32Array, seed: number): Int32Array {
  const random = seededRandom(seed)
  const order = people.slice()
  for (let k = 0; k < order.length; k++) {
    const other = k + randomInt(random, order.length - k)
    const before = order[k] as number
    order[k] = order[other] as number
    order[other] = before
  }
  return order
}
