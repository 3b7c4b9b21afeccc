import { ActionIcon, Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type MouseEvent } from 'react'
import type { DecidedItem } from '../api/decision.ts'
import { useKeepItem } from '../hooks/useItem.ts'
import { useShop } from '../hooks/useShop.ts'
import { formatPrice } from '../state/format.ts'
import type { Move } from '../state/listChange.ts'
import type { Origin } from '../state/segmentTrack.ts'
import classes from './ItemCard.module.css'
import { Icon } from './Icon.tsx'
import { ItemPicture } from './ItemPicture.tsx'
import { MoveBadge } from './MoveBadge.tsx'
import { ScoreDetails } from './ScoreDetails.tsx'

interface Props {
  readonly decided: DecidedItem
  readonly move: Move | undefined
  readonly origin: Origin
}

/** One decided item: picture, title, price, reason, and what can be done with it. */
export function ItemCard({ decided, move, origin }: Props) {
  const { act } = useShop()
  const navigate = useNavigate()
  const keepItem = useKeepItem()
  const [leaving, setLeaving] = useState(false)
  const item = decided.item ?? { id: decided.id }
  const title = item.title ?? item.id

  function open(event: MouseEvent): void {
    // A new tab or window is left to the browser.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    if (decided.item) keepItem(decided.item)
    void act({ kind: 'open', item, origin })
    void navigate({ to: '/item/$itemId', params: { itemId: item.id } })
  }

  async function skip(): Promise<void> {
    setLeaving(true)
    if (!(await act({ kind: 'skip', item, origin }))) setLeaving(false)
  }

  return (
    <article className={classes.card} data-moved={move?.kind} data-leaving={leaving || undefined}>
      {move && <MoveBadge move={move} />}
      <Link
        to="/item/$itemId"
        params={{ itemId: item.id }}
        className={classes.open ?? ''}
        onClick={open}
      >
        <ItemPicture item={item} className={classes.picture ?? ''} />
        <span className={classes.title} title={title}>
          {title}
        </span>
      </Link>
      <span className={classes.price}>{formatPrice(item.price, item.currency)}</span>
      <span className={classes.reason}>{decided.reasons[0]?.text}</span>
      <div className={classes.actions}>
        <Button
          size="compact-sm"
          variant="default"
          className={`${classes.action} ${classes.add}`}
          aria-label={`Add ${title} to the cart`}
          onClick={() => void act({ kind: 'add', item, origin })}
        >
          Add
        </Button>
        <ScoreDetails decided={decided} title={title} position={origin.position} />
        <ActionIcon
          size={26}
          variant="subtle"
          color="gray"
          aria-label={`Not interested in ${title}`}
          title="Not interested"
          onClick={() => void skip()}
        >
          <Icon name="skip" size={14} />
        </ActionIcon>
      </div>
    </article>
  )
}
