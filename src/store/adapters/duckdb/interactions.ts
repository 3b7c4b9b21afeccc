import type { AnalyticsFile, InteractionColumns, InteractionQuery } from '../../analyticsStore.ts'
import { PersonOrder } from './personOrder.ts'
import type { DuckdbSession } from './session.ts'

/** The time from which rows are read, so that there are at most `most`. */
export function startOf(
  { from = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: InteractionQuery,
  files: readonly AnalyticsFile[],
  openRows: number,
): number {
  let rows = openRows
  let start = from
  for (const file of files.toSorted((a, b) => b.to - a.to)) {
    rows += file.rows
    if (rows > most) start = Math.max(start, file.to + 1)
  }
  return start
}

/**
 * Reads the columns of `events`, each row in one of two passes: with a value where it matters, which costs a fifth more.
 * Texts come as DuckDB's 64-bit hashes, which it makes for each word of a file's dictionary once: bringing the pids of 10
 * million rows over as texts takes 1.5 s, a CASE over the actions 0.8 s, both hashes 0.3 s. Among a million people two share
 * a hash with a probability of 3e-8.
 * @param most rows that there can be
 */
export async function readInteractions(
  session: DuckdbSession,
  { actions, valued = actions }: InteractionQuery,
  from: number,
  most: number,
): Promise<InteractionColumns> {
  const columns = new Columns(most, await placesOf(session, actions))
  const since = Number.isFinite(from) ? `AND time >= ${from}` : ''
  const wanted = (some: readonly string[]): string =>
    `item_number IS NOT NULL AND action IN (${wordsOf(some)}) ${since}`
  const plain = actions.filter((action) => !valued.includes(action))
  for (const [some, value] of [
    [plain, ''],
    [actions.filter((action) => valued.includes(action)), VALUE],
  ] as const) {
    if (some.length === 0) continue
    await session.eachChunk(
      `SELECT hash(pid), item_number::UINTEGER, hash(action), time::DOUBLE ${value}
       FROM events WHERE ${wanted(some)} AND trains = 1`,
      (rows, views) => columns.add(rows, views),
    )
  }
  if (actions.length === 0) return columns.take(0)
  const [left] = await session.rows(
    `SELECT count(*) AS n FROM events WHERE ${wanted(actions)} AND coalesce(trains, 0) <> 1`,
  )
  return columns.take(Number(left?.['n']))
}

/** Any finite number may have been sent; the column has single precision. */
const VALUE = ', greatest(-1e30, least(1e30, coalesce(value, 1)))::FLOAT'

function wordsOf(texts: readonly string[]): string {
  return texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')
}

async function placesOf(session: DuckdbSession, words: readonly string[]): Promise<WordPlaces> {
  const hashes = new BigUint64Array(words.length)
  let at = 0
  await session.eachChunk(
    `SELECT hash(unnest([${wordsOf(words)}]::VARCHAR[]))`,
    (rows, [column]) => {
      if (column instanceof BigUint64Array) hashes.set(column.subarray(0, rows), at)
      at += rows
    },
  )
  return new WordPlaces(hashes)
}

/** The place of a word in a short list, by the low half of its hash. */
class WordPlaces {
  readonly #halves: Uint32Array
  readonly #first = new Uint8Array(256).fill(255)

  constructor(hashes: BigUint64Array) {
    this.#halves = new Uint32Array(hashes.buffer).filter((_, k) => k % 2 === 0)
    for (const [place, half] of this.#halves.entries()) {
      if (this.#first[half & 255] === 255) this.#first[half & 255] = place
    }
  }

  /** Writes the place of each of the first `rows` hashes of a column into `into` from `at` on. */
  placeAll(column: ArrayBufferView, rows: number, into: Uint8Array, at: number): void {
    const halves = new Uint32Array(column.buffer, column.byteOffset, 2 * rows)
    const known = this.#halves
    for (let r = 0; r < rows; r++) {
      const half = halves[2 * r] as number
      let place = this.#first[half & 255] as number
      while (known[place] !== half) place++
      into[at + r] = place
    }
  }
}

/** Columns that fill up; memory that is never written to is never taken from the system. */
class Columns {
  readonly #pid: BigUint64Array
  readonly #item: Uint32Array
  readonly #action: Uint8Array
  /** Rows without one come first. */
  #value: Float32Array | undefined
  readonly #time: Float64Array
  readonly #actions: WordPlaces
  #rows = 0

  constructor(most: number, actions: WordPlaces) {
    this.#actions = actions
    this.#pid = new BigUint64Array(most)
    this.#item = new Uint32Array(most)
    this.#action = new Uint8Array(most)
    this.#time = new Float64Array(most)
  }

  add(rows: number, [pid, item, action, time, value]: readonly ArrayBufferView[]): void {
    const at = this.#rows
    if (pid instanceof BigUint64Array) this.#pid.set(pid.subarray(0, rows), at)
    if (item instanceof Uint32Array) this.#item.set(item.subarray(0, rows), at)
    if (action !== undefined) this.#actions.placeAll(action, rows, this.#action, at)
    if (value instanceof Float32Array) {
      // Rows before it have none; where no row has one, the column is left alone.
      this.#value ??= new Float32Array(this.#item.length).fill(1, 0, at)
      this.#value.set(value.subarray(0, rows), at)
    }
    if (time instanceof Float64Array) this.#time.set(time.subarray(0, rows), at)
    this.#rows = at + rows
  }

  take(refused: number): InteractionColumns {
    const rows = this.#rows
    const order = new PersonOrder(this.#pid, rows)
    return {
      rows,
      people: order.people,
      person: order.person,
      item: order.uint32(this.#item),
      action: order.uint8(this.#action),
      value: this.#value ? order.float32(this.#value) : ones(rows),
      time: order.float64(this.#time),
      refused,
    }
  }
}

function ones(rows: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * rows)).fill(1)
}
