import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { EMPTY_FEED, FEED_ROWS, mergeFeed, type EventFeed } from '../state/eventFeed.ts'
import { useClient } from './useClient.ts'
import { useShop } from './useShop.ts'

/** The newest events of everybody, asked for each second and right after an action of one's own. */
export function useEventFeed(): EventFeed | undefined {
  const client = useClient()
  const { revision } = useShop()
  const feed = useRef<EventFeed>(EMPTY_FEED)
  const query = useQuery({
    queryKey: ['events', revision],
    queryFn: async ({ signal }) => {
      const page = await client.recentEvents(feed.current.last, FEED_ROWS, signal)
      feed.current = mergeFeed(feed.current, page)
      return feed.current
    },
    placeholderData: (previous) => previous,
    refetchInterval: 1000,
    gcTime: 0,
  })
  return query.data
}
