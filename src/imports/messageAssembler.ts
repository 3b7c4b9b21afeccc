import { type EventRow, ORDER_COMPLETED, ORDER_REFUNDED } from './eventRow.ts'
import { clocklessTime, messageText, type Spacing } from './messageText.ts'

/** Which rows in a row belong together and must be read before any of them is written. */
export type Gathering = 'none' | 'order' | 'person'

/** Most rows of one order in one message, and most rows of one person that are put in order together. */
const MAX_ORDER_ROWS = 1_000
const MAX_PERSON_ROWS = 100_000

function isOrder(row: EventRow): boolean {
  return row.order !== '' && (row.event === ORDER_COMPLETED || row.event === ORDER_REFUNDED)
}

function isSamePerson(a: EventRow, b: EventRow): boolean {
  return a.user === b.user && a.anonymous === b.anonymous
}

function isSameOrder(a: EventRow, b: EventRow): boolean {
  return isOrder(a) && a.order === b.order && a.event === b.event && isSamePerson(a, b)
}

/**
 * Turns rows into messages: the lines of an order become one message, and where rows carry a place
 * instead of a time, the rows of a person are put in that order. Rows that belong together must follow one another.
 */
export class MessageAssembler {
  #messages: string[] = []
  #lines: number[] = []
  #pending: EventRow[] = []
  readonly #fingerprint: string
  readonly #gathering: Gathering
  readonly #spacing: Spacing

  constructor(fingerprint: string, gathering: Gathering, spacing: Spacing) {
    this.#fingerprint = fingerprint
    this.#gathering = gathering
    this.#spacing = spacing
  }

  /** First line of the rows that still wait for others. */
  get pendingLine(): number | undefined {
    return this.#pending[0]?.line
  }

  add(row: EventRow): void {
    if (this.#gathering === 'none') {
      this.#write([row])
      return
    }
    const first = this.#pending[0]
    if (first !== undefined && !this.#belongs(first, row)) this.finish()
    this.#pending.push(row)
  }

  /** Writes what waits. */
  finish(): void {
    const rows = this.#pending
    this.#pending = []
    if (this.#gathering === 'order') {
      if (rows.length > 0) this.#write(rows)
    } else this.#writePerson(rows)
  }

  /** Messages since the last time, and the line of each. */
  take(): { messages: string[]; lines: number[] } {
    const taken = { messages: this.#messages, lines: this.#lines }
    this.#messages = []
    this.#lines = []
    return taken
  }

  #belongs(first: EventRow, row: EventRow): boolean {
    const waiting = this.#pending.length
    return this.#gathering === 'order'
      ? waiting < MAX_ORDER_ROWS && isSameOrder(first, row)
      : waiting < MAX_PERSON_ROWS && isSamePerson(first, row)
  }

  #writePerson(rows: readonly EventRow[]): void {
    const placed = rows.map((row, place) =>
      Number.isNaN(row.sequence) ? { ...row, sequence: place + 1 } : row,
    )
    placed.sort((a, b) => a.sequence - b.sequence)
    for (let at = 0; at < placed.length;) {
      const first = placed[at] as EventRow
      let end = at + 1
      while (end < placed.length && isSameOrder(first, placed[end] as EventRow)) end++
      this.#write(placed.slice(at, end))
      at = end
    }
  }

  #write(rows: readonly EventRow[]): void {
    const first = rows[0] as EventRow
    const time = Number.isNaN(first.time) ? clocklessTime(first, this.#spacing) : first.time
    this.#messages.push(messageText(rows, `${this.#fingerprint}-${first.line}`, time))
    this.#lines.push(first.line)
  }
}
