const SMALLEST_BYTES = 64 << 10
const KEPT_BYTES = 4 << 20
const KEPT = 4

/**
 * Buffers that travel to a worker and come back, so that a steady load makes no garbage outside the heap.
 * Keeps at most 16 MiB.
 */
export class BufferPool {
  readonly #free: ArrayBuffer[] = []

  /** A buffer of at least `bytes`; its content is arbitrary. */
  take(bytes: number): ArrayBuffer {
    const at = this.#free.findIndex((buffer) => buffer.byteLength >= bytes)
    const found = at === -1 ? undefined : this.#free.splice(at, 1)[0]
    return found ?? new ArrayBuffer(Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(bytes))))
  }

  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength > KEPT_BYTES) return
    if (this.#free.length === KEPT) this.#free.shift()
    this.#free.push(buffer)
  }
}
