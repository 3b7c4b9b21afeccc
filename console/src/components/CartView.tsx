import { Button } from '@mantine/core'
import { useState } from 'react'
import { useShop } from '../hooks/useShop.ts'
import { cartTotal } from '../state/cart.ts'
import { formatPrice } from '../state/format.ts'
import { randomId } from '../state/randomId.ts'
import { CartLineRow } from './CartLineRow.tsx'
import classes from './CartView.module.css'
import { EmptyNote } from './EmptyNote.tsx'
import { PlacementRows } from './PlacementRows.tsx'

const VIEW = { kind: 'cart' } as const

/** What is in the cart, its total, and what goes with it. */
export function CartView() {
  const { cart, act } = useShop()
  const [bought, setBought] = useState(false)
  const buy = async (): Promise<void> => {
    setBought(await act({ kind: 'buy', cart, orderId: `console-${randomId()}` }))
  }
  return (
    <>
      <section className={classes.cart} aria-labelledby="cart-heading">
        <h2 id="cart-heading" className={classes.heading}>
          Cart
        </h2>
        {cart.length === 0 ? (
          <div role="status">
            {bought ? (
              <EmptyNote title="Thank you, bought.">
                The order is part of the profile now, and “For you” answers it. Put something in the
                cart to see what goes with it.
              </EmptyNote>
            ) : (
              <EmptyNote title="The cart is empty.">
                Put something in the cart to see what goes with it.
              </EmptyNote>
            )}
          </div>
        ) : (
          <>
            <ul className={classes.lines}>
              {cart.map((line) => (
                <CartLineRow key={line.item.id} line={line} />
              ))}
            </ul>
            <div className={classes.foot}>
              <span>
                Total <strong>{formatPrice(cartTotal(cart), cart[0]?.item.currency)}</strong>
              </span>
              <Button onClick={() => void buy()}>Buy now</Button>
            </div>
          </>
        )}
      </section>
      <PlacementRows view={VIEW} />
    </>
  )
}
