import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/index.ts'
import { testAnalyticsStore } from '../../contract/analyticsStore.ts'
import { useSandbox } from '../../contract/sandbox.ts'
import { openDuckdbAnalytics } from './analytics.ts'

testAnalyticsStore('duckdb')

const sandbox = useSandbox()
const row = {
  pid: 'p',
  time: 0,
  receivedAt: 0,
  type: 'track',
  event: 'e',
  item: null,
  value: null,
  quantity: null,
  order: null,
  decision: null,
  placement: null,
  position: null,
  device: null,
  country: null,
}

test('its thread ends when idle, and the next request starts another', async () => {
  const options = { idleMs: 20 }
  const store = sandbox.keep(await openDuckdbAnalytics(sandbox.directory(), options))
  for (let n = 1; n <= 3; n++) {
    await store.append([row], n)
    const [found] = await store.query('events_by_name', { from: 0, to: 1 })
    expect(found?.['events']).toBe(n)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
})

test('rows are sealed when the oldest has waited an hour', async () => {
  const clock = new ManualClock(1_000_000)
  const store = sandbox.keep(await openDuckdbAnalytics(sandbox.directory(), { clock }))
  await store.append([row], 1)
  clock.advance(3_599_999)
  await store.append([row], 2)
  await store.query('events_by_name', { from: 0, to: 1 })
  expect(await store.manifest({ from: 0, to: 1 })).toEqual([])
  clock.advance(1)
  await store.append([row], 3)
  expect(await store.manifest({ from: 0, to: 1 })).toMatchObject([{ rows: 3 }])
})
