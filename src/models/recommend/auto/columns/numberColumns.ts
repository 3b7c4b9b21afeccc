import type { History } from '../../histories.ts'
import type { TrainingData } from '../../recommender.ts'
import { bytesOf, type Section, type SectionReader } from '../../savedState.ts'
import type { ColumnGroup, ColumnGroupKind } from './columnGroup.ts'

const NAME = 'numbers'
const PER_NUMBER = 3

/**
 * How the numbers of a candidate, such as its price, go with those the person is used to. Each number is taken as its
 * place among those of all items, from 0 to 1: so a currency does not matter, and a few dear items stretch nothing.
 */
class NumberColumns implements ColumnGroup {
  readonly name = NAME
  readonly columns: readonly string[]
  readonly #names: readonly string[]
  /** items × names; NaN: not known. */
  readonly #places: Float32Array
  readonly #usual: Float64Array
  readonly #last: Float64Array

  constructor(names: readonly string[], places: Float32Array) {
    this.#names = names
    this.#places = places
    this.#usual = new Float64Array(names.length)
    this.#last = new Float64Array(names.length)
    this.columns = names.flatMap((name) => [
      name,
      `${name}: above the usual`,
      `${name}: off the last`,
    ])
  }

  read({ item }: History): void {
    const width = this.#names.length
    for (let n = 0; n < width; n++) {
      let sum = 0
      let known = 0
      let last = Number.NaN
      for (const i of item) {
        const place = this.#places[i * width + n] ?? Number.NaN
        if (Number.isNaN(place)) continue
        sum += place
        known++
        last = place
      }
      this.#usual[n] = sum / known
      this.#last[n] = last
    }
  }

  write(item: number, out: Float32Array, at: number): void {
    const width = this.#names.length
    for (let n = 0; n < width; n++) {
      const place = this.#places[item * width + n] as number
      out[at + n * PER_NUMBER] = place
      out[at + n * PER_NUMBER + 1] = place - (this.#usual[n] as number)
      out[at + n * PER_NUMBER + 2] = Math.abs(place - (this.#last[n] as number))
    }
  }

  save(): readonly Section[] {
    const names = new TextEncoder().encode(JSON.stringify(this.#names))
    return [{ bytes: names }, { bytes: bytesOf(this.#places) }]
  }
}

/** Place of each known value among all of its column, from 0 to 1; equal values share one. */
function placesOf(values: Float32Array, width: number): Float32Array {
  const places = new Float32Array(values.length).fill(Number.NaN)
  for (let n = 0; n < width; n++) {
    const known: number[] = []
    for (let at = n; at < values.length; at += width) if (!Number.isNaN(values[at])) known.push(at)
    const order = Float64Array.from(known, (at) => values[at] as number).sort()
    for (const at of known) {
      const value = values[at] as number
      places[at] = (lowerBound(order, value) + upperBound(order, value)) / 2 / order.length
    }
  }
  return places
}

function lowerBound(rising: Float64Array, value: number): number {
  return firstPlace(rising, (other) => other >= value)
}

function upperBound(rising: Float64Array, value: number): number {
  return firstPlace(rising, (other) => other > value)
}

function firstPlace(rising: Float64Array, passes: (value: number) => boolean): number {
  let low = 0
  let high = rising.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (passes(rising[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}

export const numberColumns: ColumnGroupKind = {
  name: NAME,
  suits: ({ numbers }) => numbers !== undefined,
  learn: ({ numbers }: TrainingData) =>
    numbers && new NumberColumns(numbers.names, placesOf(numbers.values, numbers.names.length)),
  load: (reader: SectionReader) => {
    const names = JSON.parse(new TextDecoder().decode(reader.bytes())) as readonly string[]
    return new NumberColumns(names, reader.float32())
  },
}
