import { mathErrors } from '../errors.ts'

const PAGE = 65_536
const MOST_PAGES = 65_536
/** Below lies what the compiler puts there. */
const FIRST = 4_096
const LINE = 64

/** A typed array inside the memory, and the address that a kernel is given for it. */
export interface Region<T> {
  readonly at: number
  readonly view: T
}

/**
 * The shared memory of one computation: sized once, given away from the bottom up, gone when nothing holds it.
 * It starts as zeros. Every region starts on a cache line and is followed by at least 16 readable bytes,
 * so that a kernel may load whole vectors at its end.
 */
export class KernelMemory {
  readonly memory: WebAssembly.Memory
  #next = FIRST

  /**
   * @param bytes what the regions hold together; each needs up to 128 more, which is allowed for 64 regions
   * @throws MATH_OUT_OF_MEMORY
   */
  constructor(bytes: number) {
    const pages = Math.ceil((FIRST + bytes + 64 * 2 * LINE) / PAGE)
    if (!(pages <= MOST_PAGES)) throw tooLarge(bytes)
    try {
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    } catch (error) {
      throw tooLarge(bytes, error)
    }
  }

  f32(length: number): Region<Float32Array> {
    const at = this.#take(length * 4)
    return { at, view: new Float32Array(this.memory.buffer, at, length) }
  }

  f64(length: number): Region<Float64Array> {
    const at = this.#take(length * 8)
    return { at, view: new Float64Array(this.memory.buffer, at, length) }
  }

  i32(length: number): Region<Int32Array> {
    const at = this.#take(length * 4)
    return { at, view: new Int32Array(this.memory.buffer, at, length) }
  }

  i8(length: number): Region<Int8Array> {
    const at = this.#take(length)
    return { at, view: new Int8Array(this.memory.buffer, at, length) }
  }

  #take(bytes: number): number {
    const at = this.#next
    const next = at + Math.ceil((bytes + 16) / LINE) * LINE
    if (next > this.memory.buffer.byteLength) throw tooLarge(next)
    this.#next = next
    return at
  }
}

function tooLarge(bytes: number, cause?: unknown) {
  return mathErrors.MATH_OUT_OF_MEMORY(`${Math.ceil(bytes / 2 ** 20)} MiB were asked for.`, {
    cause,
  })
}
