import { TopK } from '../../../math/index.ts'
import type { History } from '../histories.ts'
import type { RankerFeatures } from './rankerFeatures.ts'

/** The candidates of one person with what the members say of each. */
export interface CandidateBlock {
  readonly item: Int32Array
  readonly value: readonly Float32Array[]
  readonly standard: readonly Float32Array[]
  /** Values for the newest events of the person alone. */
  readonly newest: readonly Float32Array[]
  readonly blend: Float32Array
}

/** Picks the candidates that the second stage looks at, and writes their rows. Reuses its memory. */
export class Shortlist {
  readonly depth: number
  readonly #features: RankerFeatures
  readonly #best = new TopK()
  readonly #item: Int32Array
  readonly #blend: Float32Array
  readonly #value: readonly Float32Array[]
  readonly #standard: readonly Float32Array[]
  readonly #newest: readonly Float32Array[]

  /** @param depth most candidates of a person */
  constructor(features: RankerFeatures, members: number, depth: number) {
    this.depth = depth
    this.#features = features
    this.#item = new Int32Array(depth)
    this.#blend = new Float32Array(depth)
    this.#value = Array.from({ length: members }, () => new Float32Array(depth))
    this.#standard = Array.from({ length: members }, () => new Float32Array(depth))
    this.#newest = Array.from({ length: members }, () => new Float32Array(depth))
  }

  /**
   * Writes a row for each of the best candidates by the blend, best first, into `out` (depth × columns).
   * @returns their places in the block, as a view that is valid until the next call
   */
  write(history: History, block: CandidateBlock, out: Float32Array): Int32Array {
    this.#best.reset(this.depth)
    block.blend.forEach((score, place) => this.#best.offer(place, score))
    const places = this.#best.ranked().ids
    const n = places.length
    for (let k = 0; k < n; k++) {
      const place = places[k] as number
      this.#item[k] = block.item[place] as number
      this.#blend[k] = block.blend[place] as number
    }
    gather(block.value, places, this.#value)
    gather(block.standard, places, this.#standard)
    gather(block.newest, places, this.#newest)
    this.#features.write(
      history,
      this.#item.subarray(0, n),
      this.#value.map((column) => column.subarray(0, n)),
      this.#standard.map((column) => column.subarray(0, n)),
      this.#newest.map((column) => column.subarray(0, n)),
      this.#blend.subarray(0, n),
      out,
    )
    return places
  }
}

function gather(
  from: readonly Float32Array[],
  places: Int32Array,
  into: readonly Float32Array[],
): void {
  for (let m = 0; m < from.length; m++) {
    const source = from[m] as Float32Array
    const target = into[m] as Float32Array
    for (let k = 0; k < places.length; k++) target[k] = source[places[k] as number] as number
  }
}
