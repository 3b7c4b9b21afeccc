/** One change to one row. `value: undefined` deletes it. */
export interface StatePut {
  readonly kind: string
  readonly id: string
  readonly value: Uint8Array | undefined
  /** When given, the commit fails with STORE_CONFLICT unless the row holds exactly these bytes (undefined: no row). */
  readonly expected?: { readonly value: Uint8Array | undefined }
}

export interface OutboxEntry {
  readonly id: number
  readonly bytes: Uint8Array
}

/** A set of changes that becomes visible whole or not at all. */
export interface StateTransaction {
  readonly puts: readonly StatePut[]
  /** Consumer group → offset of the last log entry whose effects are in this transaction. */
  readonly offsets?: Readonly<Record<string, number>>
  /** Messages for other stores, written together with the effects that caused them. */
  readonly outbox?: readonly { readonly topic: string; readonly bytes: Uint8Array }[]
  /** Outbox entries of `topic` with id <= upTo are done and are removed. */
  readonly outboxDone?: readonly { readonly topic: string; readonly upTo: number }[]
}

export interface StateRow {
  readonly id: string
  readonly value: Uint8Array
}

/** Rows of bytes by (kind, id). The state of a person is reached by that person's key alone. */
export interface StateStore {
  get(kind: string, id: string): Promise<Uint8Array | undefined>
  /** Same order and length as `ids`, all from one moment. Cost: about 10 µs a row on the caller's thread. */
  getMany(kind: string, ids: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>
  /** Rows of a kind with id > after, ordered by the UTF-8 bytes of id, at most `limit`. */
  scan(kind: string, after: string, limit: number): Promise<readonly StateRow[]>
  count(kind: string): Promise<number>
  /**
   * Resolves when the changes are durable (they survive a kill and a power loss, whole) and visible to every reader of
   * this store. Cost: one sync of the disk, so gather changes into few commits.
   * @returns ids of the written outbox entries, in the order given; ids only grow and are never given twice
   * @throws STORE_CONFLICT, STORE_DISK_FULL, STORE_IO, STORE_CLOSED; nothing of a failed commit is visible
   */
  commit(transaction: StateTransaction): Promise<readonly number[]>
  /** Offset that a consumer group has committed; 0 before the first. */
  offset(group: string): Promise<number>
  /** Oldest outbox entries of a topic with id > after (0 when not given). */
  outbox(topic: string, limit: number, after?: number): Promise<readonly OutboxEntry[]>
  /**
   * Takes or renews a named lease until now + ttl.
   * @returns its epoch (grows at every change of holder), or undefined when somebody else holds it.
   */
  lease(name: string, holder: string, now: number, ttl: number): Promise<number | undefined>
  /** Makes deleted bytes disappear from the disk (checkpoint with truncation). */
  scrub(): Promise<void>
  close(): Promise<void>
}
