import { useId, type ReactNode } from 'react'
import classes from './Panel.module.css'

interface Props {
  readonly title: string
  /** Stands at the right of the heading. */
  readonly aside?: ReactNode
  /** The content scrolls by itself where the panel's height is limited. */
  readonly scrolls?: boolean
  readonly children: ReactNode
}

/** One titled part of the inspector. */
export function Panel({ title, aside, scrolls = false, children }: Props) {
  const heading = useId()
  return (
    <section className={classes.panel} aria-labelledby={heading}>
      <header className={classes.header}>
        <h2 id={heading} className={classes.title}>
          {title}
        </h2>
        {aside}
      </header>
      {scrolls ? (
        // A part that scrolls must be reachable by keyboard.
        <div className={classes.scroll} tabIndex={0} role="group" aria-labelledby={heading}>
          {children}
        </div>
      ) : (
        children
      )}
    </section>
  )
}
