import { crc32 } from 'node:zlib'
import { trainingErrors } from './errors.ts'

const MAGIC = 0x4d_4c_54_41
const FORMAT = 1
const CHECKSUM = 12
const HEADER = 16

/**
 * Sections of bytes as one blob: u32 "ATLM", u32 format, u32 number of sections, u32 CRC-32 of all the
 * rest, the section lengths as f64, the sections. Cost: one copy and one checksum, about 0.8 ms
 * a megabyte while the memory is fresh.
 */
export function encodeSnapshot(sections: readonly Uint8Array[]): Uint8Array {
  const body = HEADER + 8 * sections.length
  const total = sections.reduce((sum, section) => sum + section.length, body)
  const bytes = Buffer.allocUnsafeSlow(total)
  const view = new DataView(bytes.buffer, bytes.byteOffset, total)
  let at = body
  for (const [k, section] of sections.entries()) {
    view.setFloat64(HEADER + 8 * k, section.length, true)
    bytes.set(section, at)
    at += section.length
  }
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, FORMAT, true)
  view.setUint32(8, sections.length, true)
  view.setUint32(CHECKSUM, checksum(bytes), true)
  return bytes
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
