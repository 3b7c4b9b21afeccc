const SLAB_BYTES = 1 << 20
const SMALLEST = 128
/** Addresses count in units of 16 bytes, so that 32 GiB fit into a small integer. */
const UNIT = 16
const UNITS_PER_SLAB = SLAB_BYTES / UNIT

/**
 * Memory for rows, in slabs of 1 MiB outside the JavaScript heap, each cut into pieces of one size
 * class. A row of its own Uint8Array costs about 300 bytes more and keeps the garbage collector busy
 * (100,000 persons: 30 MB and 100,000 finalised buffers).
 */
export class RowArena {
  readonly #slabs: Buffer[] = []
  readonly #sizes: readonly number[] = sizeClasses()
  readonly #free: number[][] = this.#sizes.map(() => [])
  #used = 0

  /** Bytes in use, the unused ends of pieces included. */
  get used(): number {
    return this.#used
  }

  /** Smallest size class that holds `length` bytes. @throws RangeError above 1 MiB. */
  classOf(length: number): number {
    let low = 0
    let high = this.#sizes.length - 1
    if (length > SLAB_BYTES) throw new RangeError(`a row of ${length} bytes exceeds 1 MiB`)
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sizes[middle] as number) < length) low = middle + 1
      else high = middle
    }
    return low
  }

  capacity(sizeClass: number): number {
    return this.#sizes[sizeClass] as number
  }

  /** Address of a free piece of a class. */
  allocate(sizeClass: number): number {
    const free = this.#free[sizeClass] as number[]
    if (free.length === 0) this.#addSlab(sizeClass, free)
    this.#used += this.#sizes[sizeClass] as number
    return free.pop() as number
  }

  release(address: number, sizeClass: number): void {
    ;(this.#free[sizeClass] as number[]).push(address)
    this.#used -= this.#sizes[sizeClass] as number
  }

  slab(address: number): Buffer {
    return this.#slabs[Math.floor(address / UNITS_PER_SLAB)] as Buffer
  }

  /** Where in its slab an address begins. */
  start(address: number): number {
    return (address % UNITS_PER_SLAB) * UNIT
  }

  #addSlab(sizeClass: number, free: number[]): void {
    const first = this.#slabs.length * UNITS_PER_SLAB
    const units = (this.#sizes[sizeClass] as number) / UNIT
    this.#slabs.push(Buffer.allocUnsafeSlow(SLAB_BYTES))
    for (let at = UNITS_PER_SLAB - units; at >= 0; at -= units) free.push(first + at)
  }
}

/** Four classes a doubling: a piece is at most a quarter larger than its row. */
function sizeClasses(): number[] {
  const sizes: number[] = []
  for (let size = SMALLEST; size < SLAB_BYTES; size *= 2) {
    for (let quarter = 0; quarter < 4; quarter++) sizes.push(size + (size / 4) * quarter)
  }
  return [...sizes, SLAB_BYTES]
}
