import type { StatePut, StateStore } from '../store/index.ts'

export const TERM_KIND = 'term'
const CODE_DIGITS = 8
const PAGE = 10_000

/**
 * A growing dictionary: texts that many rows name (event names, placements) become
 * small numbers, in the order in which the log first names them. Bounded, so that invented names
 * cannot fill the memory.
 */
export class Terms {
  readonly #purpose: string
  readonly #limit: number
  readonly #codes = new Map<string, number>()
  readonly #texts: string[] = []
  #fresh: number[] = []

  constructor(purpose: string, limit: number) {
    this.#purpose = purpose
    this.#limit = limit
  }

  /** Code of a text, -1 when it is not known. */
  codeOf(text: string): number {
    return this.#codes.get(text) ?? -1
  }

  /** Code of a text, added when new; -1 when it is new and the dictionary is full. */
  intern(text: string): number {
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    if (this.#texts.length >= this.#limit) return -1
    const wellFormed = text.toWellFormed()
    if (wellFormed !== text) return this.intern(wellFormed)
    this.#add(text)
    this.#fresh.push(this.#texts.length - 1)
    return this.#texts.length - 1
  }

  text(code: number): string {
    return this.#texts[code] ?? ''
  }

  /** Rows of the terms added since the last drain. */
  drain(): StatePut[] {
    const puts = this.#fresh.map((code) => ({
      kind: TERM_KIND,
      id: `${this.#purpose}:${String(code).padStart(CODE_DIGITS, '0')}`,
      value: new TextEncoder().encode(this.#texts[code]),
    }))
    this.#fresh = []
    return puts
  }

  async load(state: StateStore): Promise<void> {
    const prefix = `${this.#purpose}:`
    let after = prefix
    for (;;) {
      const rows = await state.scan(TERM_KIND, after, PAGE)
      for (const { id, value } of rows) {
        if (!id.startsWith(prefix)) return
        this.#add(Buffer.from(value).toString())
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE) return
      after = last.id
    }
  }

  #add(text: string): void {
    this.#codes.set(text, this.#texts.length)
    this.#texts.push(text)
  }
}

/** The dictionaries that rows refer to. */
export interface Dictionaries {
  readonly names: Terms
  readonly placements: Terms
}

export function emptyDictionaries(): Dictionaries {
  return {
    names: new Terms('name', 20_000),
    placements: new Terms('placement', 10_000),
  }
}
