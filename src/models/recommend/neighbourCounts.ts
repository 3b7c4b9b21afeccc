import { RowSlabs } from './rowSlabs.ts'
import { bytesOf, type SectionReader } from './savedState.ts'

const SMALLEST_CLASS = 2
/** Rows up to 2^4 = 16 neighbours may always grow: the long tail costs at most 128 bytes an item. */
const FREE_CLASS = 4

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
  #offsets = new Int32Array(0)
  #classes = new Uint8Array(0)
  #lengths = new Uint16Array(0)
  #forgotten = new Float32Array(0)
  /** No stored count of the row is below this; spares the search for the smallest one. */
  #lowest = new Float32Array(0)

  constructor(options: NeighbourOptions) {
    this.#slotLimit = options.slotLimit
    this.#largestClass = Math.log2(options.largestRow)
  }

  /** Rows 0 .. rows-1 can be read; rows never written are empty. */
  get rows(): number {
    return this.#offsets.length
  }

  get bytes(): number {
    return this.#slabs.bytes + this.#offsets.length * 15
  }

  length(row: number): number {
    return this.#lengths[row] ?? 0
  }

  /** Weight that the row has given up so far: the largest possible error of an estimate. */
  forgotten(row: number): number {
    return this.#forgotten[row] ?? 0
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
    const offset = this.#offsets[row] ?? 0
    const { ids, counts } = this.#slabs.chunkOf(offset)
    return {
      ids,
      counts,
      start: RowSlabs.start(offset),
      capacity: 1 << (this.#classes[row] ?? 0),
      length,
      forgotten: this.#forgotten[row] ?? 0,
    }
  }

  /** Adds a positive weight to a pair. */
  add(row: number, column: number, weight: number): void {
    if (row >= this.#offsets.length) this.#grow(row + 1)
    const length = this.#lengths[row] as number
    if (length === 0) this.#openRow(row)
    const offset = this.#offsets[row] as number
    const { ids, counts } = this.#slabs.chunkOf(offset)
    const start = RowSlabs.start(offset)
    const capacity = 1 << (this.#classes[row] as number)
    for (let k = 0; k < length; k++) {
      if (ids[start + k] === column) {
        const at = start + capacity + k
        rise(ids, counts, start, capacity, k, column, (counts[at] as number) + weight)
        return
      }
    }
    if (length < capacity) {
      this.#lengths[row] = length + 1
      rise(ids, counts, start, capacity, length, column, (this.#forgotten[row] as number) + weight)
    } else if (this.#mayGrow(row)) {
      this.#enlarge(row)
      this.add(row, column, weight)
    } else {
      this.#displace(row, column, weight)
    }
  }

  save(): Uint8Array[] {
    const arrays = [this.#offsets, this.#classes, this.#lengths, this.#forgotten, this.#lowest]
    return [...arrays.map((array) => bytesOf(array)), ...this.#slabs.save()]
  }

  load(reader: SectionReader): void {
    this.#offsets = reader.int32()
    this.#classes = reader.uint8()
    this.#lengths = reader.uint16()
    this.#forgotten = reader.float32()
    this.#lowest = reader.float32()
    this.#slabs.load(reader)
  }

  #openRow(row: number): void {
    this.#classes[row] = SMALLEST_CLASS
    this.#offsets[row] = this.#slabs.allocate(SMALLEST_CLASS)
  }

  /** The larger a row, the emptier the memory must be: the first items cannot take it all. */
  #mayGrow(row: number): boolean {
    const next = (this.#classes[row] as number) + 1
    if (next <= FREE_CLASS) return true
    if (next > this.#largestClass) return false
    const share = 1 - 0.15 * (next - FREE_CLASS - 1)
    return this.#slabs.slots + (1 << next) <= this.#slotLimit * share
  }

  #enlarge(row: number): void {
    const sizeClass = this.#classes[row] as number
    const offset = this.#offsets[row] as number
    const from = this.#slabs.chunkOf(offset)
    const start = RowSlabs.start(offset)
    const half = 1 << sizeClass
    const target = this.#slabs.allocate(sizeClass + 1)
    const to = this.#slabs.chunkOf(target)
    const place = RowSlabs.start(target)
    to.ids.set(from.ids.subarray(start, start + half), place)
    to.counts.set(from.counts.subarray(start + half, start + 2 * half), place + 2 * half)
    this.#slabs.release(offset, sizeClass)
    this.#classes[row] = sizeClass + 1
    this.#offsets[row] = target
  }

  #displace(row: number, column: number, weight: number): void {
    const stored = (this.#forgotten[row] as number) + weight
    if (stored <= (this.#lowest[row] as number)) {
      this.#forgotten[row] = stored
      return
    }
    const offset = this.#offsets[row] as number
    const { ids, counts } = this.#slabs.chunkOf(offset)
    const start = RowSlabs.start(offset)
    const capacity = 1 << (this.#classes[row] as number)
    let smallest = capacity - 1
    // In a max-heap the smallest count is among the leaves.
    for (let k = capacity >> 1; k < capacity - 1; k++) {
      if (
        (counts[start + capacity + k] as number) < (counts[start + capacity + smallest] as number)
      ) {
        smallest = k
      }
    }
    const lowest = counts[start + capacity + smallest] as number
    this.#lowest[row] = lowest
    this.#forgotten[row] = Math.min(stored, lowest)
    if (stored > lowest) rise(ids, counts, start, capacity, smallest, column, stored)
  }

  #grow(rows: number): void {
    const length = Math.max(1_024, rows + (rows >> 1))
    this.#offsets = copyInto(new Int32Array(length), this.#offsets)
    this.#classes = copyInto(new Uint8Array(length), this.#classes)
    this.#lengths = copyInto(new Uint16Array(length), this.#lengths)
    this.#forgotten = copyInto(new Float32Array(length), this.#forgotten)
    this.#lowest = copyInto(new Float32Array(length), this.#lowest)
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

function copyInto<T extends Int32Array | Uint8Array | Uint16Array | Float32Array>(
  target: T,
  source: T,
): T {
  target.set(source)
  return target
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
