import { modelErrors } from '../errors.ts'

type NumberArray = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array

/** A part of a model's state as live memory: to be copied before the model changes. */
export interface Section {
  readonly bytes: Uint8Array
  /**
   * Registers a callback that is called once, before these bytes next change; undefined ends it.
   * Without this function they may change with every observation.
   */
  readonly beforeChange?: (callback: (() => void) | undefined) => void
}

/** The bytes of a typed array, without a copy. */
export function bytesOf(array: NumberArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** Typed arrays as sections that may change at any time. */
export function sectionsOf(...arrays: readonly NumberArray[]): Section[] {
  return arrays.map((array) => ({ bytes: bytesOf(array) }))
}

/** Hands out the sections of a saved state in the order in which they were written. */
export class SectionReader {
  readonly #sections: readonly Uint8Array[]
  #next = 0

  constructor(sections: readonly Uint8Array[]) {
    this.#sections = sections
  }

  /** @throws MODELS_CORRUPT_STATE when there is no further section */
  bytes(): Uint8Array {
    const section = this.#sections[this.#next++]
    if (section === undefined)
      throw modelErrors.MODELS_CORRUPT_STATE(`section ${this.#next} missing`)
    return section
  }

  /** All sections that were not handed out yet. */
  rest(): readonly Uint8Array[] {
    const left = this.#sections.slice(this.#next)
    this.#next = this.#sections.length
    return left
  }

  /** Copies the next section into `target`, which has exactly its size unless it is larger. */
  into<T extends NumberArray>(make: (length: number) => T, bytesPerElement: number): T {
    const bytes = this.bytes()
    if (bytes.byteLength % bytesPerElement !== 0) {
      throw modelErrors.MODELS_CORRUPT_STATE(`section ${this.#next} has a broken length`)
    }
    const target = make(bytes.byteLength / bytesPerElement)
    bytesOf(target).set(bytes)
    return target
  }

  float64(): Float64Array<ArrayBuffer> {
    return this.into((n) => new Float64Array(n), 8)
  }

  uint32(): Uint32Array<ArrayBuffer> {
    return this.into((n) => new Uint32Array(n), 4)
  }

  float32(): Float32Array<ArrayBuffer> {
    return this.into((n) => new Float32Array(n), 4)
  }

  int32(): Int32Array<ArrayBuffer> {
    return this.into((n) => new Int32Array(n), 4)
  }

  uint16(): Uint16Array<ArrayBuffer> {
    return this.into((n) => new Uint16Array(n), 2)
  }

  uint8(): Uint8Array<ArrayBuffer> {
    return this.into((n) => new Uint8Array(n), 1)
  }
}
