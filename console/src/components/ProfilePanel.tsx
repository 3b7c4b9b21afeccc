import { Skeleton } from '@mantine/core'
import { useProfile } from '../hooks/useProfile.ts'
import { useShop } from '../hooks/useShop.ts'
import { visitorName } from '../state/visitor.ts'
import { EmptyNote } from './EmptyNote.tsx'
import { Panel } from './Panel.tsx'
import { ProfileFacts } from './ProfileFacts.tsx'

/** What is known of the visitor now. */
export function ProfilePanel() {
  const { visitor } = useShop()
  const query = useProfile()
  return (
    <Panel title={visitorName(visitor)} scrolls>
      {query.data ? (
        <ProfileFacts profile={query.data} />
      ) : query.data === null ? (
        <EmptyNote title="Not enough data yet.">
          Nobody is known by this id. The first action creates the profile.
        </EmptyNote>
      ) : query.isError ? (
        <EmptyNote title="The profile cannot be shown.">{query.error.message}</EmptyNote>
      ) : (
        <Skeleton height={140} aria-label="Loading the profile" />
      )}
    </Panel>
  )
}
