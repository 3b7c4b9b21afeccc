import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useStatus } from '../hooks/useStatus.ts'
import { EmptyNote } from './EmptyNote.tsx'
import { Panel } from './Panel.tsx'
import classes from './RatePanel.module.css'

const RateChart = lazy(() => import('./RateChart.tsx'))

/** Events and decisions per second over the last five minutes. */
export function RatePanel() {
  const { data } = useStatus()
  const rate = data?.rate ?? []
  return (
    <Panel
      title="Per second"
      aside={
        data && (
          <span className={classes.totals}>
            {data.events.toLocaleString('en')} events, {data.persons.toLocaleString('en')} people
          </span>
        )
      }
    >
      {data && rate.length < 2 ? (
        <EmptyNote title="Not enough data yet.">The chart begins after ten seconds.</EmptyNote>
      ) : (
        <Suspense fallback={<Skeleton height={126} />}>
          {data ? <RateChart rate={rate} /> : <Skeleton height={126} />}
        </Suspense>
      )}
    </Panel>
  )
}
