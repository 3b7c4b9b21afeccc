import { Link } from '@tanstack/react-router'
import { useShop } from '../hooks/useShop.ts'
import { cartCount } from '../state/cart.ts'
import { visitorName } from '../state/visitor.ts'
import classes from './ShopTabs.module.css'

/** The parts of the shop, with the number of things in the cart. */
export function ShopTabs() {
  const { visitor, cart, failure } = useShop()
  const count = cartCount(cart)
  return (
    <>
      <nav aria-label="Shop" className={classes.tabs}>
        <Link to="/" className={classes.tab ?? ''} activeOptions={{ exact: true }}>
          Home
        </Link>
        <Link to="/cart" className={classes.tab ?? ''}>
          Cart
          <span className={classes.count} data-full={count > 0 || undefined}>
            {count}
            <span className={classes.hidden}> in the cart</span>
          </span>
        </Link>
        <span className={classes.who}>as {visitorName(visitor)}</span>
      </nav>
      {failure !== undefined && (
        <p role="alert" className={classes.failure}>
          The event was not accepted: {failure}
        </p>
      )}
    </>
  )
}
