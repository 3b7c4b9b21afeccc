import { formatShare } from '../state/format.ts'
import type { Share } from '../state/scoreShares.ts'
import classes from './ShareBar.module.css'

interface Props {
  readonly title: string
  readonly shares: readonly Share[]
}

/** The parts of a whole as a bar, each named below with its share. */
export function ShareBar({ title, shares }: Props) {
  if (shares.length === 0) return null
  return (
    <section aria-label={title}>
      <h4 className={classes.title}>{title}</h4>
      <div className={classes.bar} aria-hidden="true">
        {shares.map(({ label, share }, place) => (
          <span key={label} data-part={Math.min(place, 3)} style={{ flexGrow: share }} />
        ))}
      </div>
      <dl className={classes.shares}>
        {shares.map(({ label, share }, place) => (
          <div key={label} className={classes.share}>
            <dt>
              <span className={classes.key} data-part={Math.min(place, 3)} aria-hidden="true" />
              <span>{label}</span>
            </dt>
            <dd>{formatShare(share)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
