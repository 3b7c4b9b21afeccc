import type { ShownDecision } from '../hooks/useDecision.ts'
import { formatDuration } from '../state/format.ts'
import { movesInWords } from '../state/listChange.ts'
import { placementTitle } from '../state/placementTitle.ts'
import classes from './DecisionLine.module.css'
import { Icon } from './Icon.tsx'

interface Props {
  readonly shown: ShownDecision
  readonly onAskAgain: () => void
}

/** How long the decision took, and what it changed; read out by screen readers. */
export function DecisionLine({ shown, onAskAgain }: Props) {
  return (
    <div className={classes.line}>
      <span
        className={classes.took}
        title="From the request to the last byte of the answer, seen from this browser"
      >
        Decided in <strong>{formatDuration(shown.tookMs)}</strong>
      </span>
      <code className={classes.id} title={`Decision id ${shown.decision.decisionId}`}>
        {shown.decision.decisionId.slice(0, 8)}
      </code>
      <button type="button" className={classes.again} onClick={onAskAgain}>
        <Icon name="again" size={13} /> Ask again
      </button>
      <span role="status" className={classes.change}>
        {changeInWords(shown)}
      </span>
    </div>
  )
}

function changeInWords({ cause, moves }: ShownDecision): string {
  if (cause === undefined) return ''
  const changes = Object.entries(moves)
    .filter(([, list]) => list.size > 0)
    .map(([id, list]) => `${placementTitle(id).title}: ${movesInWords(list)}`)
  return `After you ${cause}: ${changes.join('. ') || 'the same lists'}.`
}
