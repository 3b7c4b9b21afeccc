import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { storeErrors } from '../../errors.ts'
import type { EventLog, LogEntry, NewEntry, ReadLimit } from '../../eventLog.ts'
import { WorkerLink } from '../workerLink.ts'
import { BufferPool } from '../bufferPool.ts'
import { bodyLength, FRAME_HEADER_BYTES, writeFrame } from './frame.ts'
import { LogReader, type OnCorrupt } from './logReader.ts'
import type { AppendAnswer, LogRequest, LogState } from './logWorker.ts'

export interface SqliteLogOptions {
  /** Called for every entry that a read had to leave out because its bytes are damaged. */
  readonly onCorrupt?: OnCorrupt
  /** Appends beyond this many waiting bytes are refused with STORE_BUSY. Default 64 MiB. */
  readonly maxPendingBytes?: number
}

/**
 * The event log in `log.db` of a directory; one process at a time.
 * Appends of one tick travel to a writing thread as one buffer; all that waits there commits with one fsync.
 * @throws STORE_DISK_FULL, STORE_CORRUPT, STORE_IO
 */
export async function openSqliteLog(
  directory: string,
  options: SqliteLogOptions = {},
): Promise<EventLog> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'log.db')
  const link = new WorkerLink<LogRequest>(new URL('./logWorker.ts', import.meta.url), { file })
  try {
    const ends = await link.request<LogState>({ ask: 'open' })
    return new SqliteLog(link, new LogReader(file, options.onCorrupt ?? (() => {})), ends, options)
  } catch (error) {
    await link.terminate()
    throw error
  }
}

interface WaitingAppend {
  readonly entry: NewEntry
  resolve(offset: number): void
  reject(reason: unknown): void
}

const MAX_PENDING_BYTES = 64 << 20

class SqliteLog implements EventLog {
  readonly #link: WorkerLink<LogRequest>
  readonly #reader: LogReader
  readonly #pool = new BufferPool()
  readonly #maxPendingBytes: number
  #head: number
  #tail: number
  #pendingBytes = 0
  #tick: WaitingAppend[] = []
  #tickBytes = 0
  #closed: Promise<void> | undefined

  constructor(
    link: WorkerLink<LogRequest>,
    reader: LogReader,
    ends: LogState,
    options: SqliteLogOptions,
  ) {
    this.#link = link
    this.#reader = reader
    this.#head = ends.head
    this.#tail = ends.tail
    this.#maxPendingBytes = options.maxPendingBytes ?? MAX_PENDING_BYTES
  }

  append(entry: NewEntry): Promise<number> {
    const bytes = bodyLength(entry) + FRAME_HEADER_BYTES
    if (this.#closed !== undefined) return Promise.reject(storeErrors.STORE_CLOSED())
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes > this.#maxPendingBytes) {
      return Promise.reject(storeErrors.STORE_BUSY())
    }
    this.#pendingBytes += bytes
    return new Promise((resolve, reject) => {
      if (this.#tick.length === 0) setImmediate(() => this.#send())
      this.#tickBytes += bytes
      this.#tick.push({ entry, resolve, reject })
    })
  }

  async read(from: number, limit: ReadLimit): Promise<readonly LogEntry[]> {
    this.#refuseWhenClosed()
    return this.#reader.read(Math.max(from, this.#tail), this.#head, limit)
  }

  head(): number {
    return this.#head
  }

  tail(): number {
    return this.#tail
  }

  pendingBytes(): number {
    return this.#pendingBytes
  }

  async trim(before: number): Promise<void> {
    this.#refuseWhenClosed()
    const ends = await this.#link.request<LogState>({ ask: 'trim', before })
    this.#tail = ends.tail
    this.#reader.forget()
  }

  async rewrite(rewrite: (entry: LogEntry) => Uint8Array | undefined): Promise<number> {
    this.#refuseWhenClosed()
    const head = this.#head
    let changed = 0
    for (let first = this.#reader.rowOf(this.#tail); first !== undefined;) {
      if (first > head) break
      changed += await this.#rewriteRow(first, rewrite)
      first = this.#reader.rowAfter(first)
    }
    await this.#link.request<LogState>({ ask: 'scrub' })
    return changed
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain()
    return this.#closed
  }

  async #drain(): Promise<void> {
    this.#send()
    await this.#link.request<LogState>({ ask: 'close' })
    this.#reader.close()
    await this.#link.terminate()
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw storeErrors.STORE_CLOSED()
  }

  /** Copies the appends of this tick into one buffer and hands it to the writing thread. */
  #send(): void {
    const group = this.#tick
    const length = this.#tickBytes
    if (group.length === 0) return
    this.#tick = []
    this.#tickBytes = 0
    const frames = Buffer.from(this.#pool.take(length))
    let at = 0
    for (const { entry } of group) at = writeFrame(frames, at, entry)
    void this.#settle(group, length, frames.buffer)
  }

  async #settle(group: WaitingAppend[], length: number, frames: ArrayBuffer): Promise<void> {
    try {
      const answer = await this.#link.request<AppendAnswer>({ ask: 'append', frames, length }, [
        frames,
      ])
      this.#pool.giveBack(answer.frames)
      this.#head = answer.first + group.length - 1
      group.forEach((append, i) => append.resolve(answer.first + i))
    } catch (error) {
      for (const append of group) append.reject(error)
    } finally {
      this.#pendingBytes -= length
    }
  }

  async #rewriteRow(
    first: number,
    rewrite: (entry: LogEntry) => Uint8Array | undefined,
  ): Promise<number> {
    const entries = this.#reader.entriesOfRow(first)
    let changed = 0
    const bodies = entries.map((entry) => {
      const bytes = rewrite(entry) ?? new Uint8Array(0)
      if (bytes !== entry.bytes && Buffer.compare(bytes, entry.bytes) !== 0) changed++
      return bytes
    })
    if (changed > 0) await this.#replaceRow(first, entries, bodies)
    return changed
  }

  async #replaceRow(
    first: number,
    entries: readonly LogEntry[],
    bodies: readonly Uint8Array[],
  ): Promise<void> {
    const size = bodies.reduce((sum, bytes) => sum + FRAME_HEADER_BYTES + bytes.length, 0)
    const frames = Buffer.alloc(size)
    let at = 0
    entries.forEach(({ kind, receivedAt, count }, i) => {
      at = writeFrame(frames, at, {
        kind,
        receivedAt,
        count,
        bytes: bodies[i] ?? new Uint8Array(0),
      })
    })
    const offsets = entries.map(({ offset }) => offset)
    await this.#link.request<LogState>({ ask: 'replace', first, frames, offsets })
    this.#reader.forget()
  }
}
