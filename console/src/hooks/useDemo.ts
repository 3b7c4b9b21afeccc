import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Demo } from '../api/demo.ts'
import { useConsoleSession } from './useClient.ts'

export interface DemoControl {
  readonly demo: Demo | undefined
  readonly pending: boolean
  readonly pause: (paused: boolean) => void
}

/** The simulated people and their traffic; stays undefined where the server is not a demo. */
export function useDemo(): DemoControl {
  const { client, demo: isDemo } = useConsoleSession()
  const cache = useQueryClient()
  const query = useQuery({
    queryKey: ['demo'],
    queryFn: ({ signal }) => client.demo(signal),
    enabled: isDemo,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const mutation = useMutation({
    networkMode: 'always',
    mutationFn: (paused: boolean) => client.pauseTraffic(paused),
    onSettled: () => cache.invalidateQueries({ queryKey: ['demo'] }),
  })
  return { demo: query.data, pending: mutation.isPending, pause: mutation.mutate }
}
