import { PersonNumbers } from './personNumbers.ts'

/** Rows are grouped by so many leading bits of a hash: that many places written to in turn stay in the nearest cache. */
const BITS = 8
const GROUPS = 1 << BITS

/**
 * An order of rows by their persons, which are numbered in the order of their hashes. Rows of a person keep their order.
 * Columns are brought into it in two steps, each of which stays in the processor's caches: first by the leading bits of the
 * hashes, then person by person within them. At once, 10 million rows of 200,000 people wait 0.5 s for memory, for their
 * numbers alone.
 */
export class PersonOrder {
  readonly people: number
  readonly rows: number
  /** Person of each row, in the order. */
  readonly person: Uint32Array<SharedArrayBuffer>
  /** Of each row, its place after the first step; of each such place, that after the second. */
  readonly #first: Uint32Array
  readonly #second: Uint32Array
  /** A column between the steps. */
  readonly #between: ArrayBuffer

  /** Cost: about 30 ns a row, and 16 bytes a row beside the result while it is needed. */
  constructor(hashes: BigUint64Array, rows: number) {
    this.rows = rows
    const halves = new Uint32Array(hashes.buffer, hashes.byteOffset, 2 * rows)
    const start = groupStarts(halves, rows)
    this.#first = new Uint32Array(rows)
    this.#second = new Uint32Array(rows)
    const grouped = new BigUint64Array(rows)
    this.#between = grouped.buffer
    gather(halves, start, this.#first, new Uint32Array(grouped.buffer))
    this.person = new Uint32Array(new SharedArrayBuffer(4 * rows))
    let people = 0
    for (let group = 0; group < GROUPS; group++) {
      const from = start[group] as number
      const to = start[group + 1] as number
      const numbers = new PersonNumbers()
      const own = this.person.subarray(from, to)
      numbers.numberAll(grouped.subarray(from, to), to - from, own, 0)
      numbers.settle(own)
      sortGroup(own, numbers.count, people, from, this.#second.subarray(from, to))
      people += numbers.count
    }
    this.people = people
  }

  uint32(column: Uint32Array): Uint32Array<SharedArrayBuffer> {
    const [first, second] = [this.#first, this.#second]
    const between = new Uint32Array(this.#between, 0, this.rows)
    const sorted = new Uint32Array(new SharedArrayBuffer(4 * this.rows))
    for (let r = 0; r < first.length; r++) between[first[r] as number] = column[r] as number
    for (let k = 0; k < second.length; k++) sorted[second[k] as number] = between[k] as number
    return sorted
  }

  uint8(column: Uint8Array): Uint8Array<SharedArrayBuffer> {
    const [first, second] = [this.#first, this.#second]
    const between = new Uint8Array(this.#between, 0, this.rows)
    const sorted = new Uint8Array(new SharedArrayBuffer(this.rows))
    for (let r = 0; r < first.length; r++) between[first[r] as number] = column[r] as number
    for (let k = 0; k < second.length; k++) sorted[second[k] as number] = between[k] as number
    return sorted
  }

  float32(column: Float32Array): Float32Array<SharedArrayBuffer> {
    const [first, second] = [this.#first, this.#second]
    const between = new Float32Array(this.#between, 0, this.rows)
    const sorted = new Float32Array(new SharedArrayBuffer(4 * this.rows))
    for (let r = 0; r < first.length; r++) between[first[r] as number] = column[r] as number
    for (let k = 0; k < second.length; k++) sorted[second[k] as number] = between[k] as number
    return sorted
  }

  float64(column: Float64Array): Float64Array<SharedArrayBuffer> {
    const [first, second] = [this.#first, this.#second]
    const between = new Float64Array(this.#between, 0, this.rows)
    const sorted = new Float64Array(new SharedArrayBuffer(8 * this.rows))
    for (let r = 0; r < first.length; r++) between[first[r] as number] = column[r] as number
    for (let k = 0; k < second.length; k++) sorted[second[k] as number] = between[k] as number
    return sorted
  }
}

/** Puts hashes together by their leading bits. */
function gather(
  halves: Uint32Array,
  start: Uint32Array,
  places: Uint32Array,
  into: Uint32Array,
): void {
  const next = start.slice()
  for (let r = 0; r < places.length; r++) {
    const high = halves[2 * r + 1] as number
    const group = high >>> (32 - BITS)
    const at = next[group] as number
    next[group] = at + 1
    places[r] = at
    into[2 * at] = halves[2 * r] as number
    into[2 * at + 1] = high
  }
}

/**
 * Sorts the rows of one group by person: writes the place of each, and the people in their order.
 * @param numbers of the people within the group, row by row; from `first` on in the end
 * @param from place of the group's first row
 */
function sortGroup(
  numbers: Uint32Array,
  count: number,
  first: number,
  from: number,
  places: Uint32Array,
): void {
  const start = new Uint32Array(count + 1)
  for (let r = 0; r < numbers.length; r++) {
    const next = (numbers[r] as number) + 1
    start[next] = (start[next] as number) + 1
  }
  for (let p = 0; p < count; p++) start[p + 1] = (start[p + 1] as number) + (start[p] as number)
  const next = start.slice()
  for (let r = 0; r < numbers.length; r++) {
    const p = numbers[r] as number
    const at = next[p] as number
    next[p] = at + 1
    places[r] = from + at
  }
  for (let p = 0; p < count; p++) numbers.fill(first + p, start[p], start[p + 1])
}

/** Where the rows of each group begin; one more for the end. */
function groupStarts(halves: Uint32Array, rows: number): Uint32Array {
  const start = new Uint32Array(GROUPS + 1)
  for (let r = 0; r < rows; r++) {
    const group = (halves[2 * r + 1] as number) >>> (32 - BITS)
    start[group + 1] = (start[group + 1] as number) + 1
  }
  for (let g = 0; g < GROUPS; g++) start[g + 1] = (start[g + 1] as number) + (start[g] as number)
  return start
}
