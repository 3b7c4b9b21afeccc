import type { StatePut, StateStore } from '../store/index.ts'
import { eventErrors } from './errors.ts'
import type { Rejection } from './event.ts'

const KIND = 'dead'
const PAGE = 2_000

/** Letters that are kept; older ones go. */
export const MAX_DEAD_LETTERS = 10_000

/** One message that was not accepted, with its place in the log. */
export interface DeadLetter extends Rejection {
  /** Log entry of the body. */
  readonly offset: number
  readonly receivedAt: number
}

/**
 * The newest MAX_DEAD_LETTERS rejections, in memory (about 250 bytes each) and as rows of kind `dead`
 * whose ids sort by (offset, index). A letter holds no content of the message beside its messageId and the reason.
 */
export class DeadLetters {
  readonly #letters: DeadLetter[]
  /** Row id → letter, or undefined for a row to delete. */
  #changed = new Map<string, DeadLetter | undefined>()

  private constructor(letters: DeadLetter[]) {
    this.#letters = letters
  }

  static async open(state: StateStore): Promise<DeadLetters> {
    const letters: DeadLetter[] = []
    let after = ''
    for (;;) {
      const rows = await state.scan(KIND, after, PAGE)
      for (const row of rows) letters.push(decode(row.value))
      const last = rows.at(-1)
      if (last === undefined) return new DeadLetters(letters)
      after = last.id
    }
  }

  get size(): number {
    return this.#letters.length
  }

  /** Offsets must not decrease. Visible in `list` at once, in the state after `drain`. */
  add(offset: number, receivedAt: number, rejection: Rejection): void {
    const letter = { ...rejection, offset, receivedAt }
    this.#letters.push(letter)
    this.#changed.set(rowId(letter), letter)
    if (this.#letters.length <= MAX_DEAD_LETTERS) return
    const oldest = this.#letters.shift()
    if (oldest !== undefined) this.#changed.set(rowId(oldest), undefined)
  }

  /**
   * A page of letters, newest first. `before` is `next` of the page before, or empty for the newest.
   * @returns `next` is null when no older letters are kept
   * @throws EVENTS_INVALID_FIELD when `before` was not given by an earlier page
   */
  list(before: string, limit: number): { rows: readonly DeadLetter[]; next: string | null } {
    const end = before === '' ? this.#letters.length : this.#indexOf(placeOf(before))
    const start = Math.max(0, end - Math.max(0, limit))
    const rows = this.#letters.slice(start, end).toReversed()
    const last = rows.at(-1)
    return { rows, next: start === 0 || last === undefined ? null : `${last.offset}:${last.index}` }
  }

  /** Number of letters before a place. */
  #indexOf(place: Place): number {
    const found = this.#letters.findIndex((letter) => !isBefore(letter, place))
    return found === -1 ? this.#letters.length : found
  }

  /** Rows changed since the last call, for the next commit. */
  drain(): StatePut[] {
    const puts = [...this.#changed].map(([id, letter]) => ({
      kind: KIND,
      id,
      value: letter === undefined ? undefined : encode(letter),
    }))
    this.#changed = new Map()
    return puts
  }
}

interface Place {
  readonly offset: number
  readonly index: number
}

function placeOf(before: string): Place {
  const match = /^(\d{1,15}):(\d{1,9})$/.exec(before)
  if (match === null) {
    throw eventErrors.EVENTS_INVALID_FIELD(
      '"before" must be the "next" of an earlier page, such as 1204:3.',
    )
  }
  return { offset: Number(match[1]), index: Number(match[2]) }
}

function isBefore(letter: DeadLetter, place: Place): boolean {
  return (
    letter.offset < place.offset || (letter.offset === place.offset && letter.index < place.index)
  )
}

function rowId(letter: DeadLetter): string {
  return `${String(letter.offset).padStart(16, '0')}:${String(letter.index).padStart(6, '0')}`
}

function encode(letter: DeadLetter): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(letter))
}

function decode(bytes: Uint8Array): DeadLetter {
  const letter = JSON.parse(new TextDecoder().decode(bytes)) as DeadLetter
  return { ...letter, messageId: letter.messageId }
}
