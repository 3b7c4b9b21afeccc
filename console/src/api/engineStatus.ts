/** Counts of one interval that ended at `at` (milliseconds). */
export interface RateSample {
  readonly at: number
  readonly events: number
  readonly decisions: number
}

/** What the console reads of `GET /v1/status`. */
export interface EngineStatus {
  readonly workspace: string
  readonly uptimeMs: number
  readonly events: number
  readonly persons: number
  readonly items: number
  readonly lag: { readonly entries: number; readonly ms: number }
  /** Oldest first, one sample every five seconds. */
  readonly rate: readonly RateSample[]
}
