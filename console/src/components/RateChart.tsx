import { areaY, axisX, axisY, lineY, plot, ruleY } from '@observablehq/plot'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import { formatClock } from '../state/format.ts'
import { rateCeiling, rateInWords, type RatePoint } from '../state/rate.ts'
import classes from './RateChart.module.css'

/** The chart itself, in its own chunk: Plot is larger than the rest of the page. */
export default function RateChart({ points }: { readonly points: readonly RatePoint[] }) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const chart = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (width > 0) chart.current?.replaceChildren(draw(points, width))
  }, [points, width])
  return (
    <figure className={classes.figure}>
      <div ref={ref} className={classes.chart}>
        <div ref={chart} role="img" aria-label={rateInWords(points)} />
      </div>
      <figcaption className={classes.legend}>
        <span data-of="events">Events</span>
        <span data-of="decisions">Decisions</span>
      </figcaption>
    </figure>
  )
}

const HEIGHT = 104

/** Seconds only where minutes alone would repeat themselves. */
function clockOf(points: readonly RatePoint[]): (at: Date) => string {
  const span = (points.at(-1)?.at.getTime() ?? 0) - (points[0]?.at.getTime() ?? 0)
  return (at) => formatClock(at.getTime()).slice(0, span < 180_000 ? 8 : 5)
}

function draw(points: readonly RatePoint[], width: number): SVGSVGElement | HTMLElement {
  const events = points.filter((point) => point.of === 'events')
  const decisions = points.filter((point) => point.of === 'decisions')
  const at = { x: 'at', y: 'perSecond', curve: 'monotone-x', clip: true } as const
  return plot({
    width,
    height: HEIGHT,
    marginLeft: 30,
    marginRight: 24,
    marginTop: 8,
    marginBottom: 22,
    style: 'background: transparent; overflow: visible; font-family: inherit; font-size: 11px;',
    y: { domain: [0, rateCeiling(points)] },
    marks: [
      axisY({ ticks: 3, tickSize: 0, label: null, tickFormat: '~s' }),
      axisX({ ticks: 3, tickSize: 0, label: null, tickFormat: clockOf(points) }),
      ruleY([0], { stroke: 'var(--attune-line)' }),
      areaY(events, { ...at, fill: 'var(--attune-accent)', fillOpacity: 0.12 }),
      lineY(events, { ...at, stroke: 'var(--attune-accent)', strokeWidth: 1.75 }),
      lineY(decisions, {
        ...at,
        stroke: 'currentColor',
        strokeWidth: 1.5,
        strokeDasharray: '3 3',
      }),
    ],
  })
}
