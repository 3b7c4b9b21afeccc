import { createContext, useContext, useEffect, useSyncExternalStore } from 'react'
import type { TitleBook } from '../state/titleBook.ts'

export const TitleContext = createContext<TitleBook | undefined>(undefined)

/** Gives the title of an item, or its id until the title is known. */
export function useTitles(ids: readonly string[]): (id: string) => string {
  const book = useContext(TitleContext)
  if (!book) throw new Error('useTitles needs a TitleContext above it')
  useSyncExternalStore(book.subscribe, book.version)
  const wanted = ids.join('\n')
  useEffect(() => book.want(wanted === '' ? [] : wanted.split('\n')), [book, wanted])
  return (id) => book.titleOf(id)
}
