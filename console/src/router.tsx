import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { CartView } from './components/CartView.tsx'
import { HomeView } from './components/HomeView.tsx'
import { ProductView } from './components/ProductView.tsx'
import { ConsolePage } from './components/ConsolePage.tsx'

const root = createRootRoute({ component: ConsolePage, notFoundComponent: HomeView })
const home = createRoute({ getParentRoute: () => root, path: '/', component: HomeView })
const product = createRoute({
  getParentRoute: () => root,
  path: '/item/$itemId',
  component: ProductView,
})
const cart = createRoute({ getParentRoute: () => root, path: '/cart', component: CartView })

/** The server hands out the same page at each of these addresses. */
export const router = createRouter({
  routeTree: root.addChildren([home, product, cart]),
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
