import type { WeightedKey } from '../api/profileView.ts'
import { formatName, formatShare } from '../state/format.ts'
import classes from './Ranking.module.css'

interface Props {
  readonly name: string
  readonly keys: readonly WeightedKey[]
  /** Keys shown. */
  readonly limit: number
}

/** A feature that ranks keys, such as the top categories, as bars. */
export function Ranking({ name, keys, limit }: Props) {
  return (
    <section>
      <h3 className={classes.title}>{formatName(name)}</h3>
      <ul className={classes.list}>
        {keys.slice(0, limit).map(({ key, weight }) => (
          <li key={key} className={classes.key}>
            <span>{key}</span>
            <span className={classes.share}>{formatShare(weight)}</span>
            <span className={classes.bar} aria-hidden="true">
              <span style={{ width: `${100 * Math.min(1, Math.max(0, weight))}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
