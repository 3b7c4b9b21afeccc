import type { IdDictionary } from '../../imports/index.ts'

/** Ids in their order: by number when all of them are whole numbers, else by text. */
export interface IdOrder {
  /** Dictionary numbers, smallest id first. */
  readonly codes: Int32Array
  /** Place of each dictionary number in that order. */
  readonly placeOf: Int32Array
}

const WHOLE = /^-?\d{1,15}$/

/**
 * @param asText compare by text even if all ids are whole numbers
 * Cost: O(n log n) comparisons of numbers, or of texts.
 */
export function idOrder(dictionary: IdDictionary, asText = false): IdOrder {
  const names = Array.from({ length: dictionary.size }, (_, code) => dictionary.name(code))
  const byText = (a: number, b: number): number => compareText(names[a] ?? '', names[b] ?? '')
  const codes = Int32Array.from(names.keys())
  if (!asText && names.every((name) => WHOLE.test(name))) {
    const numbers = Float64Array.from(names, Number)
    // The same number may be written in two ways, as 7 and 07: two ids.
    codes.sort((a, b) => (numbers[a] as number) - (numbers[b] as number) || byText(a, b))
  } else {
    codes.sort(byText)
  }
  const placeOf = new Int32Array(codes.length)
  codes.forEach((code, place) => (placeOf[code] = place))
  return { codes, placeOf }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
