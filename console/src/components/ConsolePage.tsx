import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useConsoleSession } from '../hooks/useClient.ts'
import { useDemo } from '../hooks/useDemo.ts'
import { ShopContext } from '../hooks/useShop.ts'
import { useShopState } from '../hooks/useShopState.ts'
import { randomId } from '../state/randomId.ts'
import { readSession } from '../state/sessionStore.ts'
import { newVisitor, parseVisitor, simulatedVisitor, type Visitor } from '../state/visitor.ts'
import classes from './ConsolePage.module.css'
import { Inspector } from './Inspector.tsx'
import { PaneSwitch, type Pane } from './PaneSwitch.tsx'
import { PageHeader } from './PageHeader.tsx'
import { ShopTabs } from './ShopTabs.tsx'
import { VisitorPicker } from './VisitorPicker.tsx'
import { WholePage } from './WholePage.tsx'

/** Waits until it is known who can be chosen, then shows the page for one visitor. */
export function ConsolePage() {
  const { demo: isDemo } = useConsoleSession()
  const { demo } = useDemo()
  const [kept] = useState(() => parseVisitor(readSession('attune.visitor')))
  if (isDemo && !demo) return <WholePage />
  const person = demo?.people[0]
  return <ShopPage first={kept ?? (person ? simulatedVisitor(person) : newVisitor(randomId()))} />
}

function ShopPage({ first }: { readonly first: Visitor }) {
  const shop = useShopState(first)
  const [pane, setPane] = useState<Pane>('shop')
  return (
    <ShopContext value={shop}>
      <a className={classes.skip} href="#shop">
        Skip to the shop
      </a>
      <PageHeader />
      <div className={classes.columns} data-pane={pane}>
        <main className={classes.main}>
          <VisitorPicker />
          <div id="shop" tabIndex={-1} className={classes.shop}>
            <ShopTabs />
            <Outlet />
          </div>
        </main>
        <Inspector />
      </div>
      <PaneSwitch pane={pane} onChange={setPane} />
    </ShopContext>
  )
}
