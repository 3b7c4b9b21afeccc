import type { Person } from './person.ts'
import { RowReader } from './rowBytes.ts'

const reader = new RowReader()

/**
 * Copies of the rows that are to be written, in one piece of memory: a buffer for each is a hundred times as much work for
 * the collector.
 */
export class RowCopies {
  readonly #bytes: Buffer
  #at = 0

  /** Has room for what of these persons is to be written. */
  constructor(persons: readonly Person[]) {
    let total = 0
    for (const person of persons) {
      if (person.dirty) total += lengthOf(person.open(reader))
      if (person.shownDirty) total += lengthOf(person.openShown(reader))
    }
    this.#bytes = Buffer.allocUnsafeSlow(total)
  }

  row(person: Person): Uint8Array {
    return this.#copy(person.open(reader))
  }

  /** Undefined when nothing was shown. */
  shownRow(person: Person): Uint8Array | undefined {
    return person.wasShownAnything ? this.#copy(person.openShown(reader)) : undefined
  }

  #copy({ bytes, at, end }: RowReader): Uint8Array {
    const from = this.#at
    this.#at += bytes.copy(this.#bytes, from, at, end)
    return this.#bytes.subarray(from, this.#at)
  }
}

function lengthOf({ at, end }: RowReader): number {
  return end - at
}
