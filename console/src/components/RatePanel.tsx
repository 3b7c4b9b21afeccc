import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useStatus } from '../hooks/useStatus.ts'
import { ratePoints } from '../state/rate.ts'
import { EmptyNote } from './EmptyNote.tsx'
import { Panel } from './Panel.tsx'
import classes from './RatePanel.module.css'

const RateChart = lazy(() => import('./RateChart.tsx'))

/** Events and decisions per second over the last five minutes. */
export function RatePanel() {
  const { data } = useStatus()
  const points = data && ratePoints(data.rate, data.uptimeMs)
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
      {!points ? (
        <Skeleton height={126} />
      ) : points.length < 4 ? (
        <EmptyNote title="Not enough data yet.">The chart begins after fifteen seconds.</EmptyNote>
      ) : (
        <Suspense fallback={<Skeleton height={126} />}>
          <RateChart points={points} />
        </Suspense>
      )}
    </Panel>
  )
}
