import type { AttributeValue } from './item.ts'
import type { Terms } from './terms.ts'

/** Order of widening: numbers and truth values become text, text becomes a list of texts. */
export type ColumnKind = 'number' | 'boolean' | 'text' | 'texts'

/** One attribute of all items, by dense item number. The object stays the same while the catalogue grows. */
export interface AttributeColumn {
  /** May widen (number → text → texts) when items with another kind of value arrive. */
  readonly kind: ColumnKind
  /** undefined: the item does not have it. */
  value(n: number): AttributeValue | undefined
  /** Dictionary code of the (first) value, -1 when unknown or not coded (price, stock, times, title). */
  code(n: number): number
  /** Dictionary codes of all values; a shared array, not to be changed. */
  codes(n: number): readonly number[]
  /** Items with a value, those that got it first in front; a shared array, not to be changed. None for uncoded columns. */
  holders(code: number): readonly number[]
  /** The text behind a code; numbers and truth values are written as text. */
  text(code: number): string
}

const NO_CODES: readonly number[] = Object.freeze([])
const NO_ITEMS = NO_CODES

/** Kind that holds values of both kinds. */
export function widerKind(a: ColumnKind, b: ColumnKind): ColumnKind {
  if (a === b) return a
  return a === 'texts' || b === 'texts' ? 'texts' : 'text'
}

export function kindOf(value: AttributeValue): ColumnKind {
  if (typeof value === 'object') return 'texts'
  if (typeof value === 'string') return 'text'
  return typeof value === 'number' ? 'number' : 'boolean'
}

/**
 * A column over growing typed arrays: 8 bytes an item for uncoded numbers, 12 for coded ones, 4 for the rest
 * (a text is its code, a list of texts is the number of a shared list of codes).
 */
export class StoredColumn implements AttributeColumn {
  readonly #terms: Terms
  readonly #coded: boolean
  #kind: ColumnKind
  #numbers = new Float64Array(0)
  #codes = new Int32Array(0)
  readonly #lists: (readonly number[])[] = []
  readonly #listNumbers = new Map<string, number>()
  /** Items by code; made when they are first asked for, then kept up to date. */
  #holders: Map<number, number[]> | undefined

  constructor(kind: ColumnKind, terms: Terms, coded: boolean) {
    this.#kind = kind
    this.#terms = terms
    this.#coded = coded
  }

  get kind(): ColumnKind {
    return this.#kind
  }

  value(n: number): AttributeValue | undefined {
    if (this.#kind === 'number') {
      const number = this.number(n)
      return Number.isNaN(number) ? undefined : number
    }
    const slot = this.#slot(n)
    if (slot === -1) return undefined
    if (this.#kind === 'texts')
      return (this.#lists[slot] ?? NO_CODES).map((c) => this.#terms.text(c))
    const text = this.#terms.text(slot)
    return this.#kind === 'boolean' ? text === 'true' : text
  }

  /** The number of a number column; NaN when unknown. */
  number(n: number): number {
    return n < this.#numbers.length ? (this.#numbers[n] ?? Number.NaN) : Number.NaN
  }

  code(n: number): number {
    const slot = this.#slot(n)
    return this.#kind === 'texts' && slot !== -1 ? (this.#lists[slot]?.[0] ?? -1) : slot
  }

  codes(n: number): readonly number[] {
    const slot = this.#slot(n)
    if (slot === -1) return NO_CODES
    return this.#kind === 'texts' ? (this.#lists[slot] ?? NO_CODES) : [slot]
  }

  holders(code: number): readonly number[] {
    this.#holders ??= this.#holdersByCode()
    return this.#holders.get(code) ?? NO_ITEMS
  }

  text(code: number): string {
    return this.#terms.text(code)
  }

  /** Sets or clears (undefined) the value; `capacity` is the room to make when the arrays must grow. */
  set(n: number, value: AttributeValue | undefined, capacity: number): void {
    const before = this.#holders === undefined ? NO_CODES : this.codes(n)
    if (value === undefined) {
      if (n < this.#numbers.length) this.#numbers[n] = Number.NaN
      if (n < this.#codes.length) this.#codes[n] = -1
    } else {
      const kind = widerKind(this.#kind, kindOf(value))
      if (kind !== this.#kind) this.#widen(kind)
      this.#write(n, value, capacity)
    }
    this.#holdersChanged(n, before)
  }

  #holdersByCode(): Map<number, number[]> {
    const found = new Map<number, number[]>()
    for (let n = 0; n < this.#codes.length; n++) {
      for (const code of this.codes(n)) addHolder(found, code, n)
    }
    return found
  }

  #holdersChanged(n: number, before: readonly number[]): void {
    const holders = this.#holders
    if (holders === undefined) return
    const now = this.codes(n)
    if (now === before) return
    for (const code of new Set(before)) {
      const items = now.includes(code) ? undefined : holders.get(code)
      if (items !== undefined) items.splice(items.indexOf(n), 1)
    }
    for (const code of now) if (!before.includes(code)) addHolder(holders, code, n)
  }

  #write(n: number, value: AttributeValue, capacity: number): void {
    if (this.#kind === 'number') {
      this.#numbers = roomFor(this.#numbers, n, capacity, Number.NaN)
      this.#numbers[n] = value as number
      if (!this.#coded) return
    }
    this.#codes = roomFor(this.#codes, n, capacity, -1)
    this.#codes[n] =
      this.#kind === 'texts' ? this.#listOf(value) : this.#terms.intern(String(value))
  }

  #listOf(value: AttributeValue): number {
    const texts = typeof value === 'object' ? value : [String(value)]
    if (texts.length === 0) return -1
    let key = ''
    // Lengths in front make the key unambiguous whatever the texts hold.
    for (const text of texts) key += `${text.length}:${text}`
    const known = this.#listNumbers.get(key)
    if (known !== undefined) return known
    const codes = texts.map((text) => this.#terms.intern(text))
    const list = this.#lists.push(Object.freeze(codes)) - 1
    this.#listNumbers.set(key, list)
    return list
  }

  #widen(kind: ColumnKind): void {
    this.#holders = undefined
    const size = Math.max(this.#numbers.length, this.#codes.length)
    const values = Array.from({ length: size }, (_, n) => this.value(n))
    this.#kind = kind
    this.#numbers = new Float64Array(0)
    this.#codes.fill(-1)
    values.forEach((value, n) => {
      if (value !== undefined) this.#write(n, value, size)
    })
  }

  #slot(n: number): number {
    return n < this.#codes.length ? (this.#codes[n] ?? -1) : -1
  }
}

/** The array itself, or a longer copy whose new places hold `blank`. */
export function roomFor<T extends Float64Array | Int32Array | Uint8Array>(
  array: T,
  n: number,
  capacity: number,
  blank: number,
): T {
  if (n < array.length) return array
  const grown = new (array.constructor as new (length: number) => T)(Math.max(capacity, n + 1))
  grown.fill(blank, array.length)
  grown.set(array)
  return grown
}

function addHolder(holders: Map<number, number[]>, code: number, n: number): void {
  const items = holders.get(code)
  if (items === undefined) holders.set(code, [n])
  // A list may name a value twice.
  else if (items.at(-1) !== n) items.push(n)
}
