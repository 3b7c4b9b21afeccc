/**
 * A token bucket: `rate` requests per second on average, as many at once and at least one.
 * Written here because it is ten lines and stands on the hottest path, before the body is read.
 */
export class TokenBucket {
  readonly #rate: number
  #tokens: number
  #at: number

  /** @param rate requests per second; 0 lets everything pass */
  constructor(rate: number, now: number) {
    this.#rate = rate
    this.#tokens = Math.max(1, rate)
    this.#at = now
  }

  /** Takes one token. @returns 0 when there was one, else whole seconds until there will be. */
  take(now: number): number {
    if (this.#rate === 0) return 0
    const elapsed = Math.max(0, now - this.#at)
    this.#at = now
    this.#tokens = Math.min(Math.max(1, this.#rate), this.#tokens + (elapsed * this.#rate) / 1_000)
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return 0
    }
    return Math.max(1, Math.ceil((1 - this.#tokens) / this.#rate))
  }
}
