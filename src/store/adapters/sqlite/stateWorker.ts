import { workerData } from 'node:worker_threads'
import { workLater } from '../../../base/index.ts'
import { serveRequests } from '../workerPort.ts'
import { type PackedCommit, StateWriter } from './stateWriter.ts'

/** What the main thread asks of the state's thread. */
export type StateRequest =
  | { readonly ask: 'open' | 'scrub' | 'close' }
  | { readonly ask: 'commit'; readonly commit: PackedCommit }
  | {
      readonly ask: 'lease'
      readonly name: string
      readonly holder: string
      readonly now: number
      readonly ttl: number
    }

/** Answer to `commit`: ids of the outbox entries, and the buffer for its next use. */
export interface CommitAnswer {
  readonly outbox: readonly number[]
  readonly bytes: ArrayBuffer
}

const IDLE_MS = 300

// No answer waits for a commit: what was answered is in the log. Applying waits, after 10,000 events without one.
workLater()
const { file } = workerData as { file: string }
let writer: StateWriter | undefined
let idle: NodeJS.Timeout | undefined

serveRequests<StateRequest>(({ id, body }, port) => {
  clearTimeout(idle)
  writer ??= new StateWriter(file)
  switch (body.ask) {
    case 'commit': {
      const { bytes } = body.commit.puts
      const answer: CommitAnswer = { outbox: writer.commit(body.commit), bytes }
      port.answer(id, answer, [bytes])
      writer.ahead.checkpointIfLarge()
      break
    }
    case 'lease':
      port.answer(id, writer.lease(body.name, body.holder, body.now, body.ttl))
      break
    case 'scrub':
      writer.ahead.truncate()
      port.answer(id, undefined)
      break
    case 'close':
      writer.close()
      port.answer(id, undefined)
      return
    default:
      port.answer(id, undefined)
  }
  idle = setTimeout(() => writer?.ahead.checkpoint(), IDLE_MS)
})
