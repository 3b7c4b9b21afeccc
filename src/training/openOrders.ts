import { type Section, type SectionReader, sectionsOf } from '../models/index.ts'
import { BASKET_LIMIT } from './observation.ts'

/** Orders that can still grow at the same time. */
const CAPACITY = 4_096

/**
 * The newest orders with their newest items, so that lines of one order that arrive as separate
 * events (an import of order lines, a tracker with one event a line) are still seen together.
 * A ring of 4,096 orders with at most 32 items each, half a megabyte; the oldest order is forgotten
 * first. Two people who use the same order id at the same time would share a basket; ids are hashed
 * to 52 bits.
 */
export class OpenOrders {
  #hashes = new Float64Array(CAPACITY)
  #sizes = new Int32Array(CAPACITY)
  #items = new Int32Array(CAPACITY * BASKET_LIMIT)
  #next = 0
  readonly #slots = new Map<number, number>()

  /** The newest items of an order, at most 32, as a view; empty when the order is not known. */
  items(hash: number): Int32Array {
    const slot = this.#slots.get(hash)
    if (slot === undefined) return this.#items.subarray(0, 0)
    const start = slot * BASKET_LIMIT
    return this.#items.subarray(start, start + Math.min(BASKET_LIMIT, this.#sizes[slot] ?? 0))
  }

  /** Items put into the order so far; may exceed what is kept. */
  size(hash: number): number {
    const slot = this.#slots.get(hash)
    return slot === undefined ? 0 : (this.#sizes[slot] ?? 0)
  }

  add(hash: number, item: number): void {
    const slot = this.#slots.get(hash) ?? this.#open(hash)
    const size = this.#sizes[slot] ?? 0
    this.#items[slot * BASKET_LIMIT + (size % BASKET_LIMIT)] = item
    this.#sizes[slot] = size + 1
  }

  save(): Section[] {
    return sectionsOf(Int32Array.of(this.#next), this.#hashes, this.#sizes, this.#items)
  }

  load(reader: SectionReader): void {
    this.#next = reader.int32()[0] ?? 0
    this.#hashes = reader.float64()
    this.#sizes = reader.int32()
    this.#items = reader.int32()
    for (const [slot, hash] of this.#hashes.entries()) {
      if (hash !== 0) this.#slots.set(hash, slot)
    }
  }

  #open(hash: number): number {
    const slot = this.#next
    this.#next = (slot + 1) % CAPACITY
    this.#slots.delete(this.#hashes[slot] ?? 0)
    this.#hashes[slot] = hash
    this.#sizes[slot] = 0
    this.#slots.set(hash, slot)
    return slot
  }
}
