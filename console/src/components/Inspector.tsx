import classes from './Inspector.module.css'
import { EventStream } from './EventStream.tsx'
import { ProfilePanel } from './ProfilePanel.tsx'
import { RatePanel } from './RatePanel.tsx'

/** What the engine knows and does, beside the shop. */
export function Inspector() {
  return (
    <aside className={classes.inspector} aria-label="Inside the engine">
      <ProfilePanel />
      <RatePanel />
      <EventStream />
    </aside>
  )
}
