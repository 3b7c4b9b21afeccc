/** What an entry holds; the projector chooses its reader by it. */
export type EntryKind = 'messages' | 'items' | 'decisions' | 'command'

/** One accepted request body (or one batch of the engine's own events), not yet in the log. */
export interface NewEntry {
  readonly kind: EntryKind
  /** Server time of arrival, milliseconds. */
  readonly receivedAt: number
  /** Number of events inside, for counting; at least 1. */
  readonly count: number
  /** Bytes kept in front of `bytes` as part of the same body; spares the caller a copy of a large one. */
  readonly prefix?: Uint8Array
  /** The raw bytes. They must not change before `append` resolves; they stay readable. */
  readonly bytes: Uint8Array
}

export interface LogEntry extends NewEntry {
  /** Position in the log: 1, 2, 3 … without gaps at the time of writing. */
  readonly offset: number
}

export interface ReadLimit {
  readonly entries: number
  readonly bytes: number
}

/**
 * The one history. Everything else can be rebuilt from it.
 * Order of entries is the order of `append` calls.
 */
export interface EventLog {
  /**
   * Appends one entry; resolves with its offset once it is on disk (one fsync a commit group).
   * @throws STORE_DISK_FULL (503), STORE_BUSY (429: too many bytes wait), STORE_CLOSED: nothing of it is ever read back.
   * STORE_IO (503): the disk failed to sync, and whether the entry is kept shows only after a restart.
   */
  append(entry: NewEntry): Promise<number>
  /**
   * Entries with offset >= from, oldest first, at least one if there is one, otherwise within the limit.
   * A damaged entry is reported through `onCorrupt` and left out; an empty answer below head() means that all the rest
   * is damaged. Gives way to other work every quarter of a mebibyte.
   */
  read(from: number, limit: ReadLimit): Promise<readonly LogEntry[]>
  /** Offset of the newest durable entry, 0 when empty. */
  head(): number
  /** Offset of the oldest entry still kept; head() + 1 when empty. */
  tail(): number
  /** Bytes that wait for their commit; the server refuses new work (429) before this grows too large. */
  pendingBytes(): number
  /** Drops entries with offset < before. */
  trim(before: number): Promise<void>
  /**
   * Replaces the bytes of entries, for erasure: `rewrite` returns new bytes, the same bytes to keep, or
   * undefined to empty the entry. The old bytes are gone from the disk when the promise resolves.
   * @returns number of changed entries
   */
  rewrite(rewrite: (entry: LogEntry) => Uint8Array | undefined): Promise<number>
  close(): Promise<void>
}
