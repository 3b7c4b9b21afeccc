import { PersonNumbers } from './personNumbers.ts'

/** Rows are grouped by so many leading bits of a hash: that many places written to in turn stay in the nearest cache. */
const BITS = 8
const GROUPS = 1 << BITS

/** Rows in the order of the leading bits of their persons' hashes. */
export interface PersonGroups {
  /** People are numbered 0 .. people-1 in the order of all bits of their hashes. */
  readonly people: number
  /** Person of each row, in the new order. */
  readonly person: Uint32Array<SharedArrayBuffer>
  /** New place of each row. Rows of one group keep their order. */
  readonly place: Uint32Array
}

/**
 * Numbers the people of rows, and says in which order rows lie near those of the same person: in it, tables and rows of a
 * group stay in the processor's caches, here and for whoever reads them person by person. Numbering 10 million rows of
 * 200,000 people as they come took 0.5 s of waiting for memory.
 * Cost: about 20 ns a row; 12 bytes a row beside the result while it runs.
 */
export function groupByPerson(hashes: BigUint64Array, rows: number): PersonGroups {
  const halves = new Uint32Array(hashes.buffer, hashes.byteOffset, 2 * rows)
  const start = groupStarts(halves, rows)
  const place = new Uint32Array(rows)
  const grouped = new BigUint64Array(rows)
  const into = new Uint32Array(grouped.buffer)
  const next = start.slice()
  for (let r = 0; r < rows; r++) {
    const high = halves[2 * r + 1] as number
    const group = high >>> (32 - BITS)
    const at = next[group] as number
    next[group] = at + 1
    place[r] = at
    into[2 * at] = halves[2 * r] as number
    into[2 * at + 1] = high
  }
  const person = new Uint32Array(new SharedArrayBuffer(4 * rows))
  let people = 0
  for (let group = 0; group < GROUPS; group++) {
    const from = start[group] as number
    const to = start[group + 1] as number
    const numbers = new PersonNumbers()
    numbers.numberAll(grouped.subarray(from, to), to - from, person, from)
    numbers.settle(person.subarray(from, to), people)
    people += numbers.count
  }
  return { people, person, place }
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
