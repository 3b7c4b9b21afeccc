import { useId, type ReactNode } from 'react'
import classes from './Panel.module.css'

interface Props {
  readonly title: string
  /** Stands at the right of the heading. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** One titled part of the inspector. */
export function Panel({ title, aside, children }: Props) {
  const heading = useId()
  return (
    <section className={classes.panel} aria-labelledby={heading}>
      <header className={classes.header}>
        <h2 id={heading} className={classes.title}>
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
