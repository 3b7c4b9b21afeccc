import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads'
import { storeError, type StoreErrorCode, storeErrors } from '../errors.ts'

/** What a worker answers; `id` is the request's. */
export type WorkerAnswer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly code: StoreErrorCode; readonly detail: string }

/** What a worker receives. */
export interface WorkerRequest<Body> {
  readonly id: number
  readonly body: Body
}

interface Waiting {
  resolve(result: unknown): void
  reject(reason: unknown): void
}

/**
 * Requests to one worker thread and their answers, in order of sending.
 * The thread keeps the process alive only while a request is under way.
 */
export class WorkerLink<Body> {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #sent = 0
  #ended: Error | undefined

  /** Starts `script`, which reads `data` as its workerData and serves with `serveRequests`; `heap` bounds its memory. */
  constructor(script: URL, data: unknown, heap: ResourceLimits = {}) {
    this.#worker = new Worker(script, { workerData: data, execArgv: [], resourceLimits: heap })
    this.#worker.unref()
    this.#worker.on('message', (answer: WorkerAnswer<unknown>) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(undefined))
  }

  /** Whether the thread is gone, by `terminate` or by itself; every request fails then. */
  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  /** @throws the worker's STORE_ error, or STORE_CLOSED when the thread has ended. */
  request<Result>(body: Body, transfer: readonly Transferable[] = []): Promise<Result> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    return new Promise<unknown>((resolve, reject) => {
      const id = ++this.#sent
      if (this.#waiting.size === 0) this.#worker.ref()
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, body } satisfies WorkerRequest<Body>, transfer)
    }) as Promise<Result>
  }

  /** Ends the thread; requests still under way fail with STORE_CLOSED. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #settle(answer: WorkerAnswer<unknown>): void {
    const waiting = this.#waiting.get(answer.id)
    if (waiting === undefined) return
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) this.#worker.unref()
    if ('code' in answer) waiting.reject(storeError(answer.code, answer.detail))
    else waiting.resolve(answer.result)
  }

  #end(cause: Error | undefined): void {
    this.#ended ??= storeErrors.STORE_CLOSED(
      cause === undefined ? '' : `The store's thread ended: ${cause.message}`,
      { cause },
    )
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended)
    this.#waiting.clear()
  }
}
