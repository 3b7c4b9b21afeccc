import { setTimeout as sleep } from 'node:timers/promises'
import { Histogram } from './histogram.ts'

/** How decisions were answered. */
export interface Answers {
  readonly answered: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface AskerOptions {
  readonly url: string
  readonly secretKey: string
  /** User ids, asked for in turn. */
  readonly people: readonly string[]
  /** Decisions asked for at the same time. */
  readonly connections: number
}

/** Pause of each connection after an answer: a busy shop, not a test of strength. */
const PAUSE_MS = 5

/** Asks for decisions over HTTP without end, from the first on. */
export class Asker {
  readonly #options: AskerOptions
  readonly #asking: Promise<unknown>
  #latencies = new Histogram()
  #failure: Error | undefined
  #next = 0
  #stopped = false

  constructor(options: AskerOptions) {
    this.#options = options
    this.#asking = Promise.all(Array.from({ length: options.connections }, () => this.#ask()))
  }

  /** What was answered while something goes on. @throws when a decision failed or came back empty, or none was answered */
  async during(work: () => Promise<void>): Promise<Answers> {
    this.#latencies = new Histogram()
    await work()
    if (this.#failure !== undefined) throw this.#failure
    if (this.#latencies.total === 0) throw new Error('no decision was answered')
    const { p50, p99, max } = this.#latencies.summary()
    return { answered: this.#latencies.total, p50, p99, max }
  }

  seconds(count: number): Promise<void> {
    return sleep(count * 1_000)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#asking
  }

  async #ask(): Promise<void> {
    while (!this.#stopped && this.#failure === undefined) {
      const begin = performance.now()
      try {
        await this.#decide()
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error))
      }
      this.#latencies.record((performance.now() - begin) * 1_000)
      await sleep(PAUSE_MS)
    }
  }

  async #decide(): Promise<void> {
    const { url, secretKey, people } = this.#options
    const userId = people[this.#next++ % people.length]
    const response = await fetch(`${url}/v1/decide`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId, placements: ['home-for-you'] }),
    })
    const body = await response.text()
    if (!response.ok) throw new Error(`a decision for ${userId}: ${response.status} ${body}`)
    const { placements } = JSON.parse(body) as {
      placements: Record<string, { items: unknown[] } | undefined>
    }
    const items = placements['home-for-you']?.items ?? []
    if (items.length === 0) throw new Error(`a decision for ${userId} came back empty`)
  }
}
