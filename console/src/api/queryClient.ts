import { QueryCache, QueryClient } from '@tanstack/react-query'
import { RequestError } from './requestError.ts'

/**
 * One cache for the page. A server that does not answer is asked again until it does; a refusal is final.
 * `onRefusedKey` is called when the server no longer knows the key in use.
 */
export function createQueryClient(onRefusedKey: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof RequestError && error.status === 401) onRefusedKey()
      },
    }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (_count, error) => error instanceof RequestError && error.passing,
        retryDelay: (count) => Math.min(500 * 2 ** count, 3000),
      },
    },
  })
}
