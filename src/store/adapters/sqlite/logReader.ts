import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogEntry, ReadLimit } from '../../eventLog.ts'
import { openReader, sqliteErrorCode } from './database.ts'
import { findFrames, type FramePlace, rawBytes, readFrame } from './frame.ts'

/** Told about an entry that could not be read, and why. */
export type OnCorrupt = (offset: number, reason: string) => void

/** One row of the log, its frames found but not yet checked. */
interface Row {
  readonly first: number
  readonly last: number
  readonly frames: Buffer
  readonly places: readonly FramePlace[]
}

interface RowKey {
  readonly first: number
  readonly last: number
}

const CACHE_BYTES = 1 << 20

/**
 * The reading half of the log, on the caller's thread. A row is about a quarter of a mebibyte, and between rows
 * it gives way to other work. The newest row read is kept, since readers go forward in small steps.
 */
export class LogReader {
  readonly #db: DatabaseSync
  readonly #holding: StatementSync
  readonly #following: StatementSync
  readonly #frames: StatementSync
  readonly #onCorrupt: OnCorrupt
  #row: Row | undefined

  constructor(file: string, onCorrupt: OnCorrupt) {
    this.#onCorrupt = onCorrupt
    this.#db = openReader(file, CACHE_BYTES)
    const key = 'SELECT first, last FROM rows WHERE'
    this.#holding = this.#db.prepare(`${key} first <= ? ORDER BY first DESC LIMIT 1`)
    this.#following = this.#db.prepare(`${key} first > ? ORDER BY first LIMIT 1`)
    this.#frames = this.#db.prepare('SELECT frames FROM rows WHERE first = ?')
  }

  /** Entries of [from, head] within the limit, at least one if there is one. */
  async read(from: number, head: number, limit: ReadLimit): Promise<LogEntry[]> {
    const found: LogEntry[] = []
    let bytes = 0
    let next = from
    while (next <= head) {
      const row = this.#rowAt(next, head)
      if (row === undefined) break
      for (const place of row.places) {
        if (place.offset < next || place.offset > head) continue
        bytes += rawBytes(row.frames, place)
        if (found.length > 0 && (bytes > limit.bytes || found.length >= limit.entries)) return found
        this.#reportMissing(next, place.offset)
        const entry = this.#entry(row, place)
        if (entry !== undefined) found.push(entry)
        next = place.offset + 1
      }
      this.#reportMissing(next, Math.min(row.last, head) + 1)
      next = row.last + 1
      await nextTurn()
    }
    return found
  }

  /** First offset of the row that holds `offset`, or of the next one. */
  rowOf(offset: number): number | undefined {
    const holding = this.#holding.get(offset)
    if (holding !== undefined && Number(holding['last']) >= offset) return Number(holding['first'])
    return this.rowAfter(offset)
  }

  rowAfter(first: number): number | undefined {
    const row = this.#following.get(first)
    return row === undefined ? undefined : Number(row['first'])
  }

  /** Every readable entry of a row. */
  entriesOfRow(first: number): LogEntry[] {
    const row = this.#load(first, first)
    return row.places.flatMap((place) => this.#entry(row, place) ?? [])
  }

  /** To be called when rows have changed. */
  forget(): void {
    this.#row = undefined
  }

  close(): void {
    this.#db.close()
  }

  #rowAt(offset: number, head: number): Row | undefined {
    if (this.#row !== undefined && this.#row.first <= offset && offset <= this.#row.last)
      return this.#row
    const key = this.#keyAt(offset) ?? this.#keyBeyondDamage(offset, head)
    if (key === 'none') return undefined
    this.#row = this.#load(key.first, key.last)
    return this.#row
  }

  #load(first: number, last: number): Row {
    const blob = this.#tolerant(() => this.#frames.get(first)?.['frames'] as Uint8Array | undefined)
    const frames =
      blob === undefined ? Buffer.alloc(0) : Buffer.from(blob.buffer, blob.byteOffset, blob.length)
    return { first, last, frames, places: findFrames(frames) }
  }

  /** Key of the row that holds `offset` or follows it; undefined when the index is damaged there. */
  #keyAt(offset: number): RowKey | 'none' | undefined {
    return this.#tolerant(() => {
      const holding = this.#holding.get(offset)
      if (holding !== undefined && Number(holding['last']) >= offset) return keyOf(holding)
      const following = this.#following.get(offset)
      return following === undefined ? 'none' : keyOf(following)
    })
  }

  /** The nearest row after a damaged place of the index: ever longer steps, then halving. */
  #keyBeyondDamage(offset: number, head: number): RowKey | 'none' {
    let bad = offset
    let good = offset + 1
    let found = this.#keyAt(good)
    for (let step = 1; found === undefined && good <= head; step *= 2) {
      bad = good
      good += step
      found = this.#keyAt(good)
    }
    while (found !== undefined && good - bad > 1) {
      const middle = Math.floor((bad + good) / 2)
      const nearer = this.#keyAt(middle)
      if (nearer === undefined) bad = middle
      else [good, found] = [middle, nearer]
    }
    return found ?? 'none'
  }

  /** undefined instead of an error when the file is damaged. */
  #tolerant<Result>(read: () => Result): Result | undefined {
    try {
      return read()
    } catch (error) {
      if (sqliteErrorCode(error) === 'STORE_CORRUPT') return undefined
      throw error
    }
  }

  #entry(row: Row, place: FramePlace): LogEntry | undefined {
    const entry = readFrame(row.frames, place)
    if (entry === undefined) this.#onCorrupt(place.offset, 'its bytes do not match their checksum')
    return entry
  }

  #reportMissing(from: number, to: number): void {
    for (let offset = from; offset < to; offset++) {
      this.#onCorrupt(offset, 'its place in the file is damaged')
    }
  }
}

function keyOf(row: Record<string, unknown>): RowKey {
  return { first: Number(row['first']), last: Number(row['last']) }
}
