import { Worker } from 'node:worker_threads'
import { trainingErrors } from '../errors.ts'
import type { FitJob, FitProgress, FitResult } from './fitJob.ts'
import type { FitMessage, FitTask } from './fitWorker.ts'
import { watchMemory } from './memoryWatch.ts'

const SCRIPT = new URL('./fitWorker.ts', import.meta.url)
const MEGABYTE = 1_048_576
/**
 * A heap that reaches its limit can take the whole process with it, so its limit lies where the watch has ended the thread
 * before: at twice the memory of the training, and this.
 */
const SPARE_HEAP_MB = 512

export interface FitLimits {
  /** The thread is ended after this long. */
  readonly timeMs: number
  readonly progress: FitProgress
  /** Ends the thread at once. */
  readonly signal: AbortSignal
}

/**
 * Chooses in one thread and fits what was chosen in another, each of which ends with its work: the shared memory of kernels
 * never shrinks, and nothing may stop the serving thread.
 * @param script of the threads
 * @throws TRAINING_STOPPED when the time is up, memory runs out, the signal comes or a thread dies
 */
export async function runFit(job: FitJob, limits: FitLimits, script = SCRIPT): Promise<FitResult> {
  const end = new End(job, limits)
  const inThread = (task: FitTask) => runThread(task, { script, end, progress: limits.progress })
  try {
    const first = await inThread({ job })
    if (!('chosen' in first)) throw stopped('The thread of the training did not choose.')
    const { chosen } = first
    if (chosen.outcome !== 'chosen') return chosen
    const { recipe, ...found } = chosen
    const { serving: _, ...rest } = job
    const second = await inThread({ job: rest, recipe })
    if (!('file' in second)) throw stopped('The thread of the training did not fit.')
    return { ...found, outcome: 'fitted', file: second.file }
  } finally {
    end.clear()
  }
}

function stopped(why: string, cause?: unknown): Error {
  return trainingErrors.TRAINING_STOPPED(why, { cause })
}

/** Whatever ends a training from outside. */
class End {
  /** Rejects when the training is to end. */
  readonly reached: Promise<never>
  readonly #clear: () => void

  constructor({ memoryBytes }: FitJob, { timeMs, signal }: FitLimits) {
    const { promise, reject } = Promise.withResolvers<never>()
    this.reached = promise
    // Nobody may be waiting between two threads.
    promise.catch(() => undefined)
    const minutes = Math.round(timeMs / 6_000) / 10
    const late = setTimeout(
      () => reject(stopped(`The time was up after ${minutes} minutes.`)),
      timeMs,
    )
    const unwatch = watchMemory(memoryBytes, (taken) => {
      const [used, most] = [taken, memoryBytes].map((bytes) => Math.round(bytes / MEGABYTE))
      reject(stopped(`The memory was up: it took ${used} MB, and may take ${most} MB.`))
    })
    const aborted = (): void => reject(stopped('The training was called off.'))
    if (signal.aborted) aborted()
    signal.addEventListener('abort', aborted)
    this.#clear = () => {
      clearTimeout(late)
      unwatch()
      signal.removeEventListener('abort', aborted)
    }
  }

  clear(): void {
    this.#clear()
  }
}

/** Memory that can be handed over, which for a large model saves the serving thread a tenth of a second of copying. */
function memoryOf(file: Uint8Array | undefined): readonly ArrayBuffer[] {
  const buffer = file?.buffer
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === file?.byteLength
  return whole ? [buffer] : []
}

type Answer = Extract<FitMessage, { chosen: unknown } | { file: unknown }>

interface Thread {
  readonly script: URL
  readonly end: End
  readonly progress: FitProgress
}

async function runThread(task: FitTask, { script, end, progress }: Thread): Promise<Answer> {
  const heap = (2 * task.job.memoryBytes) / MEGABYTE + SPARE_HEAP_MB
  const worker = new Worker(script, {
    workerData: task,
    transferList: [task.recipe, task.job.serving?.file].flatMap(memoryOf),
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heap },
  })
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  worker.on('message', (message: FitMessage) => {
    if ('failed' in message) reject(stopped(message.failed))
    else if ('step' in message) progress(message.step, message.done)
    else resolve(message)
  })
  worker.on('error', (error) => reject(stopped(error.message, error)))
  worker.on('exit', () => reject(stopped('The thread of the training ended.')))
  try {
    return await Promise.race([promise, end.reached])
  } finally {
    promise.catch(() => undefined)
    await worker.terminate()
  }
}
