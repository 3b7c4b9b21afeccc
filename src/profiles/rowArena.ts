const SLAB_BYTES = 1 << 20
/** The smallest piece; addresses count in these units, so that small integers reach 256 GiB. */
const UNIT = 128
const UNITS = SLAB_BYTES / UNIT
const ORDERS = 14

/**
 * Memory for rows outside the JavaScript heap: slabs of 1 MiB under the buddy system (Knowlton 1965).
 * Blocks are powers of two; of a block that is too large the end is given back in quarters, so that a piece is at
 * most a quarter larger than its row (a tenth on average, where whole blocks lose a third). Freed neighbours join
 * again, so memory that rows have grown out of serves larger rows. A Uint8Array for each row would burden the collector.
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

  /** Units of the smallest piece that holds `length` bytes. @throws RangeError above 1 MiB. */
  unitsOf(length: number): number {
    if (length > SLAB_BYTES) throw new RangeError(`a row of ${length} bytes exceeds 1 MiB`)
    const units = length <= UNIT ? 1 : (length + UNIT - 1) >>> 7
    if (units <= 4) return units
    const step = 1 << (29 - Math.clz32(units - 1))
    return (units + step - 1) & -step
  }

  /** Bytes of a piece of so many units. */
  capacity(units: number): number {
    return units * UNIT
  }

  /** Address of a piece of so many units, as `unitsOf` gives them. */
  allocate(units: number): number {
    const order = units === 1 ? 0 : 32 - Math.clz32(units - 1)
    let from = order
    let address = this.#pop(from)
    while (address < 0 && ++from < ORDERS) address = this.#pop(from)
    if (address < 0) {
      address = this.#addSlab()
      from = ORDERS - 1
    }
    while (from > order) this.#push(address + (1 << --from), from)
    for (let at = units; at < 1 << order; at += at & -at) {
      this.#push(address + at, 31 - Math.clz32(at & -at))
    }
    this.#used += this.capacity(units)
    return address
  }

  release(address: number, units: number): void {
    this.#used -= this.capacity(units)
    let at = address
    for (let left = units; left > 0;) {
      const order = 31 - Math.clz32(left)
      this.#releaseBlock(at, order)
      at += 1 << order
      left -= 1 << order
    }
  }

  slab(address: number): Buffer {
    return this.#slabs[Math.floor(address / UNITS)] as Buffer
  }

  /** Where in its slab an address begins. */
  start(address: number): number {
    return (address % UNITS) * UNIT
  }

  /** Joins a block with its free buddies. */
  #releaseBlock(address: number, order: number): void {
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
