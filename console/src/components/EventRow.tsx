import type { LiveEvent } from '../api/liveEvent.ts'
import { formatClock, formatName } from '../state/format.ts'
import { placementTitle } from '../state/placementTitle.ts'
import classes from './EventRow.module.css'

interface Props {
  readonly event: LiveEvent
  /** True when the visitor on the page did it. */
  readonly own: boolean
  /** Of the item that the event is about. */
  readonly title: string | undefined
}

/** One event: when, what, and what became of it. */
export function EventRow({ event, own, title }: Props) {
  return (
    <li className={classes.row} data-own={own || undefined}>
      <time className={classes.time} dateTime={new Date(event.receivedAt).toISOString()}>
        {formatClock(event.receivedAt)}
      </time>
      <span className={classes.words}>
        <span className={classes.name}>
          {event.name || formatName(event.type)}
          {own && <span className={classes.own}>this visitor</span>}
        </span>
        {title !== undefined && <span className={classes.item}>{title}</span>}
        {event.decisionId !== undefined && (
          <span className={classes.joined}>
            joined to {placementTitle(event.placement ?? '').title || 'a decision'}
            {event.position !== undefined && `, place ${event.position}`}
          </span>
        )}
      </span>
      <span className={classes.fate} data-fate={event.fate} title={event.code}>
        {event.fate}
        {event.code !== undefined && <span className={classes.code}>{event.code}</span>}
      </span>
    </li>
  )
}
