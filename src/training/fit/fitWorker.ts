import { constants, setPriority } from 'node:os'
import { parentPort, type Transferable, workerData } from 'node:worker_threads'
import { systemClock } from '../../base/index.ts'
import { type FitClock, fitModel } from './fitModel.ts'
import type { FitJob, FitResult } from './fitJob.ts'

/** What the thread of a fit says. */
export type FitMessage =
  | { readonly step: string; readonly done: number }
  | { readonly result: FitResult }
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

/** Serving goes first. On Linux a priority belongs to a thread; elsewhere to the process, which is left as it is. */
function giveWay(): void {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
}

/** Says a step when it begins, and how far it is now and then. */
function teller(post: (message: FitMessage) => void): (step: string, done: number) => void {
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
function memoryOf(result: FitResult): readonly Transferable[] {
  if (result.outcome !== 'fitted') return []
  const files = [result.file, result.relations?.file]
  return files.flatMap((file) => (file?.buffer instanceof ArrayBuffer ? [file.buffer] : []))
}

async function main(): Promise<void> {
  const parent = parentPort
  if (parent === null) throw new Error('This file runs as a worker thread only.')
  const post = (message: FitMessage, transfer: readonly Transferable[] = []): void =>
    parent.postMessage(message, transfer)
  giveWay()
  try {
    const result = await fitModel(workerData as FitJob, teller(post), CLOCK)
    post({ result }, memoryOf(result))
  } catch (error) {
    post({ failed: error instanceof Error ? error.message : String(error) })
  }
}

await main()
