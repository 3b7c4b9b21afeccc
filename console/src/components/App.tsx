import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { createQueryClient } from '../api/queryClient.ts'
import { cssVariables, theme } from '../theme.ts'
import { SessionGate } from './SessionGate.tsx'

/** Everything that is on the page. */
export function App() {
  const [refusals, setRefusals] = useState(0)
  const [queries] = useState(() => createQueryClient(() => setRefusals((count) => count + 1)))
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <SessionGate refusals={refusals} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
