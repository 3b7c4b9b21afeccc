import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Json, systemClock } from '../../../base/index.ts'
import { encodeAnalyticsRows } from '../../analyticsBatch.ts'
import type {
  AnalyticsFile,
  AnalyticsRow,
  AnalyticsStore,
  InteractionColumns,
  InteractionQuery,
  TimeRange,
} from '../../analyticsStore.ts'
import { storeErrors } from '../../errors.ts'
import { WorkerLink } from '../workerLink.ts'
import type { AnalyticsSettings } from './analyticsEngine.ts'
import type { AnalyticsRequest } from './analyticsWorker.ts'
import { OpenPart } from './openPart.ts'

export interface DuckdbAnalyticsOptions {
  /** DuckDB's memory limit. Default 192MB. */
  readonly memory?: string
  /** DuckDB's threads. Default 2. */
  readonly threads?: number
  /** The thread ends after this long without a request, and starts again with the next. Default 2 minutes. */
  readonly idleMs?: number
  /** Tells how old open rows are; they are sealed after an hour. */
  readonly clock?: Clock
}

const IDLE_MS = 120_000
const SCRIPT = new URL('./analyticsWorker.ts', import.meta.url)
/** A batch of 10,000 rows is a few megabytes of values; without a bound the heap grows far beyond that. */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 192 }

/**
 * Analytics in `analytics.db` (rows of the last hour at most) and `parquet/` of a directory, queried by DuckDB.
 * An idle store has no thread and no DuckDB: both start with the first request.
 * @throws STORE_DISK_FULL, STORE_CORRUPT, STORE_IO
 */
export async function openDuckdbAnalytics(
  directory: string,
  options: DuckdbAnalyticsOptions = {},
): Promise<AnalyticsStore> {
  await mkdir(directory, { recursive: true })
  const open = new OpenPart(join(directory, 'analytics.db'))
  const through = open.through()
  open.close()
  return new DuckdbAnalytics(directory, options, through)
}

class DuckdbAnalytics implements AnalyticsStore {
  readonly #settings: AnalyticsSettings
  readonly #idleMs: number
  readonly #clock: Clock
  #link: WorkerLink<AnalyticsRequest> | undefined
  #idle: NodeJS.Timeout | undefined
  #underWay = 0
  #ending = Promise.resolve()
  #through: number
  #closed: Promise<void> | undefined

  constructor(directory: string, options: DuckdbAnalyticsOptions, through: number) {
    this.#settings = {
      directory,
      memory: options.memory ?? '192MB',
      threads: options.threads ?? 2,
    }
    this.#idleMs = options.idleMs ?? IDLE_MS
    this.#clock = options.clock ?? systemClock
    this.#through = through
  }

  async append(rows: readonly AnalyticsRow[] | Uint8Array, through: number): Promise<void> {
    const bytes = rows instanceof Uint8Array ? rows : encodeAnalyticsRows(rows)
    await this.#ask({ ask: 'append', bytes, through, now: this.#clock.now() })
    this.#through = Math.max(this.#through, through)
  }

  async through(): Promise<number> {
    return this.#through
  }

  async seal(): Promise<void> {
    await this.#ask({ ask: 'seal' })
  }

  query(
    name: string,
    parameters: Readonly<Record<string, Json>>,
  ): Promise<readonly Record<string, Json>[]> {
    return this.#ask({ ask: 'query', name, parameters })
  }

  interactions(query: InteractionQuery): Promise<InteractionColumns> {
    return this.#ask({ ask: 'interactions', query })
  }

  manifest(range: TimeRange): Promise<readonly AnalyticsFile[]> {
    return this.#ask({ ask: 'manifest', range })
  }

  eraseSubjects(pids: readonly string[]): Promise<number> {
    return this.#ask({ ask: 'erase', pids })
  }

  close(): Promise<void> {
    this.#closed ??= this.#release()
    return this.#closed
  }

  async #ask<Result>(request: AnalyticsRequest): Promise<Result> {
    if (this.#closed !== undefined) throw storeErrors.STORE_CLOSED()
    clearTimeout(this.#idle)
    this.#underWay++
    try {
      await this.#ending
      if (this.#link?.hasEnded === true) this.#link = undefined
      this.#link ??= new WorkerLink(SCRIPT, this.#settings, HEAP)
      return await this.#link.request<Result>(request)
    } finally {
      if (--this.#underWay === 0 && this.#closed === undefined) {
        this.#idle = setTimeout(() => this.#rest(), this.#idleMs).unref()
      }
    }
  }

  /** Everything is on disk before it is acknowledged, so a thread that cannot end in order loses nothing. */
  #rest(): void {
    this.#release().catch(() => {})
  }

  /** Ends the thread, after the requests it was given before; the next thread waits for that. */
  #release(): Promise<void> {
    clearTimeout(this.#idle)
    const link = this.#link
    this.#link = undefined
    if (link === undefined || link.hasEnded) return this.#ending
    const ended = endThread(link)
    this.#ending = ended.catch(() => {})
    return ended
  }
}

async function endThread(link: WorkerLink<AnalyticsRequest>): Promise<void> {
  try {
    await link.request({ ask: 'close' })
  } finally {
    await link.terminate()
  }
}
