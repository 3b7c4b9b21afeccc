import { closest } from '../base/index.ts'

/** ` Did you mean "x"?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const found = closest(name, candidates)
  return found === undefined ? '' : ` Did you mean "${found}"?`
}
