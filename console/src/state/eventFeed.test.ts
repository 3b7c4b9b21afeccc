import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '../api/liveEvent.ts'
import { EMPTY_FEED, FEED_ROWS, mergeFeed } from './eventFeed.ts'

const event = (seq: number): LiveEvent => ({
  seq,
  receivedAt: seq,
  type: 'track',
  name: 'Product Viewed',
  fate: 'applied',
})
const events = (from: number, to: number): LiveEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => event(from + index))
const numbers = (feed: { events: readonly LiveEvent[] }): number[] =>
  feed.events.map(({ seq }) => seq)

describe('mergeFeed', () => {
  it('puts the newest first', () => {
    const feed = mergeFeed(EMPTY_FEED, { events: events(1, 3), last: 3 })
    expect(numbers(mergeFeed(feed, { events: events(4, 5), last: 5 }))).toEqual([5, 4, 3, 2, 1])
  })

  it('takes an event that comes twice only once', () => {
    const feed = mergeFeed(EMPTY_FEED, { events: events(1, 3), last: 3 })
    expect(numbers(mergeFeed(feed, { events: events(2, 4), last: 4 }))).toEqual([4, 3, 2, 1])
  })

  it('keeps a bounded number of rows', () => {
    const feed = mergeFeed(EMPTY_FEED, { events: events(1, FEED_ROWS + 20), last: FEED_ROWS + 20 })
    expect(feed.events).toHaveLength(FEED_ROWS)
    expect(feed.events[0]?.seq).toBe(FEED_ROWS + 20)
  })

  it('begins anew when the server did', () => {
    const feed = mergeFeed(EMPTY_FEED, { events: events(90, 99), last: 99 })
    const after = mergeFeed(feed, { events: events(1, 2), last: 2 })
    expect(numbers(after)).toEqual([2, 1])
    expect(after.last).toBe(2)
  })
})
