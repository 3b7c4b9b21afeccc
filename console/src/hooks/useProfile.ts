import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { ProfileView } from '../api/profileView.ts'
import { visitorKey } from '../state/visitor.ts'
import { useClient } from './useClient.ts'
import { useShop } from './useShop.ts'

/** The visitor's profile, asked for after each action and every two seconds; null while nobody is known. */
export function useProfile(): UseQueryResult<ProfileView | null> {
  const client = useClient()
  const { visitor, revision } = useShop()
  const who = visitorKey(visitor)
  const by = visitor.kind === 'person' ? 'user_id' : 'anonymous_id'
  const id = visitor.kind === 'person' ? visitor.userId : visitor.anonymousId
  return useQuery({
    queryKey: ['profile', who, revision],
    queryFn: async ({ signal }) => (await client.profile(by, id, signal)) ?? null,
    placeholderData: (previous, query) => (query?.queryKey[1] === who ? previous : undefined),
    refetchInterval: 2000,
    gcTime: 0,
  })
}
