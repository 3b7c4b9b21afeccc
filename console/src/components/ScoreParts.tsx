import type { DecidedItem } from '../api/decision.ts'
import { formatValue } from '../state/format.ts'
import { reasonShares, sourceShares } from '../state/scoreShares.ts'
import classes from './ScoreParts.module.css'
import { ShareBar } from './ShareBar.tsx'

interface Props {
  readonly decided: DecidedItem
  readonly position: number
}

/** What the score is made of: by reason, and by the source that proposed the item. */
export function ScoreParts({ decided, position }: Props) {
  return (
    <div className={classes.details} tabIndex={-1} data-autofocus>
      <p className={classes.head}>
        Place {position}, score {formatValue(decided.score)}
      </p>
      <ShareBar title="Reasons" shares={reasonShares(decided)} />
      <ShareBar title="Sources" shares={sourceShares(decided)} />
    </div>
  )
}
