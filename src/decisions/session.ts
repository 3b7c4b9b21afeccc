import { MINUTE, SECOND } from '../base/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { HistoryEntry, Profile } from '../profiles/index.ts'
import type { DecideRequest } from './request.ts'

const NO_HISTORY: readonly HistoryEntry[] = []
/** What the person's events already tell of this visit. */
const SAME_VISIT = 30 * MINUTE
/** Between two steps of a session, whose times are not sent. */
const STEP = SECOND

/** What a history is put together from. */
export interface KnownPerson {
  readonly profile: Pick<Profile, 'history'> | undefined
  readonly catalog: Catalog
  /** Milliseconds. */
  readonly now: number
}

/**
 * What the person did: the remembered history, and what the request's session adds to it. Steps with unknown items, and those that
 * the person's events of the last half hour tell already, add nothing; then the remembered list itself is returned.
 * @returns newest entry last
 */
export function historyOf(
  { session }: Pick<DecideRequest, 'session'>,
  { profile, catalog, now }: KnownPerson,
): readonly HistoryEntry[] {
  const known = profile?.history ?? NO_HISTORY
  if (session.length === 0) return known
  const added: HistoryEntry[] = []
  for (const [k, { item: id, action }] of session.entries()) {
    const item = catalog.numberOf(id)
    if (item === undefined) continue
    const told = known.some(
      (entry) => entry.item === item && entry.action === action && now - entry.time <= SAME_VISIT,
    )
    if (!told) added.push({ item, action, time: now - (session.length - 1 - k) * STEP, value: 1 })
  }
  return added.length === 0 ? known : [...known, ...added]
}

/** Whether `historyOf` tells more of a person than is remembered. */
export function addsToHistory(
  request: Pick<DecideRequest, 'session'>,
  person: KnownPerson,
): boolean {
  if (request.session.length === 0) return false
  return historyOf(request, person) !== (person.profile?.history ?? NO_HISTORY)
}
