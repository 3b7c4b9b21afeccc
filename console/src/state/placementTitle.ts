import { formatName } from './format.ts'

const TITLES: Readonly<Record<string, { readonly title: string; readonly about: string }>> = {
  'home-for-you': { title: 'For you', about: 'from what this person did, newest first' },
  'home-because-you': { title: 'Because of one thing', about: 'like one item of this person' },
  'home-discover': { title: 'Something new', about: 'unlike what this person usually looks at' },
  'home-arrivals': { title: 'New for you', about: 'new items like what this person likes' },
  'next-basket': { title: 'Next order', about: 'what this person may order next' },
  'home-trending': { title: 'Trending', about: 'what many people want right now' },
  'home-new': { title: 'New in', about: 'the newest items' },
  'recently-viewed': { title: 'Recently viewed', about: 'where this person left off' },
  'product-similar': {
    title: 'Similar',
    about: 'viewed together with this item, or described like it',
  },
  'product-bought-together': { title: 'Bought together', about: 'in the same order as this item' },
  'cart-addons': { title: 'Goes with your cart', about: 'bought together with what is in it' },
}

/** Heading and one line of explanation for a placement; unknown ones are named after their id. */
export function placementTitle(id: string): { readonly title: string; readonly about: string } {
  return (
    (Object.hasOwn(TITLES, id) ? TITLES[id] : undefined) ?? { title: formatName(id), about: '' }
  )
}
