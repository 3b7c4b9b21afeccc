/** How a bench is run. */
export interface BenchOptions {
  /** A run of a moment that shows that everything works; its figures mean nothing. */
  readonly short: boolean
  /** Measured seconds of each round. */
  readonly seconds: number
  /** Rounds in which the limit and Attune take turns; the median counts. */
  readonly rounds: number
  /** Where prepared data is kept between runs. */
  readonly data: string
  /** Says on stderr what is going on. */
  readonly say: (text: string) => void
  /** A number that no earlier call has given: seeds of load generators, so that message ids never repeat. */
  readonly nextSeed: () => number
}
