import type { Json, JsonObject } from '../base/index.ts'
import { privacyErrors } from './errors.ts'

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

/** Domains that hold personal data, by name. */
export type PersonalDataHolders = Readonly<Record<string, PersonalData>>

/** What all holders know about a person, under their names. Fails as a whole: half an answer would be a wrong one. */
export async function exportPerson(holders: PersonalDataHolders, pid: string): Promise<JsonObject> {
  const parts: Record<string, Json> = {}
  for (const [name, holder] of Object.entries(holders)) parts[name] = await holder.export(pid)
  return parts
}

/**
 * Deletes a person everywhere, one holder after the other in the order given. A failing holder does not keep the others
 * from deleting.
 * @throws PRIVACY_ERASURE_INCOMPLETE naming the holders that failed; their errors are its cause
 */
export async function erasePerson(holders: PersonalDataHolders, pid: string): Promise<void> {
  const failed: string[] = []
  const causes: unknown[] = []
  for (const [name, holder] of Object.entries(holders)) {
    try {
      await holder.erase(pid)
    } catch (cause) {
      failed.push(name)
      causes.push(cause)
    }
  }
  if (failed.length === 0) return
  throw privacyErrors.PRIVACY_ERASURE_INCOMPLETE(
    `Data about the person is left in: ${failed.join(', ')}.`,
    { cause: new AggregateError(causes) },
  )
}
