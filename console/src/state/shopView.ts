import type { DecideRequest } from '../api/decision.ts'
import { visitorIdentity, type Visitor } from './visitor.ts'

/** Which part of the shop is on screen. */
export type ShopView =
  | { readonly kind: 'home' }
  | { readonly kind: 'product'; readonly item: string }
  | { readonly kind: 'cart' }

const PLACEMENTS: Readonly<Record<ShopView['kind'], readonly string[]>> = {
  home: [
    'home-for-you',
    'home-because-you',
    'home-trending',
    'home-discover',
    'home-new',
    'recently-viewed',
  ],
  // "For you" stays on every view, so that its change is seen the moment something is done.
  product: ['product-similar', 'product-bought-together', 'home-for-you'],
  cart: ['cart-addons', 'home-for-you'],
}

/** The placements of a view, in the order of the page. Nothing goes with an empty cart. */
export function placementsOf(view: ShopView, cart: readonly string[]): readonly string[] {
  const all = PLACEMENTS[view.kind]
  return cart.length > 0 ? all : all.filter((id) => id !== 'cart-addons')
}

/** Rows that are left out while there is nothing to show: there is no heading for a list about no item. */
const ONLY_FILLED: ReadonlySet<string> = new Set(['home-because-you', 'home-discover'])

/** Whether a row is on the page, by how many items it has. */
export function isShown(placement: string, items: number): boolean {
  return items > 0 || !ONLY_FILLED.has(placement)
}

/**
 * No item stands in two rows of the home page, and the placement that is asked for first gets it: what was just
 * viewed belongs to "Recently viewed", wherever on the page that row stands.
 */
function askingOrder(placements: readonly string[]): readonly string[] {
  return placements.toSorted(
    (a, b) => Number(b === 'recently-viewed') - Number(a === 'recently-viewed'),
  )
}

/** One request that answers every row of the view, without what the visitor skipped since the page was opened. */
export function decideRequest(
  view: ShopView,
  visitor: Visitor,
  cart: readonly string[],
  skipped: readonly string[],
): DecideRequest {
  const context = {
    ...(view.kind === 'product' ? { item: view.item } : {}),
    ...(cart.length > 0 ? { cart } : {}),
  }
  return {
    ...visitorIdentity(visitor),
    placements: askingOrder(placementsOf(view, cart)),
    ...(Object.keys(context).length > 0 ? { context } : {}),
    ...(skipped.length > 0 ? { exclude: skipped } : {}),
    // An item of "For you" stays there though another row shows it too: else the row would differ from view to view.
    ...(view.kind === 'home' ? {} : { distinct: false }),
    include: ['item', 'parts'],
  }
}
