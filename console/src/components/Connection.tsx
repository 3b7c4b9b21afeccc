import type { UseQueryResult } from '@tanstack/react-query'
import type { EngineStatus } from '../api/engineStatus.ts'
import classes from './Connection.module.css'

/** Whether the server answers, and how far behind its profiles are. */
export function Connection({ status }: { readonly status: UseQueryResult<EngineStatus> }) {
  const lost = status.failureCount > 0
  return (
    <span role="status" className={classes.connection} data-lost={lost || undefined}>
      <span className={classes.dot} aria-hidden="true" />
      {words(status, lost)}
    </span>
  )
}

function words(status: UseQueryResult<EngineStatus>, lost: boolean): string {
  if (lost) return 'Server not reachable. Retrying…'
  if (!status.data) return 'Connecting…'
  const behind = status.data.lag.entries
  return behind > 1000 ? `Live, ${behind.toLocaleString('en')} entries behind` : 'Live'
}
