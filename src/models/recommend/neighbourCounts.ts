import { RowSlabs } from './rowSlabs.ts'
import { type Section, type SectionReader, sectionsOf } from './savedState.ts'

const SMALLEST_CLASS = 2
/** Rows up to 2^4 = 16 neighbours may always grow: the long tail costs at most 128 bytes an item. */
const FREE_CLASS = 4

/** Words per row of bookkeeping, and what stands where. */
const ROW = 4
const OFFSET = 0
const SHAPE = 1
const FORGOTTEN = 2
const LOWEST = 3
const CLASS_SHIFT = 16
const LENGTH_MASK = 0xffff

export interface NeighbourOptions {
  /** Slots (8 bytes each) after which rows beyond 16 neighbours stop growing. */
  readonly slotLimit: number
  /** Largest row, a power of two from 16 to 1,024. */
  readonly largestRow: number
}

/**
 * A sparse matrix of counts that only grows, with few columns kept per row: who follows whom, who is
 * bought with whom.
 *
 * A full row keeps its heaviest columns by the weighted Misra-Gries summary (Misra & Gries 1982;
 * weights and the equivalence with Space-Saving as in Agarwal et al., "Mergeable Summaries", 2012):
 * a column without a slot pays its weight from every kept count; the kept column that falls to zero
 * gives its slot away. Nothing is subtracted really: the sum of what was paid is one number per row
 * (`forgotten`), and a stored count minus it is the estimate. Bound, for a row of k slots and total
 * weight N: true − N/(k+1) ≤ estimate ≤ true, so noise can vanish but never be invented.
 *
 * Rows are binary max-heaps by stored count: an increment moves a column towards the front, so the
 * linear search finds frequent columns early and a prefix of the row holds heavy columns.
 * Cost of `add`: about 40 to 100 ns, mostly the memory access.
 */
export class NeighbourCounts {
  readonly #slabs = new RowSlabs()
  readonly #slotLimit: number
  readonly #largestClass: number
  /** Four words a row, one cache line for two: offset, size class << 16 | length, forgotten, lowest. */
  #rows = new Int32Array(0)
  #weights = new Float32Array(0)

  constructor(options: NeighbourOptions) {
    this.#slotLimit = options.slotLimit
    this.#largestClass = Math.log2(options.largestRow)
  }

  get bytes(): number {
    return this.#slabs.bytes + this.#rows.byteLength
  }

  length(row: number): number {
    return (this.#rows[row * ROW + SHAPE] ?? 0) & LENGTH_MASK
  }

  /** Weight that the row has given up so far: the largest possible error of an estimate. */
  forgotten(row: number): number {
    return this.#weights[row * ROW + FORGOTTEN] ?? 0
  }

  /** Estimated weight of a pair; 0 when it is not kept. */
  count(row: number, column: number): number {
    const view = this.view(row)
    for (let k = 0; k < view.length; k++) {
      if (view.ids[view.start + k] === column) {
        return (view.counts[view.start + view.capacity + k] ?? 0) - view.forgotten
      }
    }
    return 0
  }

  /**
   * The memory of a row: neighbour k has the id `ids[start + k]` and the stored count
   * `counts[start + capacity + k]`, from which `forgotten` is to be subtracted. Valid until the next `add`.
   */
  view(row: number): RowView {
    const length = this.length(row)
    if (length === 0) return EMPTY_ROW
    const offset = this.#rows[row * ROW + OFFSET] as number
    const { ids, counts } = this.#slabs.chunkOf(offset)
    return {
      ids,
      counts,
      start: RowSlabs.start(offset),
      capacity: 1 << this.#sizeClass(row),
      length,
      forgotten: this.forgotten(row),
    }
  }

  /** Adds a positive weight to a pair. */
  add(row: number, column: number, weight: number): void {
    const at = row * ROW
    if (at >= this.#rows.length) this.#grow(row + 1)
    const shape = this.#rows[at + SHAPE] as number
    const length = shape & LENGTH_MASK
    if (length === 0) {
      this.#open(row, column, weight)
      return
    }
    const offset = this.#rows[at + OFFSET] as number
    const { ids, counts } = this.#slabs.writable(offset)
    const start = RowSlabs.start(offset)
    const capacity = 1 << (shape >>> CLASS_SHIFT)
    const end = start + length
    for (let k = start; k < end; k++) {
      if (ids[k] === column) {
        rise(
          ids,
          counts,
          start,
          capacity,
          k - start,
          column,
          (counts[k + capacity] as number) + weight,
        )
        return
      }
    }
    if (length < capacity) {
      this.#rows[at + SHAPE] = shape + 1
      const stored = (this.#weights[at + FORGOTTEN] as number) + weight
      rise(ids, counts, start, capacity, length, column, stored)
    } else if (this.#mayGrow(row)) {
      this.#enlarge(row)
      this.add(row, column, weight)
    } else {
      this.#displace(row, column, weight)
    }
  }

  save(): Section[] {
    return [...sectionsOf(this.#rows), ...this.#slabs.save()]
  }

  load(reader: SectionReader): void {
    this.#rows = reader.int32()
    this.#weights = new Float32Array(this.#rows.buffer)
    this.#slabs.load(reader)
  }

  #sizeClass(row: number): number {
    return (this.#rows[row * ROW + SHAPE] as number) >>> CLASS_SHIFT
  }

  #open(row: number, column: number, weight: number): void {
    const offset = this.#slabs.allocate(SMALLEST_CLASS)
    this.#rows[row * ROW + OFFSET] = offset
    this.#rows[row * ROW + SHAPE] = (SMALLEST_CLASS << CLASS_SHIFT) | 1
    const { ids, counts } = this.#slabs.writable(offset)
    ids[RowSlabs.start(offset)] = column
    counts[RowSlabs.start(offset) + (1 << SMALLEST_CLASS)] = weight
  }

  /** The larger a row, the emptier the memory must be: the first items cannot take it all. */
  #mayGrow(row: number): boolean {
    const next = this.#sizeClass(row) + 1
    if (next <= FREE_CLASS) return true
    if (next > this.#largestClass) return false
    const share = 1 - 0.15 * (next - FREE_CLASS - 1)
    return this.#slabs.slots + (1 << next) <= this.#slotLimit * share
  }

  #enlarge(row: number): void {
    const sizeClass = this.#sizeClass(row)
    const offset = this.#rows[row * ROW + OFFSET] as number
    const from = this.#slabs.chunkOf(offset)
    const start = RowSlabs.start(offset)
    const half = 1 << sizeClass
    const target = this.#slabs.allocate(sizeClass + 1)
    const to = this.#slabs.writable(target)
    const place = RowSlabs.start(target)
    to.ids.set(from.ids.subarray(start, start + half), place)
    to.counts.set(from.counts.subarray(start + half, start + 2 * half), place + 2 * half)
    this.#slabs.release(offset, sizeClass)
    this.#rows[row * ROW + OFFSET] = target
    this.#rows[row * ROW + SHAPE] = ((sizeClass + 1) << CLASS_SHIFT) | half
  }

  #displace(row: number, column: number, weight: number): void {
    const at = row * ROW
    const stored = (this.#weights[at + FORGOTTEN] as number) + weight
    if (stored <= (this.#weights[at + LOWEST] as number)) {
      this.#weights[at + FORGOTTEN] = stored
      return
    }
    const offset = this.#rows[at + OFFSET] as number
    const { ids, counts } = this.#slabs.writable(offset)
    const start = RowSlabs.start(offset)
    const capacity = 1 << this.#sizeClass(row)
    const first = start + capacity
    // In a max-heap the smallest count is among the leaves.
    let smallest = first + capacity - 1
    for (let k = first + (capacity >> 1); k < first + capacity - 1; k++) {
      if ((counts[k] as number) < (counts[smallest] as number)) smallest = k
    }
    const lowest = counts[smallest] as number
    this.#weights[at + LOWEST] = lowest
    this.#weights[at + FORGOTTEN] = Math.min(stored, lowest)
    if (stored > lowest) rise(ids, counts, start, capacity, smallest - first, column, stored)
  }

  #grow(rows: number): void {
    const larger = new Int32Array(ROW * Math.max(1_024, rows + (rows >> 1)))
    larger.set(this.#rows)
    this.#rows = larger
    this.#weights = new Float32Array(larger.buffer)
  }
}

export interface RowView {
  readonly ids: Int32Array
  readonly counts: Float32Array
  readonly start: number
  readonly capacity: number
  readonly length: number
  readonly forgotten: number
}

const EMPTY_ROW: RowView = {
  ids: new Int32Array(0),
  counts: new Float32Array(0),
  start: 0,
  capacity: 0,
  length: 0,
  forgotten: 0,
}

/** Puts (column, count) at place k of a heap row, or above smaller counts on the way to the root. */
function rise(
  ids: Int32Array,
  counts: Float32Array,
  start: number,
  capacity: number,
  k: number,
  column: number,
  count: number,
): void {
  let place = k
  while (place > 0) {
    const parent = (place - 1) >> 1
    const above = counts[start + capacity + parent] as number
    if (above >= count) break
    ids[start + place] = ids[start + parent] as number
    counts[start + capacity + place] = above
    place = parent
  }
  ids[start + place] = column
  counts[start + capacity + place] = count
}
