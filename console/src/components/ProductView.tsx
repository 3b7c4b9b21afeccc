import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useClient } from '../hooks/useClient.ts'
import { useShop } from '../hooks/useShop.ts'
import { formatPrice } from '../state/format.ts'
import classes from './ProductView.module.css'
import { Icon } from './Icon.tsx'
import { ItemPicture } from './ItemPicture.tsx'
import { PlacementRows } from './PlacementRows.tsx'

/** One item, and what goes with it. */
export function ProductView() {
  const { itemId } = useParams({ from: '/item/$itemId' })
  const client = useClient()
  const { act } = useShop()
  const heading = useRef<HTMLHeadingElement>(null)
  const known = useQuery({
    queryKey: ['item', itemId],
    queryFn: async ({ signal }) => (await client.item(itemId, signal)) ?? null,
    staleTime: 60_000,
  })
  const item = known.data ?? { id: itemId }
  const title = item.title ?? item.id
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    document.getElementById('shop')?.scrollIntoView({ block: 'start' })
  }, [itemId])
  return (
    <>
      <article className={classes.product} aria-labelledby="product-title">
        <ItemPicture item={item} className={classes.picture ?? ''} />
        <div className={classes.facts}>
          <Link to="/" className={classes.back ?? ''}>
            <Icon name="back" size={16} /> Home
          </Link>
          <p className={classes.path}>{item.categories?.join(' › ')}</p>
          <h2 id="product-title" ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </h2>
          <p className={classes.price}>
            {formatPrice(item.price, item.currency) || 'Price unknown'}
          </p>
          {item.description && <p className={classes.text}>{item.description}</p>}
          <div className={classes.actions}>
            <Button
              leftSection={<Icon name="cart" size={16} />}
              onClick={() => void act({ kind: 'add', item })}
            >
              Add to cart
            </Button>
            <Button variant="default" onClick={() => void act({ kind: 'skip', item })}>
              Not interested
            </Button>
          </div>
        </div>
      </article>
      <PlacementRows view={{ kind: 'product', item: itemId }} />
    </>
  )
}
