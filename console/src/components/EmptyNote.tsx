import type { ReactNode } from 'react'
import classes from './EmptyNote.module.css'

interface Props {
  readonly title: string
  readonly children?: ReactNode
}

/** Says why there is nothing here, and what would bring something. */
export function EmptyNote({ title, children }: Props) {
  return (
    <div className={classes.note}>
      <strong className={classes.title}>{title}</strong>
      {children !== undefined && <span>{children}</span>}
    </div>
  )
}
