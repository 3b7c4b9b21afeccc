import type { Json } from '../base/index.ts'

/**
 * What a domain that keeps data about people must be able to do. Each domain implements it for its own rows; the
 * application walks all of them to answer "what do you know about me" and "delete it".
 */
export interface PersonalData {
  /** Everything this domain holds about the person, in words the person can read; null when there is nothing. */
  export(pid: string): Promise<Json>
  /** Removes it. Idempotent. When it resolves, no read returns it; `scrub` of the stores removes the bytes. */
  erase(pid: string): Promise<void>
}
