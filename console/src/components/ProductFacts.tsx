import { Button } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import type { Item } from '../api/item.ts'
import { useShop } from '../hooks/useShop.ts'
import { formatPrice } from '../state/format.ts'
import classes from './ProductView.module.css'
import { Icon } from './Icon.tsx'
import { ItemPicture } from './ItemPicture.tsx'
import { SkipNote } from './SkipNote.tsx'

interface Props {
  readonly item: Item
  /** The way back, above the title. */
  readonly back: ReactNode
}

/** Picture, title, price and text of one item, and what can be done with it. */
export function ProductFacts({ item, back }: Props) {
  const { act, skipped } = useShop()
  const isSkipped = skipped.includes(item.id)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    document.getElementById('shop')?.scrollIntoView({ block: 'start' })
  }, [])
  return (
    <article className={classes.product} aria-labelledby="product-title">
      <ItemPicture item={item} className={classes.picture ?? ''} />
      <div className={classes.facts}>
        {back}
        <p className={classes.path}>{item.categories?.join(' › ')}</p>
        <h2 id="product-title" ref={heading} tabIndex={-1} className={classes.title}>
          {item.title ?? item.id}
        </h2>
        <p className={classes.price}>{formatPrice(item.price, item.currency) || 'Price unknown'}</p>
        {item.description && <p className={classes.text}>{item.description}</p>}
        {isSkipped && <SkipNote item={item} />}
        <div className={classes.actions}>
          <Button
            leftSection={<Icon name="cart" size={16} />}
            onClick={() => void act({ kind: 'add', item })}
          >
            Add to cart
          </Button>
          {!isSkipped && (
            <Button variant="default" onClick={() => void act({ kind: 'skip', item })}>
              Not interested
            </Button>
          )}
        </div>
      </div>
    </article>
  )
}
