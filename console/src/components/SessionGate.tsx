import { useQuery } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { createClient, openDemoSession } from '../api/client.ts'
import { SessionContext, type ConsoleSession } from '../hooks/useClient.ts'
import { TitleContext } from '../hooks/useTitles.ts'
import { router } from '../router.tsx'
import { readSession, writeSession } from '../state/sessionStore.ts'
import { TitleBook } from '../state/titleBook.ts'
import { KeyForm } from './KeyForm.tsx'
import { WholePage } from './WholePage.tsx'

/**
 * Decides how the page may speak to the server: with the demo's own session, or with a secret key that is asked
 * for. `refusals` counts how often the server did not know the key; each starts the question anew.
 */
export function SessionGate({ refusals }: { readonly refusals: number }) {
  const [kept, setKept] = useState({ key: readSession('attune.secretKey'), refusals })
  const key = kept.refusals === refusals ? kept.key : null
  const demo = useQuery({
    queryKey: ['session', refusals],
    queryFn: async ({ signal }) => (await openDemoSession(signal)) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const token = demo.data ?? key
  const session = useMemo<ConsoleSession | undefined>(() => {
    if (!token) return undefined
    const leave = (): void => {
      writeSession('attune.secretKey', null)
      setKept({ key: null, refusals })
    }
    const client = createClient(token)
    return {
      client,
      demo: demo.data !== null,
      leave,
      titles: new TitleBook((ids) => client.items(ids)),
    }
  }, [token, demo.data, refusals])

  if (demo.isPending) return <WholePage unreachable={demo.failureCount > 0} />
  if (demo.isError) return <WholePage failure={demo.error.message} />
  if (!session) {
    const unlock = (secretKey: string): void => {
      writeSession('attune.secretKey', secretKey)
      setKept({ key: secretKey, refusals })
    }
    return <KeyForm refused={refusals > 0} onUnlock={unlock} />
  }
  return (
    <SessionContext value={session} key={token}>
      <TitleContext value={session.titles}>
        <RouterProvider router={router} />
      </TitleContext>
    </SessionContext>
  )
}
