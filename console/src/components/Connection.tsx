import type { UseQueryResult } from '@tanstack/react-query'
import type { EngineStatus } from '../api/engineStatus.ts'
import classes from './Connection.module.css'

interface Props {
  readonly status: UseQueryResult<EngineStatus>
  /** The simulated people do nothing now. */
  readonly paused: boolean
}

/** Whether the server answers, how far behind its profiles are, and whether traffic runs. */
export function Connection({ status, paused }: Props) {
  const lost = status.failureCount > 0
  const state = lost ? 'lost' : paused ? 'paused' : 'live'
  return (
    <span role="status" className={classes.connection} data-state={state}>
      <span className={classes.dot} aria-hidden="true" />
      {words(status, state)}
    </span>
  )
}

function words(status: UseQueryResult<EngineStatus>, state: 'lost' | 'paused' | 'live'): string {
  if (state === 'lost') return 'Server not reachable. Retrying…'
  if (!status.data) return 'Connecting…'
  const behind = status.data.lag.entries
  const now = state === 'paused' ? 'Traffic paused' : 'Live'
  return behind > 1000 ? `${now}, ${behind.toLocaleString('en')} entries behind` : now
}
