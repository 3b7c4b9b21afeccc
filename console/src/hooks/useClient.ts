import { createContext, useContext } from 'react'
import type { Client } from '../api/client.ts'
import type { TitleBook } from '../state/titleBook.ts'

/** What every part of the page needs to know of its session. */
export interface ConsoleSession {
  readonly client: Client
  /** True on a demo server: there are simulated people, traffic and pictures. */
  readonly demo: boolean
  /** Forgets the secret key of this tab. */
  readonly leave: () => void
  readonly titles: TitleBook
}

export const SessionContext = createContext<ConsoleSession | undefined>(undefined)

export function useConsoleSession(): ConsoleSession {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useConsoleSession needs a SessionContext above it')
  return session
}

export function useClient(): Client {
  return useConsoleSession().client
}
