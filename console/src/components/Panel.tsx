import { useId, type ReactNode } from 'react'
import { useMoreBelow } from '../hooks/useMoreBelow.ts'
import classes from './Panel.module.css'
import { Icon } from './Icon.tsx'

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
      {scrolls ? <ScrollArea heading={heading}>{children}</ScrollArea> : children}
    </section>
  )
}

interface ScrollAreaProps {
  readonly heading: string
  readonly children: ReactNode
}

/** Fades out at the foot and says so while there is more below. */
function ScrollArea({ heading, children }: ScrollAreaProps) {
  const [area, more] = useMoreBelow()
  return (
    <div className={classes.frame}>
      {/* A part that scrolls must be reachable by keyboard. */}
      <div
        ref={area}
        className={classes.scroll}
        tabIndex={0}
        role="group"
        aria-labelledby={heading}
      >
        {children}
      </div>
      {more && (
        <div className={classes.more} aria-hidden="true">
          <span>
            <Icon name="down" size={12} /> more
          </span>
        </div>
      )}
    </div>
  )
}
