import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { storeErrors } from '../../errors.ts'
import type { StatePut, StateTransaction } from '../../stateStore.ts'
import { type ConnectionSettings, inTransaction, openWriter } from './database.ts'
import { type PackedPuts, unpackPuts } from './statePack.ts'
import { STATE_SCHEMA } from './stateSchema.ts'
import { WriteAheadLog } from './writeAheadLog.ts'

/**
 * Rows are about 600 bytes and change at random: half the page writes half as much (see DESIGN.md).
 * Other stores remember outbox ids durably, so a commit that gave ids away must not vanish: FULL.
 */
const SETTINGS: ConnectionSettings = {
  cacheBytes: 32 << 20,
  pageBytes: 2048,
}
const WAL_LIMIT_BYTES = 64 << 20

/** A commit as it travels: the puts packed, the rest as it is. */
export type PackedCommit = Omit<StateTransaction, 'puts'> & { readonly puts: PackedPuts }

interface Kind {
  readonly code: number
  /** Rows more or less since the transaction began. */
  added: number
}

/** The writing half of the state; lives in its own thread. */
export class StateWriter {
  readonly ahead: WriteAheadLog
  readonly #db: DatabaseSync
  readonly #statements: ReturnType<typeof prepareAll>
  #kinds = new Map<string, Kind>()

  constructor(file: string) {
    this.#db = openWriter(file, SETTINGS)
    this.ahead = new WriteAheadLog(this.#db, file, WAL_LIMIT_BYTES)
    this.#db.exec(STATE_SCHEMA)
    this.#statements = prepareAll(this.#db)
  }

  /**
   * All of it or nothing.
   * @returns ids of the outbox entries
   * @throws STORE_CONFLICT, SQLite errors
   */
  commit(commit: PackedCommit): number[] {
    try {
      return inTransaction(this.#db, () => {
        unpackPuts(commit.puts, (put) => this.#put(put))
        this.#countRows()
        for (const [consumer, offset] of Object.entries(commit.offsets ?? {})) {
          this.#statements.setOffset.run(consumer, offset)
        }
        for (const done of commit.outboxDone ?? []) {
          this.#statements.dropOutbox.run(done.topic, done.upTo)
        }
        return (commit.outbox ?? []).map(({ topic, bytes }) =>
          Number(this.#statements.addOutbox.run(topic, bytes).lastInsertRowid),
        )
      })
    } catch (error) {
      this.#kinds = new Map()
      throw error
    }
  }

  /** See StateStore.lease. */
  lease(name: string, holder: string, now: number, ttl: number): number | undefined {
    return inTransaction(this.#db, () => {
      const held = this.#statements.getLease.get(name)
      const others = held !== undefined && held['holder'] !== holder
      if (others && Number(held['expires']) > now) return undefined
      const epoch = Number(held?.['epoch'] ?? 0) + (held === undefined || others ? 1 : 0)
      this.#statements.setLease.run(name, holder, epoch, now + ttl)
      return epoch
    })
  }

  close(): void {
    this.ahead.checkpoint()
    this.#db.close()
  }

  #put({ kind: name, id, value, expected }: StatePut): void {
    const kind = this.#kind(name)
    if (expected !== undefined) this.#check(kind, id, expected.value)
    if (value === undefined) {
      kind.added -= Number(this.#statements.remove.run(kind.code, id).changes)
    } else if (this.#statements.update.run(value, kind.code, id).changes === 0) {
      this.#statements.insert.run(kind.code, id, value)
      kind.added++
    }
  }

  #check(kind: Kind, id: string, expected: Uint8Array | undefined): void {
    const value = this.#statements.get.get(kind.code, id)?.['value'] as Uint8Array | undefined
    const same =
      value === undefined || expected === undefined
        ? value === expected
        : Buffer.compare(value, expected) === 0
    if (!same) throw storeErrors.STORE_CONFLICT()
  }

  #kind(name: string): Kind {
    const known = this.#kinds.get(name)
    if (known !== undefined) return known
    this.#statements.addKind.run(name)
    const kind = { code: Number(this.#statements.getKind.get(name)?.['code']), added: 0 }
    this.#kinds.set(name, kind)
    return kind
  }

  #countRows(): void {
    for (const kind of this.#kinds.values()) {
      if (kind.added !== 0) this.#statements.countRows.run(kind.added, kind.code)
      kind.added = 0
    }
  }
}

function prepareAll(db: DatabaseSync) {
  return {
    get: db.prepare('SELECT value FROM state WHERE kind = ? AND id = ?'),
    update: db.prepare('UPDATE state SET value = ? WHERE kind = ? AND id = ?'),
    insert: db.prepare('INSERT INTO state (kind, id, value) VALUES (?, ?, ?)'),
    remove: db.prepare('DELETE FROM state WHERE kind = ? AND id = ?'),
    addKind: db.prepare('INSERT OR IGNORE INTO kinds (name, rows) VALUES (?, 0)'),
    getKind: db.prepare('SELECT code FROM kinds WHERE name = ?'),
    countRows: db.prepare('UPDATE kinds SET rows = rows + ? WHERE code = ?'),
    setOffset: db.prepare('INSERT OR REPLACE INTO offsets (consumer, offset) VALUES (?, ?)'),
    addOutbox: db.prepare('INSERT INTO outbox (topic, bytes) VALUES (?, ?)'),
    dropOutbox: db.prepare('DELETE FROM outbox WHERE topic = ? AND id <= ?'),
    getLease: db.prepare('SELECT holder, epoch, expires FROM leases WHERE name = ?'),
    setLease: db.prepare(
      'INSERT OR REPLACE INTO leases (name, holder, epoch, expires) VALUES (?, ?, ?, ?)',
    ),
  } satisfies Readonly<Record<string, StatementSync>>
}
