import { bytesOf, type Section, type SectionReader, sectionsOf } from './savedState.ts'

/** Words (4 bytes) per chunk of memory: 512 KiB. */
const CHUNK_BITS = 17
const CHUNK_WORDS = 1 << CHUNK_BITS
const LARGEST_CLASS = 15

/** One chunk of slots seen as whole numbers and as floats; both views share their memory. */
export interface SlabChunk {
  readonly ids: Int32Array
  readonly counts: Float32Array
}

/**
 * Memory for many small rows of (id, count) pairs. A row of capacity 2^c takes 2·2^c words in one
 * chunk: first its ids, then its counts. Freed rows are reused by later rows of their size. Growth
 * adds a chunk and never copies the old ones, so there is no pause at a million rows.
 */
export class RowSlabs {
  readonly chunks: SlabChunk[] = []
  /** By chunk: whom to call before it changes. */
  #watchers: ((() => void) | undefined)[] = []
  #watched = 0
  readonly #free: number[][] = Array.from({ length: LARGEST_CLASS + 1 }, () => [])
  #next = 0
  #slots = 0

  /** Slots handed out and not given back. */
  get slots(): number {
    return this.#slots
  }

  /** Bytes of memory held, including what is free for reuse. */
  get bytes(): number {
    return this.chunks.length * CHUNK_WORDS * 4
  }

  chunkOf(offset: number): SlabChunk {
    return this.chunks[offset >>> CHUNK_BITS] as SlabChunk
  }

  /** The chunk, to be written to: whoever watches it takes its copy first. */
  writable(offset: number): SlabChunk {
    if (this.#watched > 0) this.#warn(offset >>> CHUNK_BITS)
    return this.chunkOf(offset)
  }

  /** Place of a row inside its chunk. */
  static start(offset: number): number {
    return offset & (CHUNK_WORDS - 1)
  }

  /** @returns offset of a row with room for 2^sizeClass pairs; its content is undefined */
  allocate(sizeClass: number): number {
    this.#slots += 1 << sizeClass
    const reused = this.#free[sizeClass]?.pop()
    if (reused !== undefined) return reused
    const words = 2 << sizeClass
    if (
      RowSlabs.start(this.#next) + words > CHUNK_WORDS ||
      this.#next >>> CHUNK_BITS === this.chunks.length
    ) {
      this.#next = this.chunks.length << CHUNK_BITS
      this.#addChunk(new ArrayBuffer(CHUNK_WORDS * 4))
    }
    const offset = this.#next
    this.#next += words
    if (RowSlabs.start(this.#next) === 0) this.#next = this.chunks.length << CHUNK_BITS
    return offset
  }

  release(offset: number, sizeClass: number): void {
    this.#slots -= 1 << sizeClass
    this.#free[sizeClass]?.push(offset)
  }

  save(): Section[] {
    const head = Float64Array.of(this.#next, this.#slots, this.chunks.length)
    const chunks = this.chunks.map((chunk, k) => ({
      bytes: bytesOf(chunk.ids),
      beforeChange: (callback: (() => void) | undefined) => this.#watch(k, callback),
    }))
    const free = this.#free.map((offsets) => Int32Array.from(offsets))
    return [...sectionsOf(head, ...free), ...chunks]
  }

  load(reader: SectionReader): void {
    const [next = 0, slots = 0, chunkCount = 0] = reader.float64()
    this.#next = next
    this.#slots = slots
    for (const list of this.#free) {
      for (const offset of reader.int32()) list.push(offset)
    }
    for (let k = 0; k < chunkCount; k++) this.#addChunk(reader.int32().buffer)
  }

  #watch(chunk: number, callback: (() => void) | undefined): void {
    const known = this.#watchers[chunk]
    if ((known === undefined) !== (callback === undefined)) {
      this.#watched += callback === undefined ? -1 : 1
    }
    this.#watchers[chunk] = callback
  }

  #warn(chunk: number): void {
    const callback = this.#watchers[chunk]
    if (callback === undefined) return
    this.#watch(chunk, undefined)
    callback()
  }

  #addChunk(buffer: ArrayBuffer): void {
    this.chunks.push({ ids: new Int32Array(buffer), counts: new Float32Array(buffer) })
  }
}
