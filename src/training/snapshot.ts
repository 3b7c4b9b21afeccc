import { crc32 } from 'node:zlib'
import type { Section } from '../models/index.ts'
import { trainingErrors } from './errors.ts'

const MAGIC = 0x4d_4c_54_41
const FORMAT = 1
const CHECKSUM = 12
const HEADER = 16

/**
 * A snapshot under way. Everything small is copied at once; the chunks of large memory are copied step by
 * step while the models go on learning, and a chunk that is about to change is copied before it does.
 * So the snapshot shows the moment at which it began.
 *
 * Layout: u32 "ATLM", u32 format, u32 number of sections, u32 CRC-32 of all the rest, the section
 * lengths as f64, the sections.
 */
export class SnapshotJob {
  readonly #whole: Buffer
  readonly #bytes: Buffer
  readonly #pending: { readonly section: Section; readonly at: number; copied: boolean }[] = []
  #next = 0
  /** Checksum of the bytes before `#summed`. */
  #sum = 0
  #summed = HEADER

  /** @param reserve bytes left free in front, for a header of the caller */
  constructor(sections: readonly Section[], reserve: number) {
    const body = HEADER + 8 * sections.length
    const total = sections.reduce((sum, { bytes }) => sum + bytes.length, body)
    this.#whole = Buffer.allocUnsafeSlow(reserve + total)
    this.#bytes = this.#whole.subarray(reserve)
    this.#bytes.writeUInt32LE(MAGIC, 0)
    this.#bytes.writeUInt32LE(FORMAT, 4)
    this.#bytes.writeUInt32LE(sections.length, 8)
    let at = body
    for (const [k, section] of sections.entries()) {
      this.#bytes.writeDoubleLE(section.bytes.length, HEADER + 8 * k)
      this.#take(section, at)
      at += section.bytes.length
    }
    this.#sum = crc32(this.#bytes.subarray(0, CHECKSUM))
  }

  /**
   * Copies about `budget` bytes; 4 MiB take 2 to 4 ms.
   * @returns the finished snapshot, or undefined when there is more to do
   */
  step(budget: number = 4 * 1_048_576): Uint8Array | undefined {
    let left = budget
    for (; left > 0 && this.#next < this.#pending.length; this.#next++) {
      left -= this.#copy(this.#next)
    }
    const entry = this.#pending[this.#next]
    this.#checksumTo(entry === undefined ? this.#bytes.length : entry.at)
    if (entry !== undefined) return undefined
    this.#bytes.writeUInt32LE(this.#sum, CHECKSUM)
    return this.#whole
  }

  #take(section: Section, at: number): void {
    if (section.beforeChange === undefined) {
      this.#bytes.set(section.bytes, at)
      return
    }
    const place = this.#pending.push({ section, at, copied: false }) - 1
    section.beforeChange(() => this.#copy(place))
  }

  /** @returns bytes copied now */
  #copy(place: number): number {
    const entry = this.#pending[place]
    if (entry === undefined || entry.copied) return 0
    entry.copied = true
    entry.section.beforeChange?.(undefined)
    this.#bytes.set(entry.section.bytes, entry.at)
    return entry.section.bytes.length
  }

  #checksumTo(end: number): void {
    this.#sum = crc32(this.#bytes.subarray(this.#summed, end), this.#sum)
    this.#summed = end
  }
}

/** Of everything but the place of the checksum itself. */
function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(HEADER), crc32(bytes.subarray(0, CHECKSUM)))
}

/** @throws TRAINING_CORRUPT_SNAPSHOT for another format, a wrong length or a wrong checksum */
export function decodeSnapshot(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC) {
    throw trainingErrors.TRAINING_CORRUPT_SNAPSHOT('not a snapshot of live models')
  }
  const format = view.getUint32(4, true)
  if (format !== FORMAT) {
    throw trainingErrors.TRAINING_CORRUPT_SNAPSHOT(`format ${format}, expected ${FORMAT}`)
  }
  if (view.getUint32(CHECKSUM, true) !== checksum(bytes)) {
    throw trainingErrors.TRAINING_CORRUPT_SNAPSHOT('wrong checksum')
  }
  const count = view.getUint32(8, true)
  const sections: Uint8Array[] = []
  let at = HEADER + 8 * count
  for (let k = 0; k < count; k++) {
    const length = view.getFloat64(HEADER + 8 * k, true)
    sections.push(bytes.subarray(at, at + length))
    at += length
  }
  return sections
}
