import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HOUR, type Json, workLaterIn } from '../../../base/index.ts'
import type {
  AnalyticsFile,
  InteractionColumns,
  InteractionQuery,
  TimeRange,
} from '../../analyticsStore.ts'
import { readInteractions, startOf } from './interactions.ts'
import { loadQueries, type NamedQuery, prepareQuery } from './namedQuery.ts'
import { OpenPart } from './openPart.ts'
import { ParquetPart } from './parquetPart.ts'
import { DuckdbSession } from './session.ts'

/** Rows beyond which the open part is sealed: a second to load into DuckDB, a megabyte or two on disk. */
const SEAL_ROWS = 200_000
/** From here on rows are loaded as they come, and those before them, so that sealing is not one long piece of work. */
const LOAD_ROWS = SEAL_ROWS / 2
const BATCHES_A_LOAD = 2
const SEAL_AGE_MS = HOUR
/** DuckDB works in Node's thread pool, and in threads that are started there and keep its name. */
const DUCKDB_THREADS = 'libuv-worker'

/** How the analytics thread is set up. */
export interface AnalyticsSettings {
  readonly directory: string
  readonly memory: string
  readonly threads: number
}

/** Everything behind the analytics port; lives in its own thread. DuckDB runs only while it is needed. */
export class AnalyticsEngine {
  readonly #settings: AnalyticsSettings
  readonly #open: OpenPart
  readonly #sealed: ParquetPart
  #queries: ReadonlyMap<string, NamedQuery> | undefined
  #session: DuckdbSession | undefined
  /** Highest outbox id in DuckDB's `open_rows`. */
  #mirrored = 0

  constructor(settings: AnalyticsSettings) {
    this.#settings = settings
    this.#open = new OpenPart(join(settings.directory, 'analytics.db'))
    this.#sealed = new ParquetPart(join(settings.directory, 'parquet'), this.#open)
  }

  append(bytes: Uint8Array, through: number, now: number): void {
    this.#open.append(bytes, through, now)
  }

  /** Whether the open part is large or old enough to be sealed, or so large that appends must wait for it. */
  urgency(now: number): 'none' | 'due' | 'overdue' {
    const { rows, since } = this.#open.waiting()
    if (rows >= 2 * SEAL_ROWS) return 'overdue'
    return rows >= SEAL_ROWS || (since !== undefined && now - since >= SEAL_AGE_MS) ? 'due' : 'none'
  }

  /** Whether rows are to be loaded by `load` before they are sealed. */
  get isFilling(): boolean {
    return this.#open.waiting().rows >= LOAD_ROWS
  }

  /** Loads some of the open rows into DuckDB. */
  async load(): Promise<void> {
    await this.#inSession((session) => this.#mirror(session, BATCHES_A_LOAD))
  }

  async seal(): Promise<void> {
    if (this.#open.waiting().rows === 0) return
    await this.#inSession(async (session) => {
      await this.#mirror(session)
      // Half as much at a time of what decisions share the processor with.
      await session.useThreads(1)
      await this.#sealed.seal(session, this.#mirrored)
      await session.useThreads(this.#settings.threads)
    })
  }

  async query(
    name: string,
    parameters: Readonly<Record<string, Json>>,
  ): Promise<Record<string, Json>[]> {
    this.#queries ??= loadQueries()
    const { sql, values } = prepareQuery(this.#queries, name, parameters)
    return this.#inSession(async (session) => {
      await this.#mirror(session)
      return session.rows(sql, values)
    })
  }

  async interactions(query: InteractionQuery): Promise<InteractionColumns> {
    const files = this.#open.files()
    const from = startOf(query, files, this.#open.waiting().rows)
    const rows = files.reduce((sum, file) => sum + file.rows, this.#open.waiting().rows)
    return this.#inSession(async (session) => {
      await this.#mirror(session)
      return readInteractions(session, query, from, rows)
    })
  }

  manifest(range: TimeRange): readonly AnalyticsFile[] {
    return this.#open.files(range)
  }

  /** @returns number of removed rows */
  async eraseSubjects(pids: readonly string[]): Promise<number> {
    const removed = this.#open.eraseSubjects(new Set(pids))
    this.release()
    if (this.#open.files().length === 0) return removed
    return this.#inSession(async (session) => {
      await session.run('CREATE OR REPLACE TEMP TABLE erased (pid VARCHAR)')
      for (const pid of pids) await session.rows('INSERT INTO erased VALUES ($pid)', { pid })
      return removed + (await this.#sealed.eraseSubjects(session))
    })
  }

  /** Ends DuckDB and gives its memory back; the next query starts it again. */
  release(): void {
    const session = this.#session
    this.#session = undefined
    this.#mirrored = 0
    session?.close()
  }

  close(): void {
    this.release()
    this.#open.close()
  }

  /** After a failure nobody knows what DuckDB holds: the next session is built anew from what is on disk. */
  async #inSession<Result>(work: (session: DuckdbSession) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.#start())
    } catch (error) {
      this.release()
      throw error
    }
  }

  /** Makes `open_rows` of DuckDB equal to the open part, or brings it nearer by so many batches. */
  async #mirror(session: DuckdbSession, most = Number.POSITIVE_INFINITY): Promise<void> {
    let left = most
    for (const batch of this.#open.batches(this.#mirrored)) {
      await session.append(batch)
      this.#mirrored = batch.through
      if (--left === 0) return
    }
  }

  async #start(): Promise<DuckdbSession> {
    if (this.#session !== undefined) return this.#session
    const spill = join(this.#settings.directory, 'spill')
    mkdirSync(spill, { recursive: true })
    this.#session = await DuckdbSession.start({ ...this.#settings, spill })
    await this.#sealed.defineView(this.#session)
    workLaterIn(DUCKDB_THREADS)
    return this.#session
  }
}
