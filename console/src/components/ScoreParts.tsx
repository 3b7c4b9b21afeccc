import { useEffect, useRef } from 'react'
import type { DecidedItem } from '../api/decision.ts'
import { formatValue } from '../state/format.ts'
import { explain } from '../state/scoreShares.ts'
import classes from './ScoreParts.module.css'
import { ShareBar } from './ShareBar.tsx'

interface Props {
  readonly decided: DecidedItem
  readonly position: number
}

/** What the score is made of: by reason, and by the source that proposed the item. */
export function ScoreParts({ decided, position }: Props) {
  const { sentences, reasons, sources } = explain(decided)
  const details = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Its place is known a moment after it is drawn.
    const timer = setTimeout(() => details.current?.scrollIntoView({ block: 'nearest' }), 50)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div ref={details} className={classes.details} tabIndex={-1} data-autofocus>
      <p className={classes.head}>
        Place {position}, score {formatValue(decided.score)}
      </p>
      {sentences.map((sentence) => (
        <p key={sentence} className={classes.sentence}>
          {sentence}
        </p>
      ))}
      <ShareBar title="Reasons" shares={reasons} />
      <ShareBar title="Sources" shares={sources} />
    </div>
  )
}
