import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { storeErrors } from '../../errors.ts'
import type { OutboxEntry, StateRow, StateStore, StateTransaction } from '../../stateStore.ts'
import { BufferPool } from '../bufferPool.ts'
import { WorkerLink } from '../workerLink.ts'
import { openReader } from './database.ts'
import { packPuts } from './statePack.ts'
import type { CommitAnswer, StateRequest } from './stateWorker.ts'

const READ_CACHE_BYTES = 16 << 20

/**
 * The state in `state.db` of a directory; one process at a time.
 * Reads run at once on the caller's thread, writes and checkpoints in a thread of their own.
 * @throws STORE_DISK_FULL, STORE_CORRUPT, STORE_IO
 */
export async function openSqliteState(directory: string): Promise<StateStore> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'state.db')
  const link = new WorkerLink<StateRequest>(new URL('./stateWorker.ts', import.meta.url), { file })
  try {
    await link.request({ ask: 'open' })
    return new SqliteState(link, openReader(file, READ_CACHE_BYTES))
  } catch (error) {
    await link.terminate()
    throw error
  }
}

class SqliteState implements StateStore {
  readonly #link: WorkerLink<StateRequest>
  readonly #db: DatabaseSync
  readonly #statements: ReturnType<typeof prepareAll>
  readonly #pool = new BufferPool()
  readonly #codes = new Map<string, number>()
  #closed: Promise<void> | undefined

  constructor(link: WorkerLink<StateRequest>, db: DatabaseSync) {
    this.#link = link
    this.#db = db
    this.#statements = prepareAll(db)
  }

  async get(kind: string, id: string): Promise<Uint8Array | undefined> {
    const code = this.#code(kind)
    return code === undefined ? undefined : this.#value(code, id)
  }

  async getMany(
    kind: string,
    ids: readonly string[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const code = this.#code(kind)
    if (code === undefined) return ids.map(() => undefined)
    const [only] = ids
    if (only !== undefined && ids.length === 1) return [this.#value(code, only)]
    return this.#inSnapshot(() => ids.map((id) => this.#value(code, id)))
  }

  async scan(kind: string, after: string, limit: number): Promise<readonly StateRow[]> {
    const code = this.#code(kind)
    if (code === undefined) return []
    return this.#statements.scan.all(code, after, limit) as unknown as StateRow[]
  }

  async count(kind: string): Promise<number> {
    this.#refuseWhenClosed()
    return Number(this.#statements.kind.get(kind)?.['rows'] ?? 0)
  }

  async commit(transaction: StateTransaction): Promise<readonly number[]> {
    this.#refuseWhenClosed()
    const puts = packPuts(transaction.puts, (bytes) => this.#pool.take(bytes))
    const answer = await this.#link.request<CommitAnswer>(
      { ask: 'commit', commit: { ...transaction, puts } },
      [puts.bytes],
    )
    this.#pool.giveBack(answer.bytes)
    return answer.outbox
  }

  async offset(group: string): Promise<number> {
    this.#refuseWhenClosed()
    return Number(this.#statements.offset.get(group)?.['offset'] ?? 0)
  }

  async outbox(topic: string, limit: number, after = 0): Promise<readonly OutboxEntry[]> {
    this.#refuseWhenClosed()
    return this.#statements.outbox.all(topic, after, limit) as unknown as OutboxEntry[]
  }

  async lease(name: string, holder: string, now: number, ttl: number): Promise<number | undefined> {
    this.#refuseWhenClosed()
    return this.#link.request<number | undefined>({ ask: 'lease', name, holder, now, ttl })
  }

  async scrub(): Promise<void> {
    this.#refuseWhenClosed()
    await this.#link.request({ ask: 'scrub' })
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain()
    return this.#closed
  }

  async #drain(): Promise<void> {
    this.#db.close()
    await this.#link.request({ ask: 'close' })
    await this.#link.terminate()
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw storeErrors.STORE_CLOSED()
  }

  #code(kind: string): number | undefined {
    this.#refuseWhenClosed()
    const known = this.#codes.get(kind)
    if (known !== undefined) return known
    const row = this.#statements.kind.get(kind)
    if (row === undefined) return undefined
    this.#codes.set(kind, Number(row['code']))
    return Number(row['code'])
  }

  #value(code: number, id: string): Uint8Array | undefined {
    return this.#statements.get.get(code, id)?.['value'] as Uint8Array | undefined
  }

  /** One snapshot for many reads: they agree with each other and share the cost of beginning. */
  #inSnapshot<Result>(read: () => Result): Result {
    this.#db.exec('BEGIN')
    try {
      return read()
    } finally {
      this.#db.exec('COMMIT')
    }
  }
}

function prepareAll(db: DatabaseSync) {
  return {
    get: db.prepare('SELECT value FROM state WHERE kind = ? AND id = ?'),
    scan: db.prepare('SELECT id, value FROM state WHERE kind = ? AND id > ? ORDER BY id LIMIT ?'),
    kind: db.prepare('SELECT code, rows FROM kinds WHERE name = ?'),
    offset: db.prepare('SELECT offset FROM offsets WHERE consumer = ?'),
    outbox: db.prepare(
      'SELECT id, bytes FROM outbox WHERE topic = ? AND id > ? ORDER BY id LIMIT ?',
    ),
  } satisfies Readonly<Record<string, StatementSync>>
}
