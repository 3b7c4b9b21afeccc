import { MINUTE } from '../base/index.ts'

/** What begins a training: when, and on how much. */
interface Begun {
  readonly createdAt: number
  readonly observed: number
}

export interface ScheduleParts {
  /** 0: never. */
  readonly everyMs: number
  readonly now: () => number
  /** Observations of the live counts so far. */
  readonly observed: () => number
  readonly idle: () => boolean
  readonly train: () => unknown
}

const CHECK_MS = 5 * MINUTE
/** Fewer new observations than these are no reason to train, however old the newest model is. */
const FEWEST_NEW = 200
/** So much growth is a reason before the time is up. */
const GROWTH = 0.2
/** Less time than this between two trainings would only burn power. */
const SHORTEST_SHARE = 1 / 24

/**
 * Trains by itself: when the data have grown by a fifth or a day (by default) has passed with anything new, and nothing
 * else is to do. Looks every five minutes.
 */
export class TrainingSchedule {
  readonly #parts: ScheduleParts
  #last: Begun = { createdAt: 0, observed: 0 }
  #timer: NodeJS.Timeout | undefined

  constructor(parts: ScheduleParts) {
    this.#parts = parts
  }

  /** @param last the newest training that is known */
  begin(last: Begun | undefined): void {
    this.#last = last ?? this.#last
    if (this.#parts.everyMs === 0) return
    this.#timer = setInterval(() => this.check(), CHECK_MS)
    this.#timer.unref()
  }

  /** A training begins, whoever asked for it. */
  began(): void {
    this.#last = { createdAt: this.#parts.now(), observed: this.#parts.observed() }
  }

  /** Trains if it is time; true when it did. */
  check(): boolean {
    if (!this.#isDue() || !this.#parts.idle()) return false
    try {
      this.#parts.train()
    } catch {
      // One is under way already.
      return false
    }
    return true
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #isDue(): boolean {
    const { everyMs, now, observed } = this.#parts
    const { createdAt, observed: before } = this.#last
    const fresh = observed() - before
    const age = now() - createdAt
    if (fresh < FEWEST_NEW || age < everyMs * SHORTEST_SHARE) return false
    return age >= everyMs || fresh >= GROWTH * before
  }
}
