import { useEffect, useRef } from 'react'
import type { Item } from '../api/item.ts'
import classes from './SkipNote.module.css'
import { Icon } from './Icon.tsx'

/** Stands in the row that an item was skipped out of; takes over the focus that the item's button had. */
export function SkipNote({ item }: { readonly item: Item }) {
  const note = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) note.current?.focus({ preventScroll: true })
  }, [])
  return (
    <p ref={note} tabIndex={-1} className={classes.note}>
      <Icon name="skip" size={13} />
      <span>
        Removed <strong>{item.title ?? item.id}</strong>: not interested.
      </span>
    </p>
  )
}
