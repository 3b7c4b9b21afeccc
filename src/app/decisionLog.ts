import type { MadeDecision } from '../decisions/index.ts'
import type { EventLog } from '../store/index.ts'
import { jsonBytes, type ReadableEntry } from './entry.ts'

/** Decisions of so long are one entry of the log and one sync of the disk; nobody waits for it. */
const FLUSH_MS = 20
const RETRY_MS = 1_000
const RECORDS_AN_ENTRY = 500
/** Records that may wait while the disk is not taking any; beyond it the oldest are let go and counted. */
const RECORDS_WAITING = 50_000

/** What is recorded of a decision. */
type Recorded = Pick<MadeDecision, 'record' | 'numbers'>

/** Takes decisions into the event log, many at a time; a decision's answer does not wait for it. */
export class DecisionLog {
  readonly #log: EventLog
  readonly #offer: (entry: ReadableEntry, bytes: number) => void
  readonly #onTrouble: (error: unknown) => void
  #waiting: Recorded[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #lost = 0

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

  add(made: Recorded): void {
    this.#waiting.push(made)
    if (this.#waiting.length > RECORDS_WAITING) {
      this.#waiting.shift()
      this.#lost++
    }
    this.#timer ??= setTimeout(() => this.#start(), FLUSH_MS)
  }

  /** Writes what waits now; what the disk refuses goes on waiting. */
  async flush(): Promise<void> {
    this.#start()
    await this.#writing
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
  }

  /** Entry after entry until nothing waits; after a refusal again in a second. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, RECORDS_AN_ENTRY)
      try {
        await this.#write(some)
      } catch (error) {
        this.#onTrouble(error)
        this.#waiting = [...some, ...this.#waiting]
        this.#timer ??= setTimeout(() => this.#start(), RETRY_MS)
        return
      }
    }
  }

  async #write(some: readonly Recorded[]): Promise<void> {
    const records = some.map(({ record }) => record)
    const receivedAt = records.at(-1)?.at ?? 0
    const count = records.length
    const bytes = jsonBytes({ decisions: records })
    const size = bytes.length
    const offset = await this.#log.append({ kind: 'decisions', receivedAt, count, bytes })
    const numbers = some.map((made) => made.numbers)
    this.#offer(
      { offset, receivedAt, count, content: { kind: 'decisions', records, numbers } },
      size,
    )
  }
}
