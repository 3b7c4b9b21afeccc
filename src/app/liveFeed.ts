/** What became of one message, newest last; for people who watch. Kept in memory only. */
export interface FedEvent {
  readonly seq: number
  readonly receivedAt: number
  readonly type: string
  readonly name: string
  /** The identifier that the sender used, or the person number. */
  readonly person: string
  readonly item?: string
  readonly fate: 'applied' | 'duplicate' | 'rejected' | 'refused'
  readonly code?: string
  readonly reason?: string
  readonly decisionId?: string
  readonly placement?: string
  readonly position?: number
}

/** Events and decisions in the `stepMs` that end at `at`. */
export interface RatePoint {
  readonly at: number
  readonly events: number
  readonly decisions: number
}

const KEPT = 1_000
const STEP_MS = 5_000
const STEPS = 60

/** The newest thousand events with their fate, and five minutes of rates. Forgets at restart. */
export class LiveFeed {
  readonly #ring: FedEvent[] = []
  readonly #rates = new Map<number, { events: number; decisions: number }>()
  #seq = 0

  add(event: Omit<FedEvent, 'seq'>): void {
    this.#seq++
    this.#ring[this.#seq % KEPT] = { seq: this.#seq, ...event }
  }

  /** Events after `after`, oldest first: the newest `limit` of them. `after` beyond the end starts anew. */
  since(after: number, limit: number): { events: readonly FedEvent[]; last: number } {
    const from = Math.max(after > this.#seq ? 0 : after, this.#seq - Math.min(limit, KEPT))
    const events: FedEvent[] = []
    for (let seq = from + 1; seq <= this.#seq; seq++) {
      const event = this.#ring[seq % KEPT]
      if (event !== undefined) events.push(event)
    }
    return { events, last: this.#seq }
  }

  count(now: number, events: number, decisions: number): void {
    const step = Math.floor(now / STEP_MS)
    const point = this.#rates.get(step)
    if (point === undefined) {
      this.#rates.set(step, { events, decisions })
      for (const old of this.#rates.keys()) if (old < step - STEPS) this.#rates.delete(old)
      return
    }
    point.events += events
    point.decisions += decisions
  }

  /** Five minutes up to now in steps of five seconds; steps without traffic are zero. */
  rates(now: number): readonly RatePoint[] {
    const last = Math.floor(now / STEP_MS)
    return Array.from({ length: STEPS }, (_, i) => {
      const step = last - STEPS + 1 + i
      const point = this.#rates.get(step)
      return {
        at: (step + 1) * STEP_MS,
        events: point?.events ?? 0,
        decisions: point?.decisions ?? 0,
      }
    })
  }
}
