import type { LiveEvent, RecentEvents } from '../api/liveEvent.ts'

/** The newest events, newest first. */
export interface EventFeed {
  readonly events: readonly LiveEvent[]
  readonly last: number
}

export const EMPTY_FEED: EventFeed = { events: [], last: 0 }

/** Rows kept: about five screens. */
export const FEED_ROWS = 150

/** Adds what arrived since; a server that started anew (its numbers went back) starts the feed anew. */
export function mergeFeed(feed: EventFeed, page: RecentEvents): EventFeed {
  const restarted = page.last < feed.last
  const known = restarted ? [] : feed.events
  const newest = known[0]?.seq ?? -1
  const fresh = page.events.filter((event) => event.seq > newest)
  if (fresh.length === 0 && !restarted) return { events: known, last: page.last }
  const ordered = fresh.toSorted((a, b) => b.seq - a.seq)
  return { events: [...ordered, ...known].slice(0, FEED_ROWS), last: page.last }
}
