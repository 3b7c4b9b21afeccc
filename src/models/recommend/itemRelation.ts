import { type SparseScores, sumOf, type TopK } from '../../math/index.ts'
import { type NeighbourOptions, NeighbourCounts } from './neighbourCounts.ts'
import { type Section, type SectionReader, sectionsOf } from './savedState.ts'

export interface RelationOptions extends NeighbourOptions {
  /** Exponent a of the row mass: how much an item that leads everywhere is held down. */
  readonly rowPower: number
  /** Exponent b of the column mass: how much popular targets are held down. */
  readonly columnPower: number
  /** Weight that a pair needs for half of its score (significance weighting); 0 = none. */
  readonly shrinkage: number
}

/** Steps of the table of column factors: 5 bits of mantissa, so a factor is off by at most b · 1.6 %. */
const TABLE_SHIFT = 15

/**
 * An item-to-item relation with scores from normalised counts:
 *
 *   score(i → j) = c_ij · c_ij / (c_ij + shrinkage) · row_i^−a · column_j^−b
 *
 * with row_i and column_j the whole mass that left i and reached j, also where single pairs were
 * given up. a = b = ½ with symmetric counts is the cosine with shrinkage (Koren, "Factorization
 * Meets the Neighborhood", 2008, eq. 3 for the shrinkage); a = ½, b = 0.2 are the defaults for
 * transitions. The factor of a column is looked up by the leading bits of its mass, because 900 powers
 * a decision would take 18 µs and the look-ups take 5.
 */
export class ItemRelation {
  readonly #counts: NeighbourCounts
  readonly #options: RelationOptions
  readonly #columnFactors: Float32Array
  /** Row mass and column mass of each item, side by side. */
  #mass = new Float64Array(0)
  #massBits = new Uint32Array(0)
  /** Step of the factor table of each column: compact, since it is read at every visited pair. */
  #columnSteps = new Uint16Array(0)

  constructor(options: RelationOptions) {
    this.#options = options
    this.#counts = new NeighbourCounts(options)
    this.#columnFactors = factorTable(options.columnPower)
  }

  /** Number of items that any row or column may name. */
  get items(): number {
    return this.#mass.length / 2
  }

  get bytes(): number {
    return this.#counts.bytes + this.#mass.byteLength
  }

  /** Adds a positive weight from one item to another one. */
  add(from: number, to: number, weight: number): void {
    const largest = from > to ? from : to
    if (2 * largest >= this.#mass.length) this.#grow(largest + 1)
    this.#mass[2 * from] = (this.#mass[2 * from] as number) + weight
    this.#mass[2 * to + 1] = (this.#mass[2 * to + 1] as number) + weight
    this.#columnSteps[to] = (this.#massBits[4 * to + 3] as number) >>> TABLE_SHIFT
    this.#counts.add(from, to, weight)
  }

  /** Adds a positive weight in both directions. */
  addBoth(one: number, other: number, weight: number): void {
    this.add(one, other, weight)
    this.add(other, one, weight)
  }

  /** Number of neighbours kept for an item. */
  neighbours(item: number): number {
    return this.#counts.length(item)
  }

  /** The estimated count of a pair and the bound of its error. */
  pair(from: number, to: number): { readonly count: number; readonly error: number } {
    return { count: this.#counts.count(from, to), error: this.#counts.forgotten(from) }
  }

  /** score(from → to); 0 when the pair is not kept. */
  score(from: number, to: number): number {
    const count = this.#counts.count(from, to)
    if (count === 0) return 0
    const factor = this.#rowFactor(from)
    return this.#pairScore(count, this.#options.shrinkage, to) * factor
  }

  /**
   * Adds `weight` · score(item → j) for the neighbours j of an item, for at most the first `limit`
   * of its row, which holds its heavy neighbours in front. The caller reserved `items` ids.
   */
  scoreRow(item: number, weight: number, limit: number, into: SparseScores): void {
    const row = this.#counts.view(item)
    if (row.length === 0) return
    const { ids, counts, start, capacity, forgotten } = row
    const { scores, touched } = into
    const { shrinkage } = this.#options
    const factors = this.#columnFactors
    const steps = this.#columnSteps
    const factor = weight * this.#rowFactor(item)
    const end = start + (row.length < limit ? row.length : limit)
    let { count } = into
    // Written out, because this loop is most of what a decision costs.
    for (let k = start; k < end; k++) {
      const to = ids[k] as number
      const kept = (counts[k + capacity] as number) - forgotten
      const certain = shrinkage === 0 ? kept : (kept * kept) / (kept + shrinkage)
      const score = certain * factor * (factors[steps[to] as number] as number)
      const before = scores[to] as number
      if (before === 0) touched[count++] = to
      scores[to] = sumOf(before, score)
    }
    into.count = count
  }

  /**
   * As `scoreRow`, but only for neighbours that `slots` marks: the score is added to
   * `sums[base + slots[j] - 1]`. For explaining a few chosen items.
   */
  scoreChosen(
    item: number,
    weight: number,
    limit: number,
    slots: Uint8Array,
    sums: Float64Array,
    base: number,
  ): void {
    const row = this.#counts.view(item)
    if (row.length === 0) return
    const { ids, counts, start, capacity, forgotten } = row
    const { shrinkage } = this.#options
    const factor = weight * this.#rowFactor(item)
    const end = start + (row.length < limit ? row.length : limit)
    for (let k = start; k < end; k++) {
      const to = ids[k] as number
      const slot = slots[to] as number
      if (slot === 0) continue
      const count = (counts[k + capacity] as number) - forgotten
      const at = base + slot - 1
      sums[at] = (sums[at] as number) + this.#pairScore(count, shrinkage, to) * factor
    }
  }

  /** Offers every neighbour of an item with its score. */
  offerRow(item: number, heap: TopK): void {
    const row = this.#counts.view(item)
    if (row.length === 0) return
    const { shrinkage } = this.#options
    const factor = this.#rowFactor(item)
    for (let k = row.start; k < row.start + row.length; k++) {
      const count = (row.counts[k + row.capacity] as number) - row.forgotten
      const to = row.ids[k] as number
      const score = this.#pairScore(count, shrinkage, to) * factor
      if (score > 0) heap.offer(to, score)
    }
  }

  save(): Section[] {
    return [...sectionsOf(this.#mass), ...this.#counts.save()]
  }

  load(reader: SectionReader): void {
    this.#mass = reader.float64()
    this.#massBits = new Uint32Array(this.#mass.buffer)
    this.#columnSteps = Uint16Array.from(
      { length: this.items },
      (_, to) => (this.#massBits[4 * to + 3] as number) >>> TABLE_SHIFT,
    )
    this.#counts.load(reader)
  }

  #rowFactor(item: number): number {
    return (this.#mass[2 * item] as number) ** -this.#options.rowPower
  }

  #pairScore(count: number, shrinkage: number, to: number): number {
    const certain = shrinkage === 0 ? count : (count * count) / (count + shrinkage)
    return certain * (this.#columnFactors[this.#columnSteps[to] as number] as number)
  }

  #grow(items: number): void {
    const length = Math.max(1_024, items + (items >> 1))
    const mass = new Float64Array(2 * length)
    mass.set(this.#mass)
    const steps = new Uint16Array(length)
    steps.set(this.#columnSteps)
    this.#columnSteps = steps
    this.#mass = mass
    this.#massBits = new Uint32Array(mass.buffer)
  }
}

/** mass^−power by the upper bits of the mass as a (little-endian) double, at the middle of each step. */
function factorTable(power: number): Float32Array {
  const table = new Float32Array(0x7ff0_0000 >>> TABLE_SHIFT)
  const mass = new Float64Array(1)
  const words = new Uint32Array(mass.buffer)
  for (let bits = 0; bits < table.length; bits++) {
    words[1] = (bits << TABLE_SHIFT) | (1 << (TABLE_SHIFT - 1))
    table[bits] = (mass[0] as number) ** -power
  }
  return table
}
