import type { LiveEvent } from '../api/liveEvent.ts'
import type { Visitor } from './visitor.ts'

/** Whether the event belongs to the visitor on the page, by the profile's id or the visitor's own. */
export function isOwnEvent(event: LiveEvent, visitor: Visitor, pid: string | undefined): boolean {
  if (event.person === undefined) return false
  const id = visitor.kind === 'person' ? visitor.userId : visitor.anonymousId
  return event.person === pid || event.person === id
}
