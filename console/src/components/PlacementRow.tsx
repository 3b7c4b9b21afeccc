import type { DecidedPlacement } from '../api/decision.ts'
import { useMoveAnimation } from '../hooks/useMoveAnimation.ts'
import { useShop } from '../hooks/useShop.ts'
import type { Moves } from '../state/listChange.ts'
import { placementTitle } from '../state/placementTitle.ts'
import classes from './PlacementRow.module.css'
import { EmptyNote } from './EmptyNote.tsx'
import { ItemCard } from './ItemCard.tsx'
import { SkipNote } from './SkipNote.tsx'

interface Props {
  readonly id: string
  /** undefined when the server did not answer this placement. */
  readonly placement: DecidedPlacement | undefined
  readonly decisionId: string
  readonly moves: Moves
}

/** One placement as a row that scrolls sideways. */
export function PlacementRow({ id, placement, decisionId, moves }: Props) {
  const items = placement?.items ?? []
  const { lastSkip } = useShop()
  const removed = lastSkip?.placement === id ? lastSkip.item : undefined
  const row = useMoveAnimation(items.map((item) => item.id).join('\n'))
  const { title, about } = placementTitle(id)
  const heading = `row-${id}`
  return (
    <section className={classes.section} aria-labelledby={heading} data-placement={id}>
      <header className={classes.header}>
        <h3 id={heading} className={classes.title}>
          {placement?.about?.text ?? title}
        </h3>
        <span className={classes.about}>{about}</span>
        {placement?.fallback && (
          <span className={classes.fallback}>
            Filled by {placement.fallback.used}: {placement.fallback.why}
          </span>
        )}
      </header>
      {removed && !items.some((item) => item.id === removed.id) && (
        <SkipNote key={removed.id} item={removed} />
      )}
      {items.length === 0 ? (
        <EmptyNote title="Not enough data yet.">{placement?.short}</EmptyNote>
      ) : (
        <ul className={classes.row} ref={row}>
          {items.map((item, place) => (
            <li key={item.id} data-move-id={item.id} data-item={item.id} className={classes.place}>
              <ItemCard
                decided={item}
                move={moves.get(item.id)}
                origin={{ decisionId, placement: id, position: place + 1 }}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
