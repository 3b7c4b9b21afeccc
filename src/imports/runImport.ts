import { AttuneError, type Clock, type JsonObject, systemClock } from '../base/index.ts'
import type { ImportProgress } from './progress.ts'
import type { ImportBatch, ImportPosition, ImportSource, RejectedRow } from './source.ts'

/** A row that the receiver did not take, by its place in the slice. */
export interface RefusedRow {
  readonly index: number
  readonly code: string
  readonly reason: string
}

/** What the receiver says about a slice; nothing means that it took all. */
export interface SinkAnswer {
  /** Rows not taken, to be written to the dead letters of the import. */
  readonly refused?: readonly RefusedRow[]
}

/** Where an import goes. A slice is stored when the promise resolves. */
export interface ImportSink {
  /** `body`: a Segment batch, `{"batch":[…]}`, of `count` messages. */
  messages(slice: { readonly body: Uint8Array; readonly count: number }): Promise<SinkAnswer | void>
  items(slice: { readonly items: readonly JsonObject[] }): Promise<SinkAnswer | void>
}

/** How far an import is; plain JSON. */
export interface ImportCheckpoint {
  readonly fingerprint: string
  readonly position: ImportPosition
  readonly rows: number
  readonly messages: number
  readonly items: number
  readonly rejected: number
  readonly bytesDone: number
}

export interface ImportRunOptions {
  readonly checkpoint?: {
    load(): Promise<ImportCheckpoint | undefined>
    save(checkpoint: ImportCheckpoint): Promise<void>
  }
  readonly onProgress?: (progress: ImportProgress) => void
  /** Receives rows that were not used, in the order of the file. */
  readonly deadLetter?: (rows: readonly RejectedRow[]) => Promise<void>
  /** Stops after the slice under way; the checkpoint stays. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Waits before a slice that was refused for lack of room is sent again. */
  readonly pause?: (ms: number) => Promise<void>
}

export interface ImportSummary extends ImportCheckpoint {
  /** Rows that an earlier run had done. */
  readonly resumedAtRow: number
  /** false: stopped by the signal. */
  readonly finished: boolean
  readonly elapsedMs: number
}

const SLICE_MESSAGES = 500
const SLICE_CHARS = 2_000_000
const TOO_MANY_REQUESTS = 429
const MOST_ATTEMPTS = 200

const utf8 = new TextEncoder()

/**
 * Imports a source: reads it batch by batch, hands slices of at most 500 messages to the sink one after the other, and
 * notes how far it is after each batch. A second run goes on there; what it sends twice carries the same
 * message ids. A checkpoint of other contents is not used.
 * @throws whatever the source or the sink throws; the checkpoint then stands at the last stored batch
 */
export async function runImport(
  source: ImportSource,
  sink: ImportSink,
  options: ImportRunOptions = {},
): Promise<ImportSummary> {
  const saved = await options.checkpoint?.load()
  const run = new ImportRun(source, sink, options, saved)
  return run.run()
}

class ImportRun {
  readonly #source: ImportSource
  readonly #sink: ImportSink
  readonly #options: ImportRunOptions
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #resumed: ImportCheckpoint | undefined
  #done: ImportCheckpoint

  constructor(
    source: ImportSource,
    sink: ImportSink,
    options: ImportRunOptions,
    saved: ImportCheckpoint | undefined,
  ) {
    this.#source = source
    this.#sink = sink
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#startedAt = this.#clock.now()
    this.#resumed = saved?.fingerprint === source.fingerprint ? saved : undefined
    this.#done = this.#resumed ?? {
      fingerprint: source.fingerprint,
      position: { part: 0, byte: 0, line: 1 },
      rows: 0,
      messages: 0,
      items: 0,
      rejected: 0,
      bytesDone: 0,
    }
  }

  async run(): Promise<ImportSummary> {
    const { signal } = this.#options
    this.#report()
    for await (const batch of this.#source.read(this.#resumed?.position)) {
      if (signal?.aborted === true) return this.#summary(false)
      const items = await this.#sendItems(batch)
      await this.#finishBatch(batch, items, await this.#sendMessages(batch))
    }
    return this.#summary(true)
  }

  async #finishBatch(
    batch: ImportBatch,
    refusedItems: readonly RejectedRow[],
    refusedMessages: readonly RejectedRow[],
  ): Promise<void> {
    const bad = [...batch.rejected, ...refusedItems, ...refusedMessages].sort(
      (a, b) => a.line - b.line,
    )
    if (bad.length > 0) await this.#options.deadLetter?.(bad)
    const done = this.#done
    this.#done = {
      ...done,
      position: batch.position,
      rows: done.rows + batch.rows,
      messages: done.messages + batch.messages.length - refusedMessages.length,
      items: done.items + batch.items.length - refusedItems.length,
      rejected: done.rejected + bad.length,
      bytesDone: batch.bytesDone,
    }
    await this.#options.checkpoint?.save(this.#done)
    this.#report()
  }

  async #sendItems(batch: ImportBatch): Promise<RejectedRow[]> {
    const refused: RejectedRow[] = []
    for (let at = 0; at < batch.items.length; at += SLICE_MESSAGES) {
      const items = batch.items.slice(at, at + SLICE_MESSAGES)
      const answer = await this.#send(() => this.#sink.items({ items }))
      refused.push(...asRejected(batch.file, batch.itemLines.slice(at), answer))
    }
    return refused
  }

  async #sendMessages(batch: ImportBatch): Promise<RejectedRow[]> {
    const refused: RejectedRow[] = []
    for (const { start, end } of slices(batch.messages)) {
      const messages = batch.messages.slice(start, end)
      const body = utf8.encode(`{"batch":[${messages.join(',')}]}`)
      const answer = await this.#send(() => this.#sink.messages({ body, count: end - start }))
      refused.push(...asRejected(batch.file, batch.messageLines.slice(start), answer))
    }
    return refused
  }

  /** Sends until there is room. Slices go one after the other, so that a person's events keep their order. */
  async #send(send: () => Promise<SinkAnswer | void>): Promise<SinkAnswer | void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send()
      } catch (error) {
        const isFull = error instanceof AttuneError && error.status === TOO_MANY_REQUESTS
        if (!isFull || attempt >= MOST_ATTEMPTS) throw error
        await (this.#options.pause ?? waitFor)(Math.min(1_000, 20 * attempt))
      }
    }
  }

  #report(): void {
    const { rows, messages, items, rejected, bytesDone } = this.#done
    this.#options.onProgress?.({
      title: this.#source.title,
      rows,
      messages,
      items,
      rejected,
      bytesDone,
      totalBytes: this.#source.totalBytes,
      startRows: this.#resumed?.rows ?? 0,
      startBytes: this.#resumed?.bytesDone ?? 0,
      elapsedMs: this.#clock.now() - this.#startedAt,
    })
  }

  #summary(finished: boolean): ImportSummary {
    return {
      ...this.#done,
      resumedAtRow: this.#resumed?.rows ?? 0,
      finished,
      elapsedMs: this.#clock.now() - this.#startedAt,
    }
  }
}

function asRejected(
  file: string,
  lines: readonly number[],
  answer: SinkAnswer | void,
): RejectedRow[] {
  return (answer?.refused ?? []).map(({ index, code, reason }) => ({
    file,
    line: lines[index] ?? 0,
    code,
    reason,
  }))
}

/** Cuts messages into slices by number and size. */
function slices(messages: readonly string[]): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  let start = 0
  let chars = 0
  for (const [place, text] of messages.entries()) {
    const isFull = place - start >= SLICE_MESSAGES || chars + text.length > SLICE_CHARS
    if (isFull && place > start) {
      found.push({ start, end: place })
      start = place
      chars = 0
    }
    chars += text.length
  }
  if (start < messages.length) found.push({ start, end: messages.length })
  return found
}

async function waitFor(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
