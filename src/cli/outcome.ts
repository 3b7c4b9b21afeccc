import type { JsonObject } from '../base/index.ts'

/** What a command found: for programs, and in words. */
export interface Outcome {
  readonly json: JsonObject
  readonly words: string
  /** 0 when not given; for commands whose result is that something is wrong. */
  readonly exitCode?: number
}
