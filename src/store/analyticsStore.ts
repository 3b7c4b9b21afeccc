import type { Json } from '../base/index.ts'

/**
 * One event in columns. The list of columns is an allow-list: nothing here may identify a person
 * (no e-mail, phone, name, IP, free text). `pid` is a random-looking person number.
 */
export interface AnalyticsRow {
  readonly pid: string
  /** Milliseconds, corrected for clock skew. */
  readonly time: number
  readonly receivedAt: number
  /** track, page, screen, identify, group, alias, decision, exposure. */
  readonly type: string
  /** Event name; for decisions the placement id. */
  readonly event: string
  readonly item: string | null
  readonly value: number | null
  readonly quantity: number | null
  readonly order: string | null
  /** Decision that this event belongs to, carried or matched. */
  readonly decision: string | null
  readonly placement: string | null
  /** 1-based place in the shown list. */
  readonly position: number | null
  /** phone, tablet, desktop or null. */
  readonly device: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
  /** What the event says about the item: view, buy, …; null without an item. */
  readonly action: string | null
  /** The item's number in the catalogue. */
  readonly itemNumber: number | null
  /** 1 when models may learn from this event; else 0 or null. */
  readonly trains: number | null
}

/** Which events `interactions` reads. */
export interface InteractionQuery {
  /** Events with one of these actions, at most 255 of them. */
  readonly actions: readonly string[]
  /** Those whose values matter; the others come with 1. Absent: all. */
  readonly valued?: readonly string[]
  /** Only events at this time or later, milliseconds. */
  readonly from?: number
  /**
   * Rows that are read at the most, the newest ones: when there are more, `from` is moved so that no more are read.
   * Exact to one sealed file.
   */
  readonly most?: number
}

/**
 * Events on items as columns of numbers, in no promised order, in shared memory: handing them to a thread copies nothing.
 * People are numbered from 0 in an order that depends on the set of their pids alone.
 */
export interface InteractionColumns {
  readonly rows: number
  readonly people: number
  /** Rising: the rows of a person follow each other. */
  readonly person: Uint32Array
  /** Numbers of the catalogue. */
  readonly item: Uint32Array
  /** Place in the query's `actions`. */
  readonly action: Uint8Array
  /** 1 where the event said nothing or it does not matter. */
  readonly value: Float32Array
  /** Milliseconds. */
  readonly time: Float64Array
  /** Events of these actions that were left out because models may not learn from them. */
  readonly refused: number
}

/** Calendar part of the analytics files, [from, to) in milliseconds. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

export interface AnalyticsFile {
  readonly name: string
  readonly rows: number
  readonly from: number
  readonly to: number
  readonly bytes: number
}

/** Columns for analysis. At most seconds behind the log; rebuilt from it when lost. */
export interface AnalyticsStore {
  /**
   * Adds rows, or rows already encoded by `encodeAnalyticsRows`, to the open part; durable when it resolves.
   * `through` is the outbox id they came with; rows at or below a seen id are ignored.
   * Nothing of a refused append is kept; it may be sent again with the same id. Sealing goes on by itself, so that when
   * it has failed the next append is refused once with the reason; meanwhile rows stay in the open part.
   * @throws STORE_DISK_FULL, STORE_CORRUPT (encoded rows that cannot be read), STORE_IO, STORE_FAILED, STORE_CLOSED
   */
  append(rows: readonly AnalyticsRow[] | Uint8Array, through: number): Promise<void>
  /** Highest `through` that is durably stored; 0 at the start. */
  through(): Promise<number>
  /** Turns the open part into sealed Parquet files. */
  seal(): Promise<void>
  /**
   * Runs a named query with bound parameters, over open and sealed rows. Every adapter has:
   * events_by_name { from, to } · events_over_time { from, to, step } · top_items { from, to, event, limit } ·
   * decision_outcomes { from, to } · person_events { pid, limit }. Times are milliseconds, [from, to).
   * @throws STORE_UNKNOWN_QUERY, STORE_QUERY_PARAMETER
   */
  query(
    name: string,
    params: Readonly<Record<string, Json>>,
  ): Promise<readonly Record<string, Json>[]>
  /**
   * Reads what people did with items, for training, person by person. Cost: 0.2 to 0.3 µs of one core
   * a row on a busy machine; 21 bytes a row, and up to 40 more until it resolves.
   */
  interactions(query: InteractionQuery): Promise<InteractionColumns>
  /** Sealed files that may hold rows of the range, oldest first. */
  manifest(range: TimeRange): Promise<readonly AnalyticsFile[]>
  /**
   * Removes every row of these persons, from open and sealed parts, and its bytes from the disk.
   * @returns number of removed rows
   */
  eraseSubjects(pids: readonly string[]): Promise<number>
  close(): Promise<void>
}
