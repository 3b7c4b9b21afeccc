import type { DecisionRecord } from '../decisions/index.ts'
import type { EventLog } from '../store/index.ts'
import { jsonBytes, type ReadableEntry } from './entry.ts'

const FLUSH_MS = 5
const RECORDS_AN_ENTRY = 500
/** Records that may wait while the disk is not taking any; beyond it the oldest are let go and counted. */
const RECORDS_WAITING = 50_000

/** Takes decisions into the event log, many at a time; a decision's answer does not wait for it. */
export class DecisionLog {
  readonly #log: EventLog
  readonly #offer: (entry: ReadableEntry, bytes: number) => void
  readonly #onTrouble: (error: unknown) => void
  #waiting: DecisionRecord[] = []
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
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

  /** Decisions that could not be logged because the disk refused them. */
  get lost(): number {
    return this.#lost
  }

  add(record: DecisionRecord): void {
    this.#waiting.push(record)
    if (this.#waiting.length >= RECORDS_AN_ENTRY) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), FLUSH_MS)
  }

  async flush(): Promise<void> {
    this.#start()
    await this.#flushing
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const records = this.#waiting
    this.#waiting = []
    if (records.length === 0) return
    const written = this.#write(records)
    this.#flushing = this.#flushing.then(() => written)
  }

  async #write(records: readonly DecisionRecord[]): Promise<void> {
    const receivedAt = records.at(-1)?.at ?? 0
    const count = records.length
    const bytes = jsonBytes({ decisions: records })
    const size = bytes.length
    try {
      const offset = await this.#log.append({ kind: 'decisions', receivedAt, count, bytes })
      this.#offer({ offset, receivedAt, count, content: { kind: 'decisions', records } }, size)
    } catch (error) {
      this.#onTrouble(error)
      this.#lost += Math.max(0, count + this.#waiting.length - RECORDS_WAITING)
      this.#waiting = [...records, ...this.#waiting].slice(-RECORDS_WAITING)
      this.#timer ??= setTimeout(() => this.#start(), 1_000)
    }
  }
}
