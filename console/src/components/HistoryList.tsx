import type { HistoryRow } from '../api/profileView.ts'
import { useTitles } from '../hooks/useTitles.ts'
import { formatAgo } from '../state/format.ts'
import { deeds, pastTense } from '../state/history.ts'
import classes from './HistoryList.module.css'

/** The newest things that the person did. */
export function HistoryList({ rows }: { readonly rows: readonly HistoryRow[] }) {
  const shown = deeds(rows).slice(0, 5)
  const titleOf = useTitles(shown.map((row) => row.item))
  if (shown.length === 0) return null
  const now = Date.now()
  return (
    <section>
      <h3 className={classes.title}>Newest history</h3>
      <ol className={classes.list}>
        {shown.map((row, place) => (
          <li key={`${row.time} ${row.item} ${row.action} ${place}`} className={classes.row}>
            <span className={classes.action}>{pastTense(row.action)}</span>
            <span className={classes.item}>{titleOf(row.item)}</span>
            <time className={classes.time} dateTime={new Date(row.time).toISOString()}>
              {formatAgo(row.time, now)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  )
}
