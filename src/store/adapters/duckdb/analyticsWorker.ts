import { workerData } from 'node:worker_threads'
import type { Json } from '../../../base/index.ts'
import type { TimeRange } from '../../analyticsStore.ts'
import { serveRequests } from '../workerPort.ts'
import { AnalyticsEngine, type AnalyticsSettings } from './analyticsEngine.ts'

/** What the main thread asks of the analytics thread. */
export type AnalyticsRequest =
  | {
      readonly ask: 'append'
      readonly bytes: Uint8Array
      readonly through: number
      readonly now: number
    }
  | {
      readonly ask: 'query'
      readonly name: string
      readonly parameters: Readonly<Record<string, Json>>
    }
  | { readonly ask: 'manifest'; readonly range: TimeRange }
  | { readonly ask: 'erase'; readonly pids: readonly string[] }
  | { readonly ask: 'seal' | 'close' }

const RELEASE_AFTER_MS = 30_000
let engine: AnalyticsEngine | undefined
let idle: NodeJS.Timeout | undefined
let sealing = false

const later = serveRequests<AnalyticsRequest>(
  async ({ id, body }, port) => {
    clearTimeout(idle)
    try {
      if (body.ask !== 'append') port.answer(id, await answerTo(body))
    } finally {
      if (body.ask !== 'close') releaseWhenIdle()
    }
  },
  ({ id, body }, port) => {
    if (body.ask !== 'append') return false
    const open = opened()
    open.append(body.bytes, body.through, body.now)
    const urgency = open.urgency(body.now)
    if (urgency !== 'none' && !sealing) sealLater()
    if (urgency === 'overdue') later(() => port.answer(id, undefined))
    else port.answer(id, undefined)
    return true
  },
)

/** Opened by the first request, so that a failure is that request's answer and the next one tries again. */
function opened(): AnalyticsEngine {
  engine ??= new AnalyticsEngine(workerData as AnalyticsSettings)
  return engine
}

/** Rows arrive while a query runs; sealing waits for its end. A seal that fails is tried again with the next rows. */
function sealLater(): void {
  sealing = true
  later(async () => {
    clearTimeout(idle)
    await opened()
      .seal()
      .catch(() => {})
    sealing = false
    releaseWhenIdle()
  })
}

function releaseWhenIdle(): void {
  idle = setTimeout(() => later(() => engine?.release()), RELEASE_AFTER_MS)
}

async function answerTo(
  body: Exclude<AnalyticsRequest, { readonly ask: 'append' }>,
): Promise<unknown> {
  switch (body.ask) {
    case 'query':
      return opened().query(body.name, body.parameters)
    case 'manifest':
      return opened().manifest(body.range)
    case 'erase':
      return opened().eraseSubjects(body.pids)
    case 'seal':
      return opened().seal()
    default:
      return engine?.close()
  }
}
