import { Button } from '@mantine/core'
import { useDemo } from '../hooks/useDemo.ts'
import { Icon } from './Icon.tsx'

/** Pauses and resumes the simulated people's traffic. */
export function TrafficSwitch() {
  const { demo, pending, pause } = useDemo()
  if (!demo) return null
  return (
    <Button
      size="xs"
      variant="default"
      loading={pending}
      leftSection={<Icon name={demo.paused ? 'play' : 'pause'} size={14} />}
      onClick={() => pause(!demo.paused)}
    >
      {demo.paused ? 'Resume traffic' : 'Pause traffic'}
    </Button>
  )
}
