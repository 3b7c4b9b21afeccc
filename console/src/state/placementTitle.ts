import { formatName } from './format.ts'

const TITLES: Readonly<Record<string, { readonly title: string; readonly about: string }>> = {
  'home-for-you': { title: 'For you', about: 'from what this person did, newest first' },
  'home-trending': { title: 'Trending', about: 'what many people want right now' },
  'home-new': { title: 'New in', about: 'the newest items' },
  'recently-viewed': { title: 'Recently viewed', about: 'where this person left off' },
  'product-similar': { title: 'Viewed also viewed', about: 'by people who viewed this item' },
  'product-bought-together': { title: 'Bought together', about: 'in the same order as this item' },
  'cart-addons': { title: 'Goes with your cart', about: 'bought together with what is in it' },
}

/** Heading and one line of explanation for a placement; unknown ones are named after their id. */
export function placementTitle(id: string): { readonly title: string; readonly about: string } {
  return (
    (Object.hasOwn(TITLES, id) ? TITLES[id] : undefined) ?? { title: formatName(id), about: '' }
  )
}
