import { isJsonObject, sha256Hex } from '../../base/index.ts'
import { modelErrors } from '../errors.ts'
import type { Parameters, Recommender } from './recommender.ts'
import { parametersOf, recommenderKind } from './recommenders.ts'

const MAGIC = 'attune-model-1\n'
const DIGEST = 64

interface Header {
  readonly name: string
  readonly format: number
  readonly parameters: Parameters
  /** Bytes of each section; every section begins at a multiple of 8 from the end of the header. */
  readonly sections: readonly number[]
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

/**
 * A fitted recommender as bytes that say what they are: a magic word, SHA-256 of what follows, the length of the
 * header, the header as JSON, the sections. Cost: one copy and one pass of SHA-256 (about 1 GB/s).
 */
export function encodeModel(recommender: Recommender, parameters: Parameters): Uint8Array {
  const sections = recommender.save().map(({ bytes }) => bytes)
  const header: Header = {
    name: recommender.name,
    format: recommenderKind(recommender.name).format,
    parameters,
    sections: sections.map((bytes) => bytes.byteLength),
  }
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
 * The recommender of an encoded model.
 * @throws MODELS_CORRUPT_STATE when the bytes were changed or cut, or are of an unknown kind or format
 */
export function decodeModel(file: Uint8Array): {
  readonly recommender: Recommender
  readonly parameters: Parameters
} {
  const { header, sections } = open(file)
  const kind = recommenderKind(header.name)
  if (header.format !== kind.format) {
    throw modelErrors.MODELS_CORRUPT_STATE(
      `a ${kind.name} of format ${header.format}; this version reads ${kind.format}`,
    )
  }
  const parameters = parametersOf(kind, header.parameters)
  return { recommender: kind.load(sections, parameters), parameters }
}

function open(file: Uint8Array): { header: Header; sections: readonly Uint8Array[] } {
  const prefix = MAGIC.length + DIGEST
  const words = new TextDecoder('latin1').decode(file.subarray(0, prefix))
  if (!words.startsWith(MAGIC)) throw modelErrors.MODELS_CORRUPT_STATE('no model file')
  if (words.slice(MAGIC.length) !== sha256Hex(file.subarray(prefix))) {
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
  return { header, sections }
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
