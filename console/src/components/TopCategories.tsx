import type { TopCategory } from '../api/profileView.ts'
import { formatShare } from '../state/format.ts'
import classes from './TopCategories.module.css'

/** The categories that the person turns to, as shares of their sum. */
export function TopCategories({ categories }: { readonly categories: readonly TopCategory[] }) {
  const shown = categories.slice(0, 5)
  const sum = categories.reduce((total, { weight }) => total + Math.max(0, weight), 0)
  if (shown.length === 0 || sum === 0) return null
  return (
    <section>
      <h3 className={classes.title}>Top categories</h3>
      <ul className={classes.list}>
        {shown.map(({ name, weight }) => (
          <li key={name} className={classes.category}>
            <span>{name}</span>
            <span className={classes.share}>{formatShare(weight / sum)}</span>
            <span className={classes.bar} aria-hidden="true">
              <span style={{ width: `${(100 * Math.max(0, weight)) / sum}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
