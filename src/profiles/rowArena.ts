const SLAB_BYTES = 1 << 20
/** The smallest piece; addresses count in these units, so that small integers reach 256 GiB. */
const UNIT = 128
const UNITS = SLAB_BYTES / UNIT
const ORDERS = 14

/**
 * Memory for rows outside the JavaScript heap: slabs of 1 MiB under the buddy system (Knowlton 1965).
 * Pieces are powers of two; freed neighbours join again, so memory that rows have grown out of serves
 * larger rows: 100,000 rows that grow together from 100 to 600 bytes take 100 MB, with a pool for each
 * of four sizes a doubling they took 148. A Uint8Array for each row would burden the collector.
 */
export class RowArena {
  readonly #slabs: Buffer[] = []
  /** By slab and unit: order + 1 of the free piece that begins there, else 0. */
  readonly #free: Uint8Array[] = []
  /** By order: addresses of free pieces; some entries are outdated, `#free` decides. */
  readonly #stacks: number[][] = Array.from({ length: ORDERS }, () => [])
  #used = 0

  /** Bytes in use, the unused ends of pieces included. */
  get used(): number {
    return this.#used
  }

  /** Bytes taken from the system. */
  get reserved(): number {
    return this.#slabs.length * SLAB_BYTES
  }

  /** Order of the smallest piece that holds `length` bytes. @throws RangeError above 1 MiB. */
  orderOf(length: number): number {
    if (length > SLAB_BYTES) throw new RangeError(`a row of ${length} bytes exceeds 1 MiB`)
    return length <= UNIT ? 0 : 32 - Math.clz32((length - 1) >>> 7)
  }

  capacity(order: number): number {
    return UNIT << order
  }

  /** Address of a piece of an order. */
  allocate(order: number): number {
    let from = order
    let address = this.#pop(from)
    while (address < 0 && ++from < ORDERS) address = this.#pop(from)
    if (address < 0) {
      address = this.#addSlab()
      from = ORDERS - 1
    }
    while (from > order) this.#push(address + (1 << --from), from)
    this.#used += this.capacity(order)
    return address
  }

  release(address: number, order: number): void {
    this.#used -= this.capacity(order)
    let from = address
    let size = order
    const free = this.#free[Math.floor(address / UNITS)] as Uint8Array
    while (size < ORDERS - 1) {
      const buddy = from ^ (1 << size)
      if (free[buddy % UNITS] !== size + 1) break
      free[buddy % UNITS] = 0
      from = Math.min(from, buddy)
      size++
    }
    this.#push(from, size)
  }

  slab(address: number): Buffer {
    return this.#slabs[Math.floor(address / UNITS)] as Buffer
  }

  /** Where in its slab an address begins. */
  start(address: number): number {
    return (address % UNITS) * UNIT
  }

  #pop(order: number): number {
    const stack = this.#stacks[order] as number[]
    for (;;) {
      const address = stack.pop()
      if (address === undefined) return -1
      const free = this.#free[Math.floor(address / UNITS)] as Uint8Array
      if (free[address % UNITS] !== order + 1) continue
      free[address % UNITS] = 0
      return address
    }
  }

  #push(address: number, order: number): void {
    const free = this.#free[Math.floor(address / UNITS)] as Uint8Array
    free[address % UNITS] = order + 1
    const stack = this.#stacks[order] as number[]
    stack.push(address)
    if (stack.length > 2 * UNITS * this.#slabs.length) this.#forgetOutdated(order)
  }

  #forgetOutdated(order: number): void {
    const stack = [...new Set(this.#stacks[order])]
    this.#stacks[order] = stack.filter(
      (address) => this.#free[Math.floor(address / UNITS)]?.[address % UNITS] === order + 1,
    )
  }

  #addSlab(): number {
    this.#slabs.push(Buffer.allocUnsafeSlow(SLAB_BYTES))
    this.#free.push(new Uint8Array(UNITS))
    return (this.#slabs.length - 1) * UNITS
  }
}
