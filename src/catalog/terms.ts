import type { StatePut, StateStore } from '../store/index.ts'

const KIND = 'item-term'
const CHUNK = 1024

/**
 * The dictionary of all attribute texts: text ↔ code, codes 0, 1, 2 … in order of first sight.
 *
 * One dictionary for all columns, kept as rows of 1,024 texts, because codes are written into other rows (features of a
 * person count by them) and must mean the same after a restart. Texts are never forgotten.
 */
export class Terms {
  readonly #texts: string[]
  readonly #codes: Map<string, number>
  #drained: number

  private constructor(texts: string[]) {
    this.#texts = texts
    this.#codes = new Map(texts.map((text, code) => [text, code]))
    this.#drained = texts.length
  }

  static async open(state: StateStore): Promise<Terms> {
    const texts: string[] = []
    let after = ''
    for (;;) {
      const rows = await state.scan(KIND, after, 256)
      for (const row of rows) {
        for (const text of JSON.parse(new TextDecoder().decode(row.value)) as string[])
          texts.push(text)
      }
      const last = rows.at(-1)
      if (last === undefined) return new Terms(texts)
      after = last.id
    }
  }

  get size(): number {
    return this.#texts.length
  }

  /** Code of a text; a new one for a new text. */
  intern(text: string): number {
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    const code = this.#texts.push(text) - 1
    this.#codes.set(text, code)
    return code
  }

  /** -1 for a text never seen. */
  codeOf(text: string): number {
    return this.#codes.get(text) ?? -1
  }

  /** Empty for a code never given. */
  text(code: number): string {
    return this.#texts[code] ?? ''
  }

  drain(): StatePut[] {
    const puts: StatePut[] = []
    const total = this.#texts.length
    if (total === this.#drained) return puts
    for (let chunk = Math.floor(this.#drained / CHUNK); chunk * CHUNK < total; chunk++) {
      const texts = this.#texts.slice(chunk * CHUNK, (chunk + 1) * CHUNK)
      const value = new TextEncoder().encode(JSON.stringify(texts))
      puts.push({ kind: KIND, id: String(chunk).padStart(8, '0'), value })
    }
    this.#drained = total
    return puts
  }
}
