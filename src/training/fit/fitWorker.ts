import { parentPort, type Transferable, workerData } from 'node:worker_threads'
import { systemClock, workLater } from '../../base/index.ts'
import { type FitClock, chooseRecipe, fitRecipe } from './fitModel.ts'
import type { ChosenRecipe, FitJob, FitProgress, NotFitted } from './fitJob.ts'

/** What a thread is to do: choose a recipe, or fit one on everything. */
export interface FitTask {
  readonly job: FitJob
  readonly recipe?: Uint8Array
}

/** What the thread of a fit says. */
export type FitMessage =
  | { readonly step: string; readonly done: number }
  | { readonly chosen: ChosenRecipe | NotFitted }
  | { readonly file: Uint8Array }
  | { readonly failed: string }

/** Between two words on a step that goes on. */
const EVERY_MS = 200

const CLOCK: FitClock = {
  now: () => systemClock.now(),
  cpu: () => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1_000
  },
}

/** Says a step when it begins, and how far it is now and then. */
function teller(post: (message: FitMessage) => void): FitProgress {
  let current = ''
  let nextAt = 0
  return (step, done) => {
    const now = CLOCK.now()
    const fresh = step !== '' && step !== current
    if (!fresh && now < nextAt) return
    if (fresh) current = step
    nextAt = now + EVERY_MS
    post({ step: current, done })
  }
}

/** What is handed over instead of being copied. */
function memoryOf(...files: readonly (Uint8Array | undefined)[]): readonly Transferable[] {
  return files.flatMap((file) => (file?.buffer instanceof ArrayBuffer ? [file.buffer] : []))
}

async function main(): Promise<void> {
  const parent = parentPort
  if (parent === null) throw new Error('This file runs as a worker thread only.')
  const post = (message: FitMessage, transfer: readonly Transferable[] = []): void =>
    parent.postMessage(message, transfer)
  const { job, recipe } = workerData as FitTask
  workLater()
  try {
    if (recipe === undefined) {
      const chosen = await chooseRecipe(job, teller(post), CLOCK)
      const files = chosen.outcome === 'chosen' ? [chosen.recipe, chosen.relations?.file] : []
      post({ chosen }, memoryOf(...files))
    } else {
      const file = await fitRecipe(job, recipe, teller(post))
      post({ file }, memoryOf(file))
    }
  } catch (error) {
    post({ failed: error instanceof Error ? error.message : String(error) })
  }
}

await main()
