import { isJsonObject, sha256Hex } from '../../base/index.ts'
import { modelErrors } from '../errors.ts'
import type { Parameters } from './recommender.ts'
import type { Section } from './savedState.ts'

const MAGIC = 'attune-model-1\n'
const DIGEST = 64

/** What a saved model says of itself. */
export interface ModelLabel {
  readonly name: string
  readonly format: number
  readonly parameters: Parameters
}

interface Header extends ModelLabel {
  /** Bytes of each section; every section begins at a multiple of 8 from the end of the header. */
  readonly sections: readonly number[]
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

/**
 * A labelled list of sections as bytes that say what they are: a magic word, SHA-256 of what follows, the length of
 * the header, the header as JSON, the sections. Cost: one copy and one pass of SHA-256 (about 1 GB/s).
 */
export function sealModel(label: ModelLabel, saved: readonly Section[]): Uint8Array {
  const sections = saved.map(({ bytes }) => bytes)
  const header: Header = { ...label, sections: sections.map((bytes) => bytes.byteLength) }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const prefix = MAGIC.length + DIGEST
  const first = padded(prefix + 4 + text.length)
  const size = sections.reduce((sum, bytes) => sum + padded(bytes.byteLength), first)
  const file = new Uint8Array(size)
  new DataView(file.buffer).setUint32(prefix, text.length, true)
  file.set(text, prefix + 4)
  let at = first
  for (const bytes of sections) {
    file.set(bytes, at)
    at += padded(bytes.byteLength)
  }
  const words = new TextEncoder().encode(MAGIC + sha256Hex(file.subarray(prefix)))
  file.set(words)
  return file
}

/**
 * The label and the sections of a sealed model.
 * @param verified the bytes have just been held against a checksum, which at 1 GB/s need not stop this thread twice
 * @throws MODELS_CORRUPT_STATE when the bytes were changed or cut
 */
export function openModel(
  file: Uint8Array,
  verified = false,
): {
  readonly label: ModelLabel
  readonly sections: readonly Uint8Array[]
} {
  const prefix = MAGIC.length + DIGEST
  const words = new TextDecoder('latin1').decode(file.subarray(0, prefix))
  if (!words.startsWith(MAGIC)) throw modelErrors.MODELS_CORRUPT_STATE('no model file')
  if (!verified && words.slice(MAGIC.length) !== sha256Hex(file.subarray(prefix))) {
    throw modelErrors.MODELS_CORRUPT_STATE('the checksum does not fit: the file was changed or cut')
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const length = view.getUint32(prefix, true)
  const text = new TextDecoder().decode(file.subarray(prefix + 4, prefix + 4 + length))
  const header: unknown = JSON.parse(text)
  if (!isHeader(header)) throw modelErrors.MODELS_CORRUPT_STATE('no header')
  let at = padded(prefix + 4 + length)
  const sections = header.sections.map((bytes) => {
    const section = file.subarray(at, at + bytes)
    at += padded(bytes)
    return section
  })
  return { label: header, sections }
}

function isHeader(value: unknown): value is Header {
  return (
    isJsonObject(value) &&
    typeof value['name'] === 'string' &&
    typeof value['format'] === 'number' &&
    isJsonObject(value['parameters']) &&
    Array.isArray(value['sections'])
  )
}
