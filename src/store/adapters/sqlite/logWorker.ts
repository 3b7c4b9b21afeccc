import { workerData } from 'node:worker_threads'
import { serveRequests } from '../workerPort.ts'
import { LogWriter } from './logWriter.ts'

/** What the main thread asks of the log's thread. */
export type LogRequest =
  | { readonly ask: 'open' }
  | { readonly ask: 'append'; readonly frames: ArrayBuffer; readonly length: number }
  | { readonly ask: 'trim'; readonly before: number }
  | {
      readonly ask: 'replace'
      readonly first: number
      readonly frames: Uint8Array
      readonly offsets: readonly number[]
    }
  | { readonly ask: 'scrub' }
  | { readonly ask: 'close' }

/** Answer to `open`. */
export interface LogState {
  readonly head: number
  readonly tail: number
}

/** Answer to `append`: the first entry's offset, and the buffer for its next use. */
export interface AppendAnswer {
  readonly first: number
  readonly frames: ArrayBuffer
}

const IDLE_MS = 200
const { file } = workerData as { file: string }
let writer: LogWriter | undefined
let idle: NodeJS.Timeout | undefined

serveRequests<LogRequest>((request, port) => {
  clearTimeout(idle)
  writer ??= new LogWriter(file)
  const batch = [request]
  if (request.body.ask === 'append') batch.push(...port.takeWaiting())
  let from = 0
  while (from < batch.length) from = serveNext(writer, batch, from, port)
  idle = setTimeout(() => writer?.ahead.checkpoint(), IDLE_MS)
})

type Port = Parameters<Parameters<typeof serveRequests<LogRequest>>[0]>[1]
type Batch = readonly { readonly id: number; readonly body: LogRequest }[]

/** Serves the request at `from`, together with all appends that follow it directly; returns the next place. */
function serveNext(log: LogWriter, batch: Batch, from: number, port: Port): number {
  let to = from
  while (batch[to]?.body.ask === 'append') to++
  if (to > from) {
    commitGroup(log, batch.slice(from, to), port)
    return to
  }
  const request = batch[from]
  if (request !== undefined) serveOne(log, request, port)
  return from + 1
}

function commitGroup(log: LogWriter, group: Batch, port: Port): void {
  const packs: { id: number; frames: Buffer }[] = []
  for (const { id, body } of group) {
    if (body.ask === 'append') packs.push({ id, frames: Buffer.from(body.frames, 0, body.length) })
  }
  try {
    const firsts = log.commit(packs.map((pack) => pack.frames))
    packs.forEach(({ id, frames }, i) => {
      const buffer = frames.buffer as ArrayBuffer
      const answer: AppendAnswer = { first: firsts[i] ?? 0, frames: buffer }
      port.answer(id, answer, [buffer])
    })
    log.ahead.checkpointIfLarge()
  } catch (error) {
    for (const { id } of packs) port.fail(id, error)
  }
}

function serveOne(log: LogWriter, { id, body }: Batch[number], port: Port): void {
  try {
    port.answer(id, answerTo(log, body))
  } catch (error) {
    port.fail(id, error)
  }
}

function answerTo(log: LogWriter, body: LogRequest): LogState | undefined {
  switch (body.ask) {
    case 'trim':
      log.trim(body.before)
      break
    case 'replace':
      log.replace(body.first, Buffer.from(body.frames), body.offsets)
      break
    case 'scrub':
      log.ahead.truncate()
      break
    case 'close':
      log.close()
      break
    default:
      break
  }
  return { head: log.head, tail: log.tail }
}
