import { Button } from '@mantine/core'
import { useConsoleSession } from '../hooks/useClient.ts'
import { useDemo } from '../hooks/useDemo.ts'
import { useStatus } from '../hooks/useStatus.ts'
import { Brand } from './Brand.tsx'
import { Connection } from './Connection.tsx'
import classes from './PageHeader.module.css'
import { SchemeSwitch } from './SchemeSwitch.tsx'
import { TrafficSwitch } from './TrafficSwitch.tsx'

/** Name, workspace, whether the server answers, traffic and colours. */
export function PageHeader() {
  const { demo: isDemo, leave } = useConsoleSession()
  const { demo } = useDemo()
  const status = useStatus()
  return (
    <header className={classes.header}>
      <div className={classes.inner}>
        <Brand />
        {isDemo ? (
          <span className={classes.simulated}>Simulated shop</span>
        ) : (
          <span className={classes.workspace}>{status.data?.workspace}</span>
        )}
        <div className={classes.controls}>
          <Connection status={status} paused={demo?.paused ?? false} />
          {isDemo ? (
            <TrafficSwitch />
          ) : (
            <Button size="xs" variant="default" onClick={leave}>
              Leave
            </Button>
          )}
          <SchemeSwitch />
        </div>
      </div>
    </header>
  )
}
