import { doubled, IdDictionary } from './idDictionary.ts'

/** Takes the field of one column, row by row. */
export interface Column {
  /** May the table be without it? */
  readonly optional: boolean
  /** What a field must be, for the message about one that is not. */
  readonly expected: string
  /** False when the field cannot be read. */
  add(bytes: Uint8Array, from: number, to: number): boolean
}

export interface IdColumnOptions {
  readonly optional?: boolean
  /** May a field be empty? */
  readonly empty?: boolean
}

/** Ids, as numbers of a dictionary that several columns may share. */
export class IdColumn implements Column {
  readonly expected = 'an id'
  readonly optional: boolean
  readonly dictionary: IdDictionary
  readonly #empty: boolean
  #codes = new Int32Array(1 << 12)
  #rows = 0

  constructor(dictionary = new IdDictionary(), options: IdColumnOptions = {}) {
    this.dictionary = dictionary
    this.optional = options.optional === true
    this.#empty = options.empty === true
  }

  /** Dictionary number of each row, as a view; empty when the table has no such column. */
  get codes(): Int32Array {
    return this.#codes.subarray(0, this.#rows)
  }

  add(bytes: Uint8Array, from: number, to: number): boolean {
    if (from === to && !this.#empty) return false
    if (this.#rows === this.#codes.length) this.#codes = doubled(this.#codes, Int32Array)
    this.#codes[this.#rows++] = this.dictionary.add(bytes, from, to)
    return true
  }
}

/** Finite numbers. */
export class NumberColumn implements Column {
  readonly expected = 'a number'
  readonly optional: boolean
  #values = new Float64Array(1 << 12)
  #rows = 0

  constructor(options: { readonly optional?: boolean } = {}) {
    this.optional = options.optional === true
  }

  /** Value of each row, as a view; empty when the table has no such column. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#rows)
  }

  add(bytes: Uint8Array, from: number, to: number): boolean {
    const value = readNumber(bytes, from, to)
    if (!Number.isFinite(value)) return false
    if (this.#rows === this.#values.length) this.#values = doubled(this.#values, Float64Array)
    this.#values[this.#rows++] = value
    return true
  }
}

const MOST_DIGITS = 15

/** Digits with at most one point, read from the bytes: exact up to 15 digits. Everything else as JavaScript reads it. */
function readNumber(bytes: Uint8Array, from: number, to: number): number {
  const negative = bytes[from] === 0x2d
  const first = negative ? from + 1 : from
  if (to - first > MOST_DIGITS || to === first) return readText(bytes, from, to)
  let digits = 0
  let decimals = -1
  for (let i = first; i < to; i++) {
    const digit = (bytes[i] as number) - 0x30
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit
      if (decimals >= 0) decimals++
    } else if (digit === -2 && decimals < 0 && to - first > 1) decimals = 0
    else return readText(bytes, from, to)
  }
  const value = decimals > 0 ? digits / 10 ** decimals : digits
  return negative ? -value : value
}

function readText(bytes: Uint8Array, from: number, to: number): number {
  const text = new TextDecoder().decode(bytes.subarray(from, to)).trim()
  return text === '' ? Number.NaN : Number(text)
}
