import { setImmediate as nextTurn } from 'node:timers/promises'
import type {
  ArtifactStore,
  EventLog,
  StatePut,
  StateStore,
  StateTransaction,
} from '../store/index.ts'
import type { LiveModels, SnapshotJob } from '../training/index.ts'
import type { AnalyticsFeed } from './analyticsFeed.ts'
import { partsOf, type ReadableEntry, readEntry, type SlicePart } from './entry.ts'
import type { Projection } from './projection.ts'
import { COUNTS_TOPIC, SNAPSHOT_HEADER, writeSnapshot } from './snapshot.ts'

/** Consumer group under which the projections' offset is kept. */
export const PROJECTOR = 'projector'

/** Events applied before the thread is given back; at 20 µs each about 2 ms. */
const EVENTS_A_SLICE = 100
const READ_LIMIT = { entries: 64, bytes: 1_048_576 }
const COMMIT_MS = 250
/** Events between two commits at the most: bounds the rows that wait in memory. */
const COMMIT_EVENTS = 10_000
/** After a part of a commit with so many rows the thread is given back. */
const WORTH_A_TURN = 64
/** Parsed entries kept for the projector, by the size of their bodies; beyond it they are read back. */
const OFFERED_BYTES = 6 * 1_048_576
const SNAPSHOT_BYTES = 64 * 1_048_576
const RETRY_MS = 1_000
/** Turns of the event loop that new bodies get between two slices, as long as there are any. */
const TURNS_FOR_ARRIVALS = 64

export interface ProjectorParts {
  readonly log: EventLog
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly projection: Projection
  readonly models: LiveModels
  readonly analytics: AnalyticsFeed
  /** Rows of the transaction beside the projections' own, such as counters. */
  readonly extraPuts: () => StateTransaction['puts']
  readonly onTrouble: (error: unknown) => void
}

/** Where the stored state stands. */
export interface ProjectorStart {
  /** Offset of the last entry whose effects are stored. */
  readonly committed: number
  /** Size of the models' journal since their last snapshot, and outbox id of its newest entry. */
  readonly journalBytes: number
  readonly journalThrough: number
}

/**
 * Follows the log: applies each entry as soon as it is durable and stores the effects, together with
 * the offset, a few times a second. A crash between the two replays the difference.
 */
export class Projector {
  readonly #parts: ProjectorParts
  readonly #offered = new Map<number, { entry: ReadableEntry; bytes: number }>()
  #offeredBytes = 0
  #applied: number
  #appliedReceivedAt = 0
  #committed: number
  #uncommittedEvents = 0
  #journalBytes: number
  #journalThrough: number
  #committing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined
  #closing = false
  /** A part of an entry is applied and the rest is not: its effects must not be stored yet. */
  #insideEntry = false
  /** Until the rows of a commit are gathered nothing is applied. */
  #gathering: Promise<readonly StatePut[]> | undefined
  #arrivals = 0
  #trouble: string | null = null
  readonly #waiters: { offset: number; resolve: () => void; reject: (error: unknown) => void }[] =
    []
  #broken: { readonly error: unknown } | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(parts: ProjectorParts, from: ProjectorStart) {
    this.#parts = parts
    this.#applied = from.committed
    this.#committed = from.committed
    this.#journalBytes = from.journalBytes
    this.#journalThrough = from.journalThrough
  }

  get applied(): number {
    return this.#applied
  }

  get committed(): number {
    return this.#committed
  }

  /** The error that is being retried, or null. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** Entries in the log that are not applied yet, and the age of the newest applied one. */
  lag(now: number): { entries: number; ms: number } {
    const entries = Math.max(0, this.#parts.log.head() - this.#applied)
    const since = this.#appliedReceivedAt === 0 ? now : this.#appliedReceivedAt
    return { entries, ms: entries === 0 ? 0 : Math.max(0, now - since) }
  }

  start(): void {
    this.#running = this.#run()
  }

  /** A body has come in and is not on disk yet. */
  arrived(): void {
    this.#arrivals++
  }

  /** Hands over an entry that has just become durable, so that it need not be read back. */
  offer(entry: ReadableEntry, bytes: number): void {
    const wanted = entry.offset > this.#applied
    if (wanted && this.#offeredBytes + bytes <= OFFERED_BYTES) {
      this.#offered.set(entry.offset, { entry, bytes })
      this.#offeredBytes += bytes
    }
    this.#wake?.()
  }

  /** Resolves when the entry at `offset` and all before it are applied. */
  settled(offset: number): Promise<void> {
    if (this.#applied >= offset) return Promise.resolve()
    if (this.#broken !== undefined) return Promise.reject(this.#broken.error)
    return new Promise((resolve, reject) => this.#waiters.push({ offset, resolve, reject }))
  }

  /** Applies and stores everything in the log, then ends. */
  async close(): Promise<void> {
    this.#closing = true
    this.#wake?.()
    await this.#running
    clearTimeout(this.#timer)
    await this.#committing
    if (this.#broken !== undefined) throw this.#broken.error
    await this.#commit(true)
  }

  async #run(): Promise<void> {
    while (this.#broken === undefined) {
      if (this.#applied >= this.#parts.log.head()) {
        if (this.#closing) return
        await this.#sleep()
        continue
      }
      try {
        await this.#applySlice(await this.#nextSlice())
        this.#trouble = null
      } catch (error) {
        if (!(await this.#pauseAfter(error))) return
      }
    }
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }

  /** @returns false when the projector is closing and should give up */
  async #pauseAfter(error: unknown): Promise<boolean> {
    this.#note(error)
    if (this.#closing) return false
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    return true
  }

  /**
   * What was drained is not stored: to go on would store later effects and an offset past the lost ones.
   * Events are still taken into the log; the next start applies them from the last stored offset.
   */
  #break(error: unknown): void {
    this.#note(error)
    this.#broken = { error }
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
    this.#wake?.()
  }

  #note(error: unknown): void {
    this.#parts.onTrouble(error)
    this.#trouble = error instanceof Error ? error.message : String(error)
  }

  async #nextSlice(): Promise<readonly ReadableEntry[]> {
    const slice: ReadableEntry[] = []
    let events = 0
    for (let offset = this.#applied + 1; events < EVENTS_A_SLICE; offset++) {
      const offered = this.#offered.get(offset)
      if (offered === undefined) break
      slice.push(offered.entry)
      events += offered.entry.count
    }
    if (slice.length > 0) return slice
    const head = this.#parts.log.head()
    const read = await this.#parts.log.read(this.#applied + 1, READ_LIMIT)
    // Damaged entries at the end of the log are left out of what is read: nothing follows up to the head.
    if (read.length === 0) this.#advance(head, this.#appliedReceivedAt)
    return read.map(readEntry)
  }

  async #applySlice(slice: readonly ReadableEntry[]): Promise<void> {
    for (const part of partsOf(slice, EVENTS_A_SLICE)) {
      await this.#applyPart(part)
      await this.#commitWhenDue()
      await this.#giveWay()
    }
  }

  /**
   * Taking events in goes before applying them: what is on disk can wait, a client that waits sends again.
   * Where events come now and then, this is one turn of the event loop; where more come than can be
   * applied, bodies are taken at full speed and applied in the pauses of the disk.
   */
  async #giveWay(): Promise<void> {
    for (let turn = 0; turn < TURNS_FOR_ARRIVALS; turn++) {
      const before = this.#arrivals
      await nextTurn()
      if (this.#arrivals === before) return
    }
  }

  /**
   * From `prepare` to the last `apply` the thread is kept: a commit in between could let go of what was loaded. One that is
   * being gathered is waited for: what is applied now would be among its rows and behind its offset.
   */
  async #applyPart({ entries, complete }: SlicePart): Promise<void> {
    const { projection } = this.#parts
    await projection.prepare(entries)
    while (this.#gathering !== undefined) await this.#gathering
    for (const [i, entry] of entries.entries()) {
      const command = projection.apply(entry)
      if (command !== undefined) {
        await this.#untilDone(command)
        await projection.prepare(entries.slice(i + 1))
      }
      this.#uncommittedEvents += entry.count
      this.#insideEntry = !complete && i === entries.length - 1
      if (!this.#insideEntry) this.#advance(entry.offset, entry.receivedAt)
    }
  }

  /** Nothing is gathered while a command is under way; one that failed has changed nothing. */
  async #untilDone(command: Promise<void>): Promise<void> {
    this.#insideEntry = true
    try {
      await command
    } catch (error) {
      this.#insideEntry = false
      throw error
    }
  }

  #advance(offset: number, receivedAt: number): void {
    this.#forgetOffered(offset)
    this.#applied = offset
    this.#appliedReceivedAt = receivedAt
    while (this.#waiters.length > 0 && (this.#waiters[0]?.offset ?? 0) <= offset) {
      this.#waiters.shift()?.resolve()
    }
  }

  #forgetOffered(offset: number): void {
    const offered = this.#offered.get(offset)
    if (offered === undefined) return
    this.#offered.delete(offset)
    this.#offeredBytes -= offered.bytes
  }

  async #commitWhenDue(): Promise<void> {
    if (this.#uncommittedEvents < COMMIT_EVENTS || this.#insideEntry) {
      this.#timer ??= setTimeout(() => this.#startCommit(), COMMIT_MS)
      return
    }
    await this.#committing
    this.#startCommit()
  }

  #startCommit(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#committing !== undefined || this.#insideEntry) {
      this.#timer = setTimeout(() => this.#startCommit(), COMMIT_MS)
      return
    }
    this.#committing = this.#commit(false)
      .catch((error: unknown) => this.#break(error))
      .finally(() => {
        this.#committing = undefined
      })
  }

  /** Stores everything applied so far; repeats until it succeeds, because the rows are drained once. */
  async #commit(last: boolean): Promise<void> {
    if (this.#insideEntry || (this.#applied === this.#committed && !last)) return
    const { models, analytics } = this.#parts
    const applied = this.#applied
    this.#uncommittedEvents = 0
    const journal = models.takeJournal()
    this.#journalBytes += journal?.length ?? 0
    const due = this.#journalBytes > SNAPSHOT_BYTES || (last && this.#journalBytes > 0)
    const snapshot = due ? models.beginSnapshot(SNAPSHOT_HEADER) : undefined
    const outbox = [
      ...(journal === undefined ? [] : [{ topic: COUNTS_TOPIC, bytes: journal }]),
      ...[analytics.drain()].filter((message) => message !== undefined),
    ]
    this.#gathering = this.#gather()
    const puts = await this.#gathering
    this.#gathering = undefined
    const ids = await this.#commitUntilDone({ puts, offsets: { [PROJECTOR]: applied }, outbox })
    this.#parts.projection.settle()
    this.#committed = applied
    analytics.wake()
    if (journal !== undefined) this.#journalThrough = ids[0] ?? this.#journalThrough
    if (snapshot !== undefined) await this.#store(snapshot)
  }

  /** What a commit is to store, a part at a time: a thousand rows at once would keep decisions waiting for milliseconds. */
  async #gather(): Promise<readonly StatePut[]> {
    const parts: (readonly StatePut[])[] = []
    for (const part of this.#parts.projection.drain()) {
      parts.push(part)
      if (part.length >= WORTH_A_TURN) await nextTurn()
    }
    return [...parts.flat(), ...this.#parts.extraPuts()]
  }

  /** Writes the models as they were at the last commit, a few milliseconds at a time. */
  async #store(job: SnapshotJob): Promise<void> {
    const { artifacts, state } = this.#parts
    const through = this.#journalThrough
    try {
      let snapshot = job.step()
      for (; snapshot === undefined; snapshot = job.step()) await nextTurn()
      await writeSnapshot(artifacts, state, snapshot, through)
      this.#journalBytes = 0
    } catch (error) {
      this.#parts.onTrouble(error)
    }
  }

  async #commitUntilDone(transaction: StateTransaction): Promise<readonly number[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        const ids = await this.#parts.state.commit(transaction)
        this.#trouble = null
        return ids
      } catch (error) {
        this.#note(error)
        if (this.#closing && attempt >= 3) throw error
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }
}
