import { useDecision } from '../hooks/useDecision.ts'
import { useShop } from '../hooks/useShop.ts'
import { NO_MOVES } from '../state/listChange.ts'
import { isShown, placementsOf, type ShopView } from '../state/shopView.ts'
import { DecisionLine } from './DecisionLine.tsx'
import { EmptyNote } from './EmptyNote.tsx'
import { PlacementRow } from './PlacementRow.tsx'
import { RowSkeleton } from './RowSkeleton.tsx'

/** Every row of a view, answered by one decision. */
export function PlacementRows({ view }: { readonly view: ShopView }) {
  const query = useDecision(view)
  const { cart } = useShop()
  const placements = placementsOf(
    view,
    cart.map((line) => line.item.id),
  )
  const shown = query.data
  if (!shown) {
    if (query.isError) {
      return (
        <div role="alert" style={{ marginTop: '1.25rem' }}>
          <EmptyNote title="No decision.">{query.error.message}</EmptyNote>
        </div>
      )
    }
    return <RowSkeleton retrying={query.failureCount > 0} rows={placements.length} />
  }
  // The answer before the last action lacks a row that came with it.
  const answered = placements
    .filter((id) => !query.isPlaceholderData || Object.hasOwn(shown.decision.placements, id))
    .filter((id) => isShown(id, shown.decision.placements[id]?.items.length ?? 0))
  return (
    <>
      <DecisionLine shown={shown} onAskAgain={() => void query.refetch()} />
      {answered.map((id) => (
        <PlacementRow
          key={id}
          id={id}
          placement={shown.decision.placements[id]}
          decisionId={shown.decision.decisionId}
          moves={shown.moves[id] ?? NO_MOVES}
        />
      ))}
    </>
  )
}
