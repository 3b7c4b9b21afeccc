import { constants, zstdCompressSync } from 'node:zlib'
import { FRAME_HEADER_BYTES, frameBytes, markCompressed, sealFrame } from './frame.ts'

/** A row this full is written: large enough for few rows a group, small enough to read in about a millisecond. */
const ROW_BYTES = 256 << 10
const COMPRESS_FROM_BYTES = 1 << 10
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Stores one row: offsets of its first and last entry, and its frames (valid during the call only). */
export type WriteRow = (first: number, last: number, frames: Buffer) => void

/** Packs frames into rows, compressing and sealing each. One may serve many groups; it keeps one row's buffer. */
export class RowPacker {
  readonly #write: WriteRow
  #row = Buffer.allocUnsafe(ROW_BYTES)
  #fill = 0
  #first = 0
  #last = 0

  constructor(write: WriteRow) {
    this.#write = write
  }

  /** Adds the frame that `writeFrame` made at `at`, as the entry `offset`. */
  add(frames: Buffer, at: number, offset: number): void {
    const end = at + frameBytes(frames, at)
    const body = frames.subarray(at + FRAME_HEADER_BYTES, end)
    const packed = body.length < COMPRESS_FROM_BYTES ? body : zstdCompressSync(body, FASTEST)
    const stored = packed.length < body.length ? packed : body
    const target = this.#reserve(FRAME_HEADER_BYTES + stored.length)
    target.set(frames.subarray(at, at + FRAME_HEADER_BYTES), this.#fill)
    target.set(stored, this.#fill + FRAME_HEADER_BYTES)
    if (stored !== body) markCompressed(target, this.#fill, stored.length)
    sealFrame(target, this.#fill, offset)
    if (this.#fill === 0) this.#first = offset
    this.#last = offset
    this.#fill += FRAME_HEADER_BYTES + stored.length
  }

  /** Writes what is left. */
  finish(): void {
    if (this.#fill > 0) this.#write(this.#first, this.#last, this.#row.subarray(0, this.#fill))
    this.abandon()
  }

  /** Forgets what is left, and a buffer that one huge entry made. */
  abandon(): void {
    this.#fill = 0
    if (this.#row.length > ROW_BYTES) this.#row = Buffer.allocUnsafe(ROW_BYTES)
  }

  #reserve(bytes: number): Buffer {
    if (this.#fill + bytes > this.#row.length) this.finish()
    if (bytes > this.#row.length) this.#row = Buffer.allocUnsafe(bytes)
    return this.#row
  }
}
