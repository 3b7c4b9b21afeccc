import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  type Transferable,
} from 'node:worker_threads'
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

/** Work that a worker does when its turn comes. */
export type Later = (work: () => void | Promise<void>) => void

/**
 * Serves requests one at a time, in order, for as long as the thread lives. `serveAtOnce` may serve one while another
 * is still waiting for something; it returns true when it did.
 * @returns a way to put other work into the same order
 */
export function serveRequests<Body>(
  serve: (request: WorkerRequest<Body>, port: WorkerPort<Body>) => void | Promise<void>,
  serveAtOnce: (request: WorkerRequest<Body>, port: WorkerPort<Body>) => boolean = () => false,
): Later {
  const parent = parentPort
  if (parent === null) throw new Error('This file runs as a worker thread only.')
  const port = openPort<Body>(parent)
  let last = Promise.resolve()
  const later: Later = (work) => {
    last = last.then(work)
  }
  const guarded = async (request: WorkerRequest<Body>): Promise<void> => {
    try {
      await serve(request, port)
    } catch (error) {
      port.fail(request.id, error)
    }
  }
  parent.on('message', (request: WorkerRequest<Body>) => {
    try {
      if (!serveAtOnce(request, port)) later(() => guarded(request))
    } catch (error) {
      port.fail(request.id, error)
    }
  })
  return later
}

function openPort<Body>(parent: MessagePort): WorkerPort<Body> {
  const post = (answer: WorkerAnswer<unknown>, transfer: readonly Transferable[] = []): void => {
    parent.postMessage(answer, transfer)
  }
  return {
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
