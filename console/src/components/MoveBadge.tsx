import type { Move } from '../state/listChange.ts'
import classes from './MoveBadge.module.css'
import { Icon } from './Icon.tsx'

/** Marks an item that came into the list or moved up in it. */
export function MoveBadge({ move }: { readonly move: Move }) {
  return (
    <span className={classes.badge}>
      {move.kind === 'new' ? (
        'New here'
      ) : (
        <>
          <Icon name="up" size={11} />
          <span className={classes.hidden}>moved up by </span>
          {move.by}
        </>
      )}
    </span>
  )
}
