import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useEventFeed } from '../hooks/useEventFeed.ts'
import { useProfile } from '../hooks/useProfile.ts'
import { useShop } from '../hooks/useShop.ts'
import { useTitles } from '../hooks/useTitles.ts'
import { isOwnEvent } from '../state/ownEvent.ts'
import { EmptyNote } from './EmptyNote.tsx'
import { EventRow } from './EventRow.tsx'
import classes from './EventStream.module.css'
import { Panel } from './Panel.tsx'

/** The newest events with what became of them. */
export function EventStream() {
  const feed = useEventFeed()
  const { visitor } = useShop()
  const shown = useProfile()
  const pid = shown.state === 'known' ? shown.profile.pid : undefined
  const [whose, setWhose] = useState('all')
  const rows = (feed?.events ?? [])
    .map((event) => ({ event, own: isOwnEvent(event, visitor, pid) }))
    .filter(({ own }) => whose === 'all' || own)
    .slice(0, 60)
  const titleOf = useTitles(rows.flatMap(({ event }) => event.item ?? []))
  return (
    <Panel
      title="Events"
      scrolls
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Whose events"
          value={whose}
          onChange={setWhose}
          data={[
            { value: 'all', label: 'Everybody' },
            { value: 'own', label: 'This visitor' },
          ]}
        />
      }
    >
      {rows.length === 0 ? (
        <EmptyNote title="No events yet.">
          {whose === 'own' ? 'Open, add or skip something.' : 'They appear here as they arrive.'}
        </EmptyNote>
      ) : (
        <ol className={classes.list}>
          {rows.map(({ event, own }) => (
            <EventRow
              key={event.seq}
              event={event}
              own={own}
              title={event.item === undefined ? undefined : titleOf(event.item)}
            />
          ))}
        </ol>
      )}
    </Panel>
  )
}
