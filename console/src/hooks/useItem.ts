import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Item } from '../api/item.ts'
import { useClient } from './useClient.ts'

/** What there is to show of an item. */
export type ShownItem =
  | { readonly state: 'loading' }
  | { readonly state: 'unknown' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'known'; readonly item: Item }

/** An item of the catalogue, asked for at most once a minute. */
export function useItem(id: string): ShownItem {
  const client = useClient()
  const query = useQuery({
    queryKey: ['item', id],
    queryFn: async ({ signal }) => (await client.item(id, signal)) ?? null,
    staleTime: 60_000,
  })
  if (query.data) return { state: 'known', item: query.data }
  if (query.data === null) return { state: 'unknown' }
  return query.isError ? { state: 'failed', message: query.error.message } : { state: 'loading' }
}

/** Keeps an item that came with a decision, so that its page has it at once. */
export function useKeepItem(): (item: Item) => void {
  const cache = useQueryClient()
  return (item) => void cache.setQueryData(['item', item.id], item)
}
