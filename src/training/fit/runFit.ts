import { Worker } from 'node:worker_threads'
import { trainingErrors } from '../errors.ts'
import type { FitJob, FitProgress, FitResult } from './fitJob.ts'
import type { FitMessage } from './fitWorker.ts'

const SCRIPT = new URL('./fitWorker.ts', import.meta.url)
const MEGABYTE = 1_048_576
/** Objects of a fit; the arrays lie outside this heap and are bounded by what each model asks for. */
const LEAST_HEAP_MB = 256

export interface FitLimits {
  /** The thread is ended after this long. */
  readonly timeMs: number
  readonly progress: FitProgress
  /** Ends the thread at once. */
  readonly signal: AbortSignal
}

/**
 * Fits in a thread that ends with it: the shared memory of kernels never shrinks, and nothing may stop the serving thread.
 * @throws TRAINING_STOPPED when the time is up, memory runs out, the signal comes or the thread dies
 */
export async function runFit(job: FitJob, limits: FitLimits): Promise<FitResult> {
  const heap = Math.max(LEAST_HEAP_MB, job.memoryBytes / MEGABYTE / 2)
  const worker = new Worker(SCRIPT, {
    workerData: job,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heap },
  })
  const { promise, resolve, reject } = Promise.withResolvers<FitResult>()
  const stop = (why: string, cause?: unknown): void =>
    reject(trainingErrors.TRAINING_STOPPED(why, { cause }))
  const minutes = Math.round(limits.timeMs / 6_000) / 10
  const late = setTimeout(() => stop(`The time was up after ${minutes} minutes.`), limits.timeMs)
  const aborted = (): void => stop('The training was called off.')
  if (limits.signal.aborted) aborted()
  limits.signal.addEventListener('abort', aborted)
  worker.on('message', (message: FitMessage) => {
    if ('result' in message) resolve(message.result)
    else if ('failed' in message) stop(message.failed)
    else limits.progress(message.step, message.done)
  })
  worker.on('error', (error) => stop(error.message, error))
  worker.on('exit', () => stop('The thread of the training ended.'))
  try {
    return await promise
  } finally {
    clearTimeout(late)
    limits.signal.removeEventListener('abort', aborted)
    await worker.terminate()
  }
}
