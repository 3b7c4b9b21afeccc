import { Skeleton } from '@mantine/core'
import { type ShownProfile, useProfile } from '../hooks/useProfile.ts'
import { useShop } from '../hooks/useShop.ts'
import { visitorName } from '../state/visitor.ts'
import { EmptyNote } from './EmptyNote.tsx'
import { Panel } from './Panel.tsx'
import classes from './ProfilePanel.module.css'
import { ProfileFacts } from './ProfileFacts.tsx'

/** What is known of the visitor now. */
export function ProfilePanel() {
  const { visitor } = useShop()
  const shown = useProfile()
  const events = shown.state === 'known' ? shown.profile.events : undefined
  return (
    <Panel
      title={visitorName(visitor)}
      scrolls
      aside={
        events !== undefined && (
          <span className={classes.events}>
            {events === 1 ? '1 event' : `${events.toLocaleString('en')} events`}
          </span>
        )
      }
    >
      <Content shown={shown} />
    </Panel>
  )
}

function Content({ shown }: { readonly shown: ShownProfile }) {
  switch (shown.state) {
    case 'known':
      return <ProfileFacts profile={shown.profile} />
    case 'unknown':
      return (
        <EmptyNote title="Not enough data yet.">
          Nobody is known by this id. The first action creates the profile.
        </EmptyNote>
      )
    case 'failed':
      return <EmptyNote title="The profile cannot be shown.">{shown.message}</EmptyNote>
    case 'loading':
      return <Skeleton height={140} aria-label="Loading the profile" />
  }
}
