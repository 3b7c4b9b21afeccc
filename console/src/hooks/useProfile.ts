import { useQuery } from '@tanstack/react-query'
import type { ProfileView } from '../api/profileView.ts'
import { visitorKey } from '../state/visitor.ts'
import { useClient } from './useClient.ts'
import { useShop } from './useShop.ts'

/** What there is to show of the visitor's profile. */
export type ShownProfile =
  | { readonly state: 'loading' }
  | { readonly state: 'unknown' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'known'; readonly profile: ProfileView }

/** The visitor's profile, asked for after each action and every two seconds; not while a decision knew nobody. */
export function useProfile(): ShownProfile {
  const client = useClient()
  const { visitor, revision, known } = useShop()
  const who = visitorKey(visitor)
  const by = visitor.kind === 'person' ? 'user_id' : 'anonymous_id'
  const id = visitor.kind === 'person' ? visitor.userId : visitor.anonymousId
  const query = useQuery({
    queryKey: ['profile', who, revision],
    queryFn: async ({ signal }) => (await client.profile(by, id, signal)) ?? null,
    placeholderData: (previous, before) => (before?.queryKey[1] === who ? previous : undefined),
    enabled: known === true,
    refetchInterval: 2000,
    gcTime: 0,
  })
  if (query.data) return { state: 'known', profile: query.data }
  if (known === false || query.data === null) return { state: 'unknown' }
  return query.isError ? { state: 'failed', message: query.error.message } : { state: 'loading' }
}
