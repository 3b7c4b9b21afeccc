import { parentPort, receiveMessageOnPort, type Transferable } from 'node:worker_threads'
import { AttuneError } from '../../base/index.ts'
import type { StoreErrorCode } from '../errors.ts'
import { sqliteErrorCode } from './sqlite/database.ts'
import type { WorkerAnswer, WorkerRequest } from './workerLink.ts'

/** The worker's side of a WorkerLink. */
export interface WorkerPort<Body> {
  /** Everything that waits behind the request being served, without blocking. */
  takeWaiting(): WorkerRequest<Body>[]
  answer(id: number, result: unknown, transfer?: readonly Transferable[]): void
  fail(id: number, error: unknown): void
}

/** Serves requests one at a time, in order, for as long as the thread lives. */
export function serveRequests<Body>(
  serve: (request: WorkerRequest<Body>, port: WorkerPort<Body>) => void | Promise<void>,
): void {
  const parent = parentPort
  if (parent === null) throw new Error('this file runs as a worker thread only')
  const post = (answer: WorkerAnswer<unknown>, transfer: readonly Transferable[] = []): void => {
    parent.postMessage(answer, transfer)
  }
  const port: WorkerPort<Body> = {
    takeWaiting() {
      const waiting: WorkerRequest<Body>[] = []
      for (;;) {
        const next: { message: WorkerRequest<Body> } | undefined = receiveMessageOnPort(parent)
        if (next === undefined) return waiting
        waiting.push(next.message)
      }
    },
    answer: (id, result, transfer) => post({ id, result }, transfer),
    fail: (id, error) => post({ id, ...failure(error) }),
  }
  let last = Promise.resolve()
  parent.on('message', (request: WorkerRequest<Body>) => {
    last = last.then(async () => {
      try {
        await serve(request, port)
      } catch (error) {
        port.fail(request.id, error)
      }
    })
  })
}

function failure(error: unknown): { code: StoreErrorCode; detail: string } {
  if (error instanceof AttuneError) {
    return { code: error.code as StoreErrorCode, detail: error.message }
  }
  return {
    code: sqliteErrorCode(error),
    detail: error instanceof Error ? error.message : String(error),
  }
}
