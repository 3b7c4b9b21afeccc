import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { EngineStatus } from '../api/engineStatus.ts'
import { useClient } from './useClient.ts'

/** Counts and rates, every two seconds; `failureCount` above 0 means that the server does not answer now. */
export function useStatus(): UseQueryResult<EngineStatus> {
  const client = useClient()
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => client.status(signal),
    refetchInterval: 2000,
  })
}
