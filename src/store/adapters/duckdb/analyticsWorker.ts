import { workerData } from 'node:worker_threads'
import { type AttuneError, type Json, MINUTE, workLater } from '../../../base/index.ts'
import type { InteractionQuery, TimeRange } from '../../analyticsStore.ts'
import { storeError } from '../../errors.ts'
import { sqliteErrorCode } from '../sqlite/database.ts'
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
  | { readonly ask: 'interactions'; readonly query: InteractionQuery }
  | { readonly ask: 'manifest'; readonly range: TimeRange }
  | { readonly ask: 'erase'; readonly pids: readonly string[] }
  | { readonly ask: 'seal' | 'close' }

// Loading and sealing 200,000 rows takes a second of a core: decisions do not wait for it.
workLater()

const RELEASE_AFTER_MS = 30_000
/** A seal that failed is tried again with the first rows after this time. */
const SEAL_AGAIN_MS = MINUTE
let engine: AnalyticsEngine | undefined
let idle: NodeJS.Timeout | undefined
let sealing = false
/** What made sealing fail, until an append has told it. */
let trouble: AttuneError | undefined
let sealAgainAt = -Infinity

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
    tellTrouble()
    const open = opened()
    open.append(body.bytes, body.through, body.now)
    const urgency = open.urgency(body.now)
    if (urgency !== 'none' && !sealing && body.now >= sealAgainAt) sealLater(body.now)
    else if (open.isFilling && !sealing) loadLater()
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

/** The rows of the append that tells it are not taken, so its sender sends them again. */
function tellTrouble(): void {
  const told = trouble
  trouble = undefined
  if (told !== undefined) throw told
}

/** Rows arrive while a query runs; sealing waits for its end. */
function sealLater(now: number): void {
  sealing = true
  later(async () => {
    clearTimeout(idle)
    try {
      await opened().seal()
    } catch (error) {
      sealAgainAt = now + SEAL_AGAIN_MS
      trouble = storeError(sqliteErrorCode(error), `Sealing rows failed: ${messageOf(error)}`)
    }
    sealing = false
    releaseWhenIdle()
  })
}

/** What cannot be loaded now is loaded by whoever needs it next. */
function loadLater(): void {
  later(async () => {
    clearTimeout(idle)
    if (!sealing)
      await opened()
        .load()
        .catch(() => undefined)
    releaseWhenIdle()
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
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
    case 'interactions':
      return opened().interactions(body.query)
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
