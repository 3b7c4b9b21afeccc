import type { MadeDecision } from '../decisions/index.ts'
import type { EventLog } from '../store/index.ts'
import type { ReadableEntry } from './entry.ts'

/** Decisions of so long are one entry of the log and one sync of the disk; nobody waits for it. */
const FLUSH_MS = 50
const RETRY_MS = 1_000
const RECORDS_AN_ENTRY = 500
/** Records that may wait while the disk is not taking any; beyond it the oldest are let go and counted. */
const RECORDS_WAITING = 50_000

const utf8 = new TextEncoder()

/** What is recorded of a decision. */
type Recorded = Pick<MadeDecision, 'record' | 'numbers'>

/** A record that waits, with its JSON: hundreds at once would keep decisions waiting for milliseconds. */
interface Waiting extends Recorded {
  readonly json: string
}

/** Takes decisions into the event log, many at a time; a decision's answer does not wait for it. */
export class DecisionLog {
  readonly #log: EventLog
  readonly #offer: (entry: ReadableEntry, bytes: number) => void
  readonly #onTrouble: (error: unknown) => void
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #lost = 0
  #closed = false

  constructor(
    log: EventLog,
    offer: (entry: ReadableEntry, bytes: number) => void,
    onTrouble: (error: unknown) => void,
  ) {
    this.#log = log
    this.#offer = offer
    this.#onTrouble = onTrouble
  }

  /** Decisions that were let go because the disk refused them for too long. */
  get lost(): number {
    return this.#lost
  }

  /** A decision that was under way when the log was closed is lost, and counted. */
  add({ record, numbers }: Recorded): void {
    if (this.#closed) {
      this.#lost++
      return
    }
    this.#waiting.push({ record, numbers, json: JSON.stringify(record) })
    if (this.#waiting.length > RECORDS_WAITING) {
      this.#waiting.shift()
      this.#lost++
    }
    this.#timer ??= setTimeout(() => this.#start(), FLUSH_MS)
  }

  /** Writes what waits now; what the disk refuses goes on waiting. */
  async flush(): Promise<void> {
    await this.#writing
    this.#start()
    await this.#writing
  }

  /** Writes what waits; what the disk refuses now is lost. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
    clearTimeout(this.#timer)
    this.#lost += this.#waiting.length
    this.#waiting = []
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
      if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#start(), FLUSH_MS)
    })
  }

  /** Entry after entry until all is written that waits now: what comes meanwhile waits for more to come. */
  async #writeAll(): Promise<void> {
    const now = this.#waiting.length
    for (let written = 0; written < now && this.#waiting.length > 0; written += RECORDS_AN_ENTRY) {
      const some = this.#waiting.splice(0, Math.min(now - written, RECORDS_AN_ENTRY))
      try {
        await this.#write(some)
      } catch (error) {
        this.#onTrouble(error)
        this.#waiting = [...some, ...this.#waiting]
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.#start(), RETRY_MS)
        return
      }
    }
  }

  async #write(some: readonly Waiting[]): Promise<void> {
    const records = some.map(({ record }) => record)
    const receivedAt = records.at(-1)?.at ?? 0
    const count = records.length
    const bytes = utf8.encode(`{"decisions":[${some.map(({ json }) => json).join(',')}]}`)
    const size = bytes.length
    const offset = await this.#log.append({ kind: 'decisions', receivedAt, count, bytes })
    const numbers = some.map((made) => made.numbers)
    this.#offer(
      { offset, receivedAt, count, content: { kind: 'decisions', records, numbers } },
      size,
    )
  }
}
