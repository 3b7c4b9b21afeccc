import { Skeleton } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useItem } from '../hooks/useItem.ts'
import classes from './ProductView.module.css'
import { EmptyNote } from './EmptyNote.tsx'
import { HomeView } from './HomeView.tsx'
import { Icon } from './Icon.tsx'
import { PlacementRows } from './PlacementRows.tsx'
import { ProductFacts } from './ProductFacts.tsx'

/** One item and what goes with it, or that there is no such item. */
export function ProductView() {
  const { itemId } = useParams({ from: '/item/$itemId' })
  const shown = useItem(itemId)
  const back = (
    <Link to="/" className={classes.back ?? ''}>
      <Icon name="back" size={16} /> Home
    </Link>
  )
  switch (shown.state) {
    case 'known':
      return (
        <>
          <ProductFacts key={itemId} item={shown.item} back={back} />
          <PlacementRows view={{ kind: 'product', item: itemId }} />
        </>
      )
    case 'loading':
      return <Skeleton height={200} mt="1.25rem" aria-label="Loading the item" />
    case 'unknown':
      return (
        <>
          <div role="status" className={classes.missing}>
            {back}
            <EmptyNote title="No such item.">
              The catalogue has nothing with the id <code>{itemId}</code>.
            </EmptyNote>
          </div>
          <HomeView />
        </>
      )
    case 'failed':
      return (
        <div role="alert" className={classes.missing}>
          {back}
          <EmptyNote title="The item cannot be shown.">{shown.message}</EmptyNote>
        </div>
      )
  }
}
