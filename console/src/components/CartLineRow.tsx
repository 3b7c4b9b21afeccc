import { Button } from '@mantine/core'
import { useShop } from '../hooks/useShop.ts'
import type { CartLine } from '../state/cart.ts'
import { formatPrice } from '../state/format.ts'
import classes from './CartLineRow.module.css'
import { ItemPicture } from './ItemPicture.tsx'

/** One kind of thing in the cart. */
export function CartLineRow({ line }: { readonly line: CartLine }) {
  const { act } = useShop()
  const { item, quantity } = line
  const title = item.title ?? item.id
  return (
    <li className={classes.line}>
      <ItemPicture item={item} className={classes.picture ?? ''} />
      <span className={classes.title}>{title}</span>
      <span className={classes.price}>
        {quantity} × {formatPrice(item.price, item.currency) || '–'}
      </span>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={`Remove ${title}`}
        onClick={() => void act({ kind: 'remove', item })}
      >
        Remove
      </Button>
    </li>
  )
}
