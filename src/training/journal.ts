import { ACTIONS } from '../events/index.ts'
import { trainingErrors } from './errors.ts'
import type { Observation } from './observation.ts'

const FORMAT = 1
const HEADER = 4
const FIXED = 32

/**
 * Observations as bytes, in the order in which they were applied. Little-endian:
 * a header (u32 format), then per observation: u32 item, u8 action, u8 attended, u8 leading,
 * u8 basket, f32 value, u32 order size, f64 time, f64 order hash, and the listed items as u32.
 * About 75 bytes an observation. Format numbers only grow; a reader refuses what it does not know.
 */
export class ObservationJournal {
  #bytes = new Uint8Array(4_096)
  #view = new DataView(this.#bytes.buffer)
  #length = HEADER

  append(observation: Observation): void {
    const { attended, leading, basket } = observation
    this.#reserve(FIXED + 4 * (attended.length + leading.length + basket.length))
    const view = this.#view
    const at = this.#length
    view.setUint32(at, observation.item, true)
    view.setUint8(at + 4, ACTIONS.indexOf(observation.action))
    view.setUint8(at + 5, attended.length)
    view.setUint8(at + 6, leading.length)
    view.setUint8(at + 7, basket.length)
    view.setFloat32(at + 8, observation.value, true)
    view.setUint32(at + 12, observation.orderSize, true)
    view.setFloat64(at + 16, observation.time, true)
    view.setFloat64(at + 24, observation.order, true)
    this.#length = at + FIXED
    this.#appendItems(attended)
    this.#appendItems(leading)
    this.#appendItems(basket)
  }

  /** What was appended since the last call; undefined when nothing was. */
  take(): Uint8Array | undefined {
    if (this.#length === HEADER) return undefined
    this.#view.setUint32(0, FORMAT, true)
    const bytes = this.#bytes.slice(0, this.#length)
    this.#length = HEADER
    return bytes
  }

  #appendItems(items: readonly number[]): void {
    for (const item of items) {
      this.#view.setUint32(this.#length, item, true)
      this.#length += 4
    }
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const bytes = new Uint8Array(2 * (this.#length + more))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}

/**
 * Calls `apply` with each observation of a journal; the object is reused.
 * @throws TRAINING_CORRUPT_JOURNAL for another format or a torn end
 */
export function readJournal(
  bytes: Uint8Array,
  observation: Observation,
  apply: (observation: Observation) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER || view.getUint32(0, true) !== FORMAT) {
    throw trainingErrors.TRAINING_CORRUPT_JOURNAL('unknown format')
  }
  let at = HEADER
  while (at < bytes.length) {
    if (at + FIXED > bytes.length) throw trainingErrors.TRAINING_CORRUPT_JOURNAL('torn entry')
    observation.item = view.getUint32(at, true)
    observation.action = ACTIONS[view.getUint8(at + 4)] ?? 'other'
    observation.value = view.getFloat32(at + 8, true)
    observation.orderSize = view.getUint32(at + 12, true)
    observation.time = view.getFloat64(at + 16, true)
    observation.order = view.getFloat64(at + 24, true)
    const counts = [view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7)] as const
    at += FIXED
    if (at + 4 * (counts[0] + counts[1] + counts[2]) > bytes.length) {
      throw trainingErrors.TRAINING_CORRUPT_JOURNAL('torn entry')
    }
    at = readItems(view, at, counts[0], observation.attended)
    at = readItems(view, at, counts[1], observation.leading)
    at = readItems(view, at, counts[2], observation.basket)
    apply(observation)
  }
}

function readItems(view: DataView, start: number, count: number, into: number[]): number {
  into.length = 0
  for (let k = 0; k < count; k++) into.push(view.getUint32(start + 4 * k, true))
  return start + 4 * count
}
