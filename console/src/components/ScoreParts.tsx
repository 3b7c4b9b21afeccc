import type { DecidedItem } from '../api/decision.ts'
import { formatName, formatShare, formatValue } from '../state/format.ts'
import classes from './ScoreParts.module.css'

interface Props {
  readonly decided: DecidedItem
  readonly position: number
}

/** The reasons, and the share of each source in the score. */
export function ScoreParts({ decided, position }: Props) {
  const parts = decided.parts ?? []
  return (
    <div className={classes.details} tabIndex={-1} data-autofocus>
      <p className={classes.head}>
        Place {position}, score {formatValue(decided.score)}
      </p>
      <ul className={classes.reasons}>
        {decided.reasons.map((reason) => (
          <li key={`${reason.type} ${reason.text}`}>{reason.text}</li>
        ))}
      </ul>
      {parts.length > 0 && (
        <>
          <div className={classes.bar} aria-hidden="true">
            {parts.map((part, index) => (
              <span key={part.source} data-part={index % 4} style={{ flexGrow: part.share }} />
            ))}
          </div>
          <dl className={classes.parts}>
            {parts.map((part, index) => (
              <div key={part.source} className={classes.part}>
                <dt>
                  <span className={classes.key} data-part={index % 4} aria-hidden="true" />
                  {formatName(part.source)}
                </dt>
                <dd>{formatShare(part.share)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  )
}
